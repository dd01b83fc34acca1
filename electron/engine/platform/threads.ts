/**
 * Worker threads that can be ended at any moment. `terminate` in the middle of loading a native module takes the whole
 * process down (koffi answers a refused exception with an abort, measured), so a thread says when its modules are loaded,
 * and whoever ends it waits for that.
 */
import {
  Worker,
  workerData,
  type MessagePort,
  type ResourceLimits,
  type Transferable,
  type WorkerOptions,
} from 'node:worker_threads';

type Wrapped = { readonly data: unknown; readonly loaded: Int32Array };

const loadedFlags = new WeakMap<Worker, Int32Array>();

export type ThreadOptions = {
  readonly data?: unknown;
  readonly transferList?: readonly Transferable[];
  readonly resourceLimits?: ResourceLimits;
};

/** The script must call `threadData` once, after its imports. */
export function startThread(script: URL, { data, transferList, resourceLimits }: ThreadOptions): Worker {
  const loaded = new Int32Array(new SharedArrayBuffer(4));
  const options: WorkerOptions = {
    workerData: { data, loaded } satisfies Wrapped,
    ...(transferList !== undefined && { transferList: [...transferList] }),
    ...(resourceLimits !== undefined && { resourceLimits }),
  };
  const worker = new Worker(script, options);
  loadedFlags.set(worker, loaded);
  return worker;
}

/** Ends the thread wherever it is; resolves when it has ended. */
export async function stopThread(worker: Worker): Promise<void> {
  const loaded = loadedFlags.get(worker);
  if (loaded !== undefined && worker.threadId >= 0) {
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const wait = Atomics.waitAsync(loaded, 0, 0);
    // An error while it loads ends it too.
    if (wait.async) await Promise.race([wait.value, ended]);
  }
  await worker.terminate();
}

/** The thread's side: what it was given, and the sign that it may be ended from now on. */
export function threadData(): unknown {
  const { data, loaded } = workerData as Wrapped;
  Atomics.store(loaded, 0, 1);
  Atomics.notify(loaded, 0);
  return data;
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
