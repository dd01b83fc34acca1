/**
 * The catalog: what exists is found in it without asking a repository. The main thread never opens the file: one thread
 * writes, a few read. Nothing is started before the first call, and what is asked first the writer answers.
 */
import { join } from 'node:path';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread } from '../platform/threads.ts';
import { Line, type ReadName, type WriteName } from './line.ts';
import type { InputOf, OutputOf } from './operations.ts';
import type { CallOptions, CallReply, Closed, ControlRequest, Opened, ReaderData, WriterData } from './protocol.ts';
import type { Aggregates } from './registry.ts';
import type { SliceFigures } from './slices.ts';

export type CatalogOptions = {
  /** HOLDFAST_HOME, which exists. */
  readonly home: string;
  /** Threads that answer questions; started one by one as they are needed. */
  readonly readers?: number;
};

const writerLimits = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 4 };
const readerLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 4 };

/**
 * A command asks a few short questions and ends, and an engine in its first minute asks a hundred. To start a thread for
 * them costs more processor time than all of them together, so the writer answers the first ones, between two transactions,
 * until one of them has taken long.
 */
const firstQuestions = 256;

/** What may look through much, and would keep writes waiting. */
const longQuestions = /^(?:search|browse|versions)\./;

type LineThread = { readonly worker: Thread; readonly line: Line };

export class Catalog {
  readonly #file: string;
  readonly #maximumReaders: number;
  readonly #readers: LineThread[] = [];
  readonly #notices: string[] = [];
  #writer: Promise<LineThread> | null = null;
  #questions = 0;
  #closed: Promise<void> | null = null;

  constructor({ home, readers = 2 }: CatalogOptions) {
    this.#file = join(home, 'catalog.db');
    this.#maximumReaders = readers;
  }

  /** Throws what the operation throws; CATALOG_TOO_NEW, CATALOG_DAMAGED, CATALOG_BUSY; what the disk says. */
  async write<Name extends WriteName>(
    name: Name,
    caller: Caller,
    input: InputOf<Aggregates, 'writes', Name>,
    options: CallOptions = {},
  ): Promise<OutputOf<Aggregates, 'writes', Name>> {
    const writer = this.#startWriter();
    const { line } = await writer;
    const answer = this.#watched(writer, line.call('writes', name, caller, input, options));
    return (await answer) as OutputOf<Aggregates, 'writes', Name>;
  }

  /** As `write`. Sees every write that was answered before. */
  async read<Name extends ReadName>(
    name: Name,
    caller: Caller,
    input: InputOf<Aggregates, 'reads', Name>,
  ): Promise<OutputOf<Aggregates, 'reads', Name>> {
    const writer = this.#startWriter();
    const thread = await writer;
    const { line } = this.#isForWriter(name, thread) ? thread : this.#freeReader();
    const answer = this.#watched(writer, line.call('reads', name, caller, input));
    return (await answer) as OutputOf<Aggregates, 'reads', Name>;
  }

  /** A line for another thread, to be transferred to it and given to a `CatalogWriter` there. */
  async connect(): Promise<MessagePort> {
    const { worker } = await this.#startWriter();
    const { port1, port2 } = new MessageChannel();
    worker.postMessage({ type: 'connect', port: port1 } satisfies ControlRequest, [port1]);
    return port2;
  }

  /** What the operator should know about the catalog itself; each is given out once. */
  takeNotices(): string[] {
    return this.#notices.splice(0);
  }

  /** How long transactions took, since the writer was started. */
  async figures(): Promise<SliceFigures> {
    const { line } = await this.#startWriter();
    return (await line.call(
      'writes',
      'catalog.figures',
      { tenant: 'default', actor: 'catalog' },
      null,
    )) as SliceFigures;
  }

  /** Finishes what was asked for, then ends all threads. No call is taken afterwards. */
  async close(): Promise<void> {
    this.#closed ??= this.#shut();
    return this.#closed;
  }

  async #shut(): Promise<void> {
    const writer = await this.#writer?.catch(() => null);
    // The writer is the last to close the file: it then leaves no journal beside it.
    await Promise.all([...this.#readers].map(end));
    if (writer !== null && writer !== undefined) await end(writer);
  }

  /** After damage was met the threads begin anew: the file is then looked through, and set aside. */
  async #watched(writer: Promise<LineThread>, answer: Promise<unknown>): Promise<unknown> {
    try {
      return await answer;
    } catch (error) {
      const isDamage = error instanceof HoldfastError && error.code === 'CATALOG_DAMAGED';
      if (isDamage && this.#writer === writer && this.#closed === null) {
        const ended = this.#shut();
        this.#writer = this.#keep(ended.then(() => this.#openWriter()));
      }
      throw error;
    }
  }

  /** The same promise for as long as the same thread writes; an async function would give another one each time. */
  #startWriter(): Promise<LineThread> {
    if (this.#closed !== null) return Promise.reject(new HoldfastError('CANCELLED', 'The catalog has been closed.'));
    this.#writer ??= this.#keep(this.#openWriter());
    return this.#writer;
  }

  /** The next call tries again: what was in the way may pass, as a full disk or another process. */
  #keep(writer: Promise<LineThread>): Promise<LineThread> {
    const forget = (): void => {
      if (this.#writer === writer) this.#writer = null;
    };
    writer.then(({ worker }) => worker.once('exit', forget), forget);
    return writer;
  }

  async #openWriter(): Promise<LineThread> {
    const worker = lendThread(new URL('./writer-worker.ts', import.meta.url), {
      data: { file: this.#file } satisfies WriterData,
      resourceLimits: writerLimits,
    });
    const thread = asThread(worker);
    worker.ref();
    try {
      const { setAside } = await opening(worker);
      if (setAside !== null) {
        this.#notices.push(
          `The catalog was damaged. It was set aside as ${setAside} and an empty one was made; snapshots are not ` +
            'affected. `holdfast rebuild-catalog` fills it again.',
        );
      }
      return thread;
    } catch (error) {
      await stopThread(worker);
      throw error;
    } finally {
      worker.unref();
    }
  }

  #isForWriter(name: string, { line }: LineThread): boolean {
    if (this.#readers.length > 0 || line.hasMetLong || longQuestions.test(name)) return false;
    this.#questions += 1;
    return this.#questions <= firstQuestions;
  }

  /**
   * One without work, a new one while there may be more, else the one with the least to do. One that still starts is
   * waited for: what comes meanwhile is answered sooner than by another one that would have to start too.
   */
  #freeReader(): LineThread {
    const free = this.#readers.toSorted((a, b) => a.line.waiting - b.line.waiting)[0];
    if (free !== undefined) {
      const isEnough = free.line.waiting === 0 || this.#readers.length >= this.#maximumReaders;
      if (isEnough || !free.line.hasAnswered) return free;
    }
    const worker = lendThread(new URL('./reader-worker.ts', import.meta.url), {
      data: { file: this.#file } satisfies ReaderData,
      resourceLimits: readerLimits,
    });
    const reader = asThread(worker);
    this.#readers.push(reader);
    worker.once('exit', () => this.#readers.splice(this.#readers.indexOf(reader), 1));
    return reader;
  }
}

function asThread(worker: Thread): LineThread {
  const line = new Line(worker);
  worker.on('error', (error) => line.fail(toHoldfastError(error)));
  worker.on('exit', () => line.fail(new HoldfastError('INTERNAL', 'A thread of the catalog has ended.')));
  return { worker, line };
}

async function opening(worker: Thread): Promise<Extract<Opened, { type: 'opened' }>> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('a thread of the catalog ended before its work')));
    worker.once('message', (message: Opened) => {
      if (message.type === 'opened') resolve(message);
      else reject(new HoldfastError(message.code, message.message));
    });
  });
}

async function end({ worker }: LineThread): Promise<void> {
  if (worker.hasEnded) return;
  const ended = Promise.withResolvers<void>();
  worker.once('exit', () => ended.resolve());
  worker.on('message', (message: CallReply | Closed) => {
    if ('type' in message) ended.resolve();
  });
  worker.ref();
  worker.postMessage({ type: 'close' } satisfies ControlRequest);
  await ended.promise;
  await giveBackThread(worker);
}
