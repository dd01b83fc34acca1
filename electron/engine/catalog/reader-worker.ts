/** A thread that answers questions to the catalog. It is called when the writer has prepared the file. */
import type { MessagePort } from 'node:worker_threads';
import { serveLent } from '../platform/lent-threads.ts';
import { markSuspect, openForReading } from './database.ts';
import { toCatalogError } from './failure.ts';
import type { Scope } from './operations.ts';
import type { CallRequest, Closed, ControlRequest, ReaderData } from './protocol.ts';
import { answer, answerError, InOrder, isCall, operationNamed } from './serve-calls.ts';
import { keepStatements } from './statements.ts';

serveLent(({ file }: ReaderData, port) => {
  const reader = new Reader(file, port);
  const inOrder = new InOrder();
  port.on('message', (message: CallRequest | ControlRequest) => {
    if (isCall(message)) inOrder.take(message, () => reader.read(message));
    else if (message.type === 'close') inOrder.take(null, () => reader.close());
  });
  return () => 'rests';
});

class Reader {
  readonly #file: string;
  readonly #port: MessagePort;
  #open: Pick<Scope, 'db' | 'sql'> | null = null;

  constructor(file: string, port: MessagePort) {
    this.#file = file;
    this.#port = port;
  }

  read({ call, name, caller, input }: CallRequest): void {
    try {
      this.#open ??= openOnce(this.#file);
      const { db, sql } = this.#open;
      const question = operationNamed('reads', name);
      // One state of the catalog for all that an operation looks up.
      answer(this.#port, call, db.transaction(() => question({ db, sql, caller }, input))());
    } catch (error) {
      const failure = toCatalogError(error);
      if (failure.code === 'CATALOG_DAMAGED') markSuspect(this.#file);
      answerError(this.#port, call, failure);
    }
  }

  close(): void {
    this.#open?.db.close();
    this.#port.postMessage({ type: 'closed' } satisfies Closed);
  }
}

function openOnce(file: string): Pick<Scope, 'db' | 'sql'> {
  const db = openForReading(file);
  return { db, sql: keepStatements(db) };
}
