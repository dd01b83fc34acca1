/**
 * Worker threads that can be ended at any moment. `terminate` in the middle of loading a native module takes the whole
 * process down (koffi answers a refused exception with an abort, measured), and so it does between the two steps in which
 * Node.js makes a zstd context ("close before init", measured). So a thread says when it may be ended, and whoever ends it
 * waits for that.
 */
import { EventEmitter } from 'node:events';
import {
  Worker,
  workerData,
  type MessagePort,
  type ResourceLimits,
  type Transferable,
  type WorkerOptions,
} from 'node:worker_threads';

/** One number: whether the thread may be ended. */
type Leave = Int32Array;
const notNow = 0;
const atAnyMoment = 1;
const isBeingEnded = 2;

type Wrapped = { readonly data: unknown; readonly leave: Leave };

/** This thread's own, once it may be ended. */
let ownLeave: Leave | null = null;

export type ThreadOptions = {
  readonly data?: unknown;
  readonly transferList?: readonly Transferable[];
  readonly resourceLimits?: ResourceLimits;
};

/** The listener says what the messages are. */
type ThreadEvents = { message: [never]; error: [unknown]; exit: [number] };

/**
 * A thread for whoever works with it. `exit` comes once, after everything that it has said, when it has ended or, of a lent
 * one (`lent-threads.ts`), has gone on to others.
 */
export abstract class Thread extends EventEmitter<ThreadEvents> {
  abstract get hasEnded(): boolean;
  abstract postMessage(message: unknown, transfer?: readonly Transferable[]): void;
  /** Whether it keeps the process alive; it does from its start. */
  abstract ref(): void;
  abstract unref(): void;
  /** Wherever it is; resolves when it has ended. */
  abstract stop(): Promise<void>;
}

/** The script must call `threadData` once, after its imports. */
export function startThread(script: URL, { data, ...options }: ThreadOptions): Thread {
  return new OwnThread(new EndableWorker(script, data, options));
}

/** Ends the thread wherever it is; resolves when it has ended. */
export async function stopThread(thread: Thread): Promise<void> {
  await thread.stop();
}

class OwnThread extends Thread {
  readonly #endable: EndableWorker;

  constructor(endable: EndableWorker) {
    super();
    this.#endable = endable;
    const { worker } = endable;
    worker.on('message', (message) => this.emit('message', message as never));
    worker.on('error', (error) => this.emit('error', error));
    worker.on('exit', (code) => this.emit('exit', code));
  }

  get hasEnded(): boolean {
    return this.#endable.worker.threadId < 0;
  }

  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    this.#endable.worker.postMessage(message, transfer);
  }

  ref(): void {
    this.#endable.worker.ref();
  }

  unref(): void {
    this.#endable.worker.unref();
  }

  async stop(): Promise<void> {
    await this.#endable.stop();
  }
}

/** With the number that says when it may be ended. */
export class EndableWorker {
  readonly worker: Worker;
  readonly #leave: Leave = new Int32Array(new SharedArrayBuffer(4));

  constructor(script: URL, data: unknown, { transferList, resourceLimits }: Omit<ThreadOptions, 'data'>) {
    const options: WorkerOptions = {
      workerData: { data, leave: this.#leave } satisfies Wrapped,
      ...(transferList !== undefined && { transferList: [...transferList] }),
      ...(resourceLimits !== undefined && { resourceLimits }),
    };
    this.worker = new Worker(script, options);
  }

  async stop(): Promise<void> {
    if (this.worker.threadId >= 0) {
      const ended = new Promise<'ended'>((resolve) => this.worker.once('exit', () => resolve('ended')));
      while (Atomics.compareExchange(this.#leave, 0, atAnyMoment, isBeingEnded) === notNow) {
        const wait = Atomics.waitAsync(this.#leave, 0, notNow);
        // An error while it loads ends it too.
        if (wait.async && (await Promise.race([wait.value, ended])) === 'ended') break;
      }
    }
    await this.worker.terminate();
  }
}

/** The thread's side: what it was given, and the sign that it may be ended from now on. */
export function threadData(): unknown {
  const { data, leave } = workerData as Wrapped;
  ownLeave = leave;
  Atomics.store(leave, 0, atAnyMoment);
  Atomics.notify(leave, 0);
  return data;
}

/** Work in the middle of which the thread must not be ended; short, for whoever wants to end it waits. Any thread may call it. */
export function uninterrupted<Result>(work: () => Result): Result {
  const leave = ownLeave;
  if (leave === null) return work();
  const before = Atomics.compareExchange(leave, 0, atAnyMoment, notNow);
  // Nothing more is to be begun: the end comes while it waits.
  if (before === isBeingEnded) Atomics.wait(leave, 0, isBeingEnded);
  try {
    return work();
  } finally {
    if (before === atAnyMoment) {
      Atomics.store(leave, 0, atAnyMoment);
      Atomics.notify(leave, 0);
    }
  }
}

/** A thread started before it is known what it will work on; that comes as its first message. */
export class EarlyThread {
  readonly worker: Thread;
  readonly #failure = Promise.withResolvers<never>();

  constructor(thread: Thread) {
    this.worker = thread;
    this.#failure.promise.catch(() => undefined);
    this.worker.on('error', (error) => this.#failure.reject(error));
    // Also a thread that ends without an error would be waited for in vain.
    this.worker.on('exit', (code) => this.#failure.reject(new Error(`a thread ended before its work (${code})`)));
  }

  /** Called when the thread dies, also when it has died already. */
  onFailure(listener: (error: unknown) => void): void {
    this.#failure.promise.catch(listener);
  }
}

/**
 * The early thread's side: what it shall work on. The code after this call runs before any further message is delivered,
 * so it can attach its own listener.
 */
export async function firstMessage<Message>(port: MessagePort): Promise<Message> {
  return new Promise((resolve) => port.once('message', (message: Message) => resolve(message)));
}
