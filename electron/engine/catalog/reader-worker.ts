/** A thread that answers questions to the catalog. It is called when the writer has prepared the file. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { threadData } from '../platform/threads.ts';
import { markSuspect, openForReading } from './database.ts';
import { toCatalogError } from './failure.ts';
import type { Scope } from './operations.ts';
import type { CallRequest, ControlRequest, ReaderData } from './protocol.ts';
import { answer, answerError, InOrder, isCall, operationNamed } from './serve-calls.ts';
import { keepStatements } from './statements.ts';

const { file } = threadData() as ReaderData;
const port = parentPort as unknown as MessagePort;
let open: Pick<Scope, 'db' | 'sql'> | null = null;
const inOrder = new InOrder();

port.on('message', (message: CallRequest | ControlRequest) => {
  if (isCall(message)) inOrder.take(message, () => read(message));
  else if (message.type === 'close') {
    inOrder.take(null, () => {
      open?.db.close();
      port.close();
    });
  }
});

function read({ call, name, caller, input }: CallRequest): void {
  try {
    open ??= openOnce();
    const { db, sql } = open;
    const question = operationNamed('reads', name);
    // One state of the catalog for all that an operation looks up.
    answer(port, call, db.transaction(() => question({ db, sql, caller }, input))());
  } catch (error) {
    const failure = toCatalogError(error);
    if (failure.code === 'CATALOG_DAMAGED') markSuspect(file);
    answerError(port, call, failure);
  }
}

function openOnce(): Pick<Scope, 'db' | 'sql'> {
  const db = openForReading(file);
  return { db, sql: keepStatements(db) };
}
