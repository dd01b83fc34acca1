/**
 * Worker threads that can be ended at any moment. `terminate` in the middle of loading a native module takes the whole
 * process down (koffi answers a refused exception with an abort, measured), and so it does between the two steps in which
 * Node.js makes a zstd context ("close before init", measured). So a thread says when it may be ended, and whoever ends it
 * waits for that.
 */
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

const leaves = new WeakMap<Worker, Leave>();
/** This thread's own, once it may be ended. */
let ownLeave: Leave | null = null;

export type ThreadOptions = {
  readonly data?: unknown;
  readonly transferList?: readonly Transferable[];
  readonly resourceLimits?: ResourceLimits;
};

/** The script must call `threadData` once, after its imports. */
export function startThread(script: URL, { data, transferList, resourceLimits }: ThreadOptions): Worker {
  const leave: Leave = new Int32Array(new SharedArrayBuffer(4));
  const options: WorkerOptions = {
    workerData: { data, leave } satisfies Wrapped,
    ...(transferList !== undefined && { transferList: [...transferList] }),
    ...(resourceLimits !== undefined && { resourceLimits }),
  };
  const worker = new Worker(script, options);
  leaves.set(worker, leave);
  return worker;
}

/** Ends the thread wherever it is; resolves when it has ended. */
export async function stopThread(worker: Worker): Promise<void> {
  const leave = leaves.get(worker);
  if (leave !== undefined && worker.threadId >= 0) {
    const ended = new Promise<'ended'>((resolve) => worker.once('exit', () => resolve('ended')));
    while (Atomics.compareExchange(leave, 0, atAnyMoment, isBeingEnded) === notNow) {
      const wait = Atomics.waitAsync(leave, 0, notNow);
      // An error while it loads ends it too.
      if (wait.async && (await Promise.race([wait.value, ended])) === 'ended') break;
    }
  }
  await worker.terminate();
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
  readonly worker: Worker;
  readonly #failure = Promise.withResolvers<never>();

  constructor(script: URL, resourceLimits: ResourceLimits, data?: unknown) {
    this.worker = startThread(script, { resourceLimits, data });
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
