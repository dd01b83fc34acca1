/**
 * Threads take a moment to start, so they are started before it is known what they will work on; that comes as their first
 * message.
 */
import { Worker, type MessagePort, type ResourceLimits } from 'node:worker_threads';

export class EarlyThread {
  readonly worker: Worker;
  readonly #failure = Promise.withResolvers<never>();

  constructor(script: URL, resourceLimits: ResourceLimits, workerData?: unknown) {
    this.worker = new Worker(script, { resourceLimits, workerData });
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
 * The thread's side: what it shall work on. The code after this call runs before any further message is delivered, so it
 * can attach its own listener.
 */
export async function firstMessage<Message>(port: MessagePort): Promise<Message> {
  return new Promise((resolve) => port.once('message', (message: Message) => resolve(message)));
}
