/** The one thread that writes to the catalog. It also answers what is asked before there is a thread that reads. */
import type { MessagePort } from 'node:worker_threads';
import { serveLent } from '../platform/lent-threads.ts';
import { closeForWriting, Journal, markSuspect, openForWriting, type OpenedDatabase } from './database.ts';
import { toCatalogError } from './failure.ts';
import type { CallRequest, Closed, ControlRequest, Opened, WriterData } from './protocol.ts';
import { answer, answerError, InOrder, isCall, operationNamed } from './serve-calls.ts';
import { Slices } from './slices.ts';
import { keepStatements } from './statements.ts';

/** Of processor time, as much as a transaction may take: questions that take more are for other threads. */
const longMicroseconds = 20_000;

serveLent(({ file }: WriterData, control) => {
  void begin(file, control);
  return () => 'rests';
});

async function begin(file: string, control: MessagePort): Promise<void> {
  const opened = await open(file, control);
  if (opened !== null) serve(file, control, opened);
}

async function open(file: string, control: MessagePort): Promise<OpenedDatabase | null> {
  try {
    const database = await openForWriting(file);
    control.postMessage({ type: 'opened', setAside: database.setAside } satisfies Opened);
    return database;
  } catch (error) {
    const { code, message } = toCatalogError(error);
    control.postMessage({ type: 'refused', code, message } satisfies Opened);
    return null;
  }
}

function serve(file: string, control: MessagePort, { db }: OpenedDatabase): void {
  const sql = keepStatements(db);
  const journal = new Journal(file, db);
  const slices = new Slices(db, () => journal.tend());
  const lines: MessagePort[] = [];
  let unnamedLanes = 0;
  const fail = (port: MessagePort, number: number, error: unknown): void => {
    const failure = toCatalogError(error);
    if (failure.code === 'CATALOG_DAMAGED') markSuspect(file);
    answerError(port, number, failure);
  };
  /** No transaction is open here: each ends within its turn. */
  const read = (port: MessagePort, { call: number, name, caller, input }: CallRequest): void => {
    try {
      const question = operationNamed('reads', name);
      const before = process.threadCpuUsage();
      const value = db.transaction(() => question({ db, sql, caller }, input))();
      const { user, system } = process.threadCpuUsage(before);
      answer(port, number, value, user + system > longMicroseconds);
    } catch (error) {
      fail(port, number, error);
    }
  };
  const write = (port: MessagePort, line: number, { call: number, name, caller, input, lane }: CallRequest): void => {
    slices.add({
      lane: lane === null ? `call ${unnamedLanes++}` : `line ${line} ${lane}`,
      start: () =>
        name === 'catalog.figures' ? { ...slices.figures } : operationNamed('writes', name)({ db, sql, caller }, input),
      onDone: (value) => answer(port, number, value),
      onFailure: (error) => fail(port, number, error),
    });
  };
  const inOrder = new InOrder();
  const call = (port: MessagePort, line: number, request: CallRequest): void =>
    inOrder.take(request, () => {
      if (request.kind === 'reads') read(port, request);
      else write(port, line, request);
    });
  const connect = (port: MessagePort): void => {
    const line = lines.push(port);
    port.on('message', (message: CallRequest) => call(port, line, message));
  };
  control.on('message', (message: CallRequest | ControlRequest) => {
    if (isCall(message)) call(control, 0, message);
    else if (message.type === 'connect') connect(message.port);
    else inOrder.take(null, () => void close());
  });
  let isClosing = false;
  const close = async (): Promise<void> => {
    if (isClosing) return;
    isClosing = true;
    await slices.idle();
    for (const port of lines) port.close();
    closeForWriting(file, db);
    control.postMessage({ type: 'closed' } satisfies Closed);
  };
}
