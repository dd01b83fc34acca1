/**
 * Threads that work for one after another. To start one costs 40 to 65 ms of processor time (measured), which is more than
 * most runs have to do; so one that has done its work rests for a while, and the next that needs such a thread gets it. What
 * it says to whom goes over a line of its own, so nothing of one can reach another.
 */
import {
  MessageChannel,
  parentPort,
  receiveMessageOnPort,
  type MessagePort,
  type Transferable,
  type Worker,
} from 'node:worker_threads';
import { keptMemoryTaken } from './kept-memory.ts';
import { EndableWorker, firstMessage, Thread, threadData, type ThreadOptions } from './threads.ts';

/** A resting thread has its modules and little else in memory; some more for what has been compiled. */
const restMs = 10_000;
const mostResting = 8;
/** Whoever gives a thread back has nothing left for it to do; one that does not answer is ended. */
const answerMs = 5_000;
/**
 * Memory that nothing presses to be collected (`kept-memory.ts`): a thread that has taken so much, for one after another, is
 * ended. Of most of it no page was ever touched.
 */
const mostTaken = 512 * 1024 * 1024;

/** What a lent thread does when it is given back; resolves when nothing of what it did still runs. */
export type Ending = () => Promise<EndingWord> | EndingWord;
/** `ends`: it holds what others had better not wait for to be collected, so it is ended. */
export type EndingWord = 'rests' | 'ends';

type ControlRequest =
  | { readonly type: 'lend'; readonly data: unknown; readonly port: MessagePort }
  | { readonly type: 'giveBack' };

type Resting = {
  readonly key: string;
  readonly endable: EndableWorker;
  readonly timer: NodeJS.Timeout;
  readonly forget: () => void;
};

const resting: Resting[] = [];

/** The script must call `serveLent` once, after its imports. */
export function lendThread(script: URL, { data, transferList = [], resourceLimits = {} }: ThreadOptions): Thread {
  const key = `${script.href} ${JSON.stringify(resourceLimits)}`;
  const endable = wake(key) ?? new EndableWorker(script, null, { resourceLimits });
  const { port1, port2 } = new MessageChannel();
  try {
    endable.worker.postMessage({ type: 'lend', data, port: port2 } satisfies ControlRequest, [port2, ...transferList]);
  } catch (error) {
    void endable.stop();
    throw error;
  }
  return new LentThread(key, endable, port1);
}

/**
 * For a thread that has done what it was asked, and of which nothing more will be wanted; one that is not lent is ended.
 * Resolves when it rests or has ended.
 */
export async function giveBackThread(thread: Thread): Promise<void> {
  if (thread instanceof LentThread) await thread.giveBack();
  else await thread.stop();
}

/** For who looks at what still runs. */
export function isResting(worker: Worker): boolean {
  return resting.some(({ endable }) => endable.worker === worker);
}

/** For who counts threads, or memory. */
export async function endRestingThreads(): Promise<void> {
  await Promise.all(resting.splice(0).map(end));
}

class LentThread extends Thread {
  readonly #key: string;
  readonly #endable: EndableWorker;
  readonly #port: MessagePort;
  #isOver = false;
  #isStopped = false;
  #given: Promise<void> | null = null;

  constructor(key: string, endable: EndableWorker, port: MessagePort) {
    super();
    this.#key = key;
    this.#endable = endable;
    this.#port = port;
    port.on('message', this.#hear);
    endable.worker.on('error', this.#fail).on('exit', this.#end);
  }

  get hasEnded(): boolean {
    return this.#isOver;
  }

  postMessage(message: unknown, transfer: readonly Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  ref(): void {
    this.#endable.worker.ref();
    this.#port.ref();
  }

  unref(): void {
    this.#endable.worker.unref();
    this.#port.unref();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (!this.#isOver) await this.#endable.stop();
  }

  /** Once: a second answer would be taken for that of whoever has it next. */
  async giveBack(): Promise<void> {
    this.#given ??= this.#giveBack();
    return this.#given;
  }

  async #giveBack(): Promise<void> {
    if (this.#isOver) return;
    const { worker } = this.#endable;
    const answer = Promise.withResolvers<EndingWord>();
    const take = (word: EndingWord): void => answer.resolve(word);
    const limit = setTimeout(take, answerMs, 'ends');
    this.once('exit', () => take('ends'));
    worker.on('message', take);
    worker.ref();
    worker.postMessage({ type: 'giveBack' } satisfies ControlRequest);
    const word = await answer.promise;
    clearTimeout(limit);
    worker.off('message', take);
    if (this.#isOver) return;
    if (word === 'ends' || this.#isStopped) {
      await this.stop();
      return;
    }
    worker.off('error', this.#fail).off('exit', this.#end);
    rest(this.#key, this.#endable);
    this.#end(0);
  }

  readonly #hear = (message: unknown): void => void this.emit('message', message as never);

  readonly #fail = (error: unknown): void => {
    this.#takeIn();
    this.emit('error', error);
  };

  readonly #end = (code: number): void => {
    this.#takeIn();
    this.#isOver = true;
    this.#port.close();
    this.emit('exit', code);
  };

  /** What it has said before is heard before its end. */
  #takeIn(): void {
    for (let next = receiveMessageOnPort(this.#port); next !== undefined; next = receiveMessageOnPort(this.#port))
      this.#hear(next.message);
  }
}

function wake(key: string): EndableWorker | null {
  // The last that came: those that are more than are needed get their rest, and end.
  const position = resting.findLastIndex((thread) => thread.key === key);
  const [thread] = position < 0 ? [] : resting.splice(position, 1);
  if (thread === undefined) return null;
  const { endable, timer, forget } = thread;
  clearTimeout(timer);
  endable.worker.off('error', forget).off('exit', forget).ref();
  return endable;
}

function rest(key: string, endable: EndableWorker): void {
  const forget = (): void => {
    const position = resting.indexOf(thread);
    if (position >= 0) resting.splice(position, 1);
    clearTimeout(thread.timer);
  };
  const timer = setTimeout(() => {
    forget();
    void endable.stop().then(giveMemoryBack);
  }, restMs).unref();
  const thread: Resting = { key, endable, timer, forget };
  // Nobody is concerned by the end of one that rests.
  endable.worker.on('error', forget).on('exit', forget).unref();
  resting.push(thread);
  if (resting.length > mostResting) void resting.splice(0, 1).map(end);
}

/** When the last has gone there was nothing to do for a while: what threads have used is not kept for others any longer. */
async function giveMemoryBack(): Promise<void> {
  if (resting.length === 0) await (await import('./trim-memory.ts')).trimMemory();
}

async function end({ endable, timer }: Resting): Promise<void> {
  clearTimeout(timer);
  await endable.stop();
}

/**
 * The thread's side. `begin`, which says of what type its data is, is called anew with what each one wants of the thread,
 * and the line to it, and says how that is ended. What fails in the thread, outside of what is answered, ends it.
 */
export function serveLent(begin: (data: never, port: MessagePort) => Ending): void {
  const control = parentPort as unknown as MessagePort;
  let ending: Ending = () => 'rests';
  let port: MessagePort | null = null;
  threadData();
  const giveBack = async (): Promise<void> => {
    const word = await ending();
    // Nothing that it worked with is held any longer.
    ending = () => 'rests';
    port?.close();
    port = null;
    control.postMessage(keptMemoryTaken() > mostTaken ? 'ends' : word);
  };
  control.on('message', (request: ControlRequest) => {
    if (request.type === 'giveBack') {
      void giveBack();
      return;
    }
    port = request.port;
    ending = begin(request.data as never, port);
  });
}

/** As `serveLent`, for an early thread: what it works on comes as its first message. Until then there is nothing to end. */
export function serveEarly(begin: (port: MessagePort, setup: never) => { end(): EndingWord }): void {
  serveLent((_: null, port) => {
    let session: { end(): EndingWord } | null = null;
    const work = async (): Promise<void> => {
      session = begin(port, await firstMessage<never>(port));
    };
    void work();
    return () => session?.end() ?? 'rests';
  });
}
