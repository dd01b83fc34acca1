/** The threads of repair, seen from the main thread. */
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { WaitingCalls } from '../../platform/waiting-calls.ts';
import { giveBackThread, lendThread } from '../../platform/lent-threads.ts';
import { EarlyThread, stopThread } from '../../platform/threads.ts';
import { serveRanges } from '../range-channel.ts';
import type { Repository } from '../repository.ts';
import type { CallName, RepairCalls, RepairMessage, RepairPack, RepairSetup } from './protocol.ts';

const mostInFlight = 2;

export class RepairThreads {
  readonly all: readonly RepairThread[];
  /** What to do with packs that threads deliver; the slot in flight is freed when it resolves. */
  onPack: (pack: RepairPack) => Promise<void> = () => Promise.resolve();
  /** See RepairSetup. */
  readonly #packsInFlight = new Int32Array(new SharedArrayBuffer(8));
  readonly #receiving = new Set<Promise<void>>();
  #turn = 0;

  /** `places` are the repository under repair and then the replicas, in the order their blobs are asked for by number. */
  constructor(places: readonly Repository[], count = Math.max(1, Math.min(4, availableParallelism()))) {
    Atomics.store(this.#packsInFlight, 1, mostInFlight);
    const begun = { places, packsInFlight: this.#packsInFlight, onPack: (pack: RepairPack) => this.#receive(pack) };
    this.all = Array.from({ length: count }, () => new RepairThread(begun));
  }

  /** One after the other, for single questions. */
  any(): RepairThread {
    return this.all[this.#turn++ % this.all.length] as RepairThread;
  }

  /** Works through the items on all threads, two at a time on each: the next waits there when one is done. */
  async through<Item>(
    items: readonly Item[],
    work: (thread: RepairThread, item: Item) => Promise<void>,
  ): Promise<void> {
    const waiting = items.toReversed();
    const run = async (thread: RepairThread): Promise<void> => {
      for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(thread, item);
    };
    await Promise.all([...this.all, ...this.all].map(run));
  }

  /** When this returns, `onPack` is done with all that threads were given. They answer once they have handed it over. */
  async flush(): Promise<void> {
    const started = this.all.filter(({ isStarted }) => isStarted);
    await Promise.all(started.map((thread) => thread.call('flush', {})));
    await Promise.all(this.#receiving);
  }

  async close(): Promise<void> {
    await Promise.all(this.all.map((thread) => thread.close()));
  }

  async #receive(pack: RepairPack): Promise<void> {
    const receiving = this.#hand(pack);
    this.#receiving.add(receiving);
    await receiving.finally(() => this.#receiving.delete(receiving));
  }

  async #hand(pack: RepairPack): Promise<void> {
    try {
      await this.onPack(pack);
    } finally {
      pack.data.buffer.transfer(0);
      Atomics.sub(this.#packsInFlight, 0, 1);
      Atomics.notify(this.#packsInFlight, 0);
    }
  }
}

type RepairWork = {
  readonly places: readonly Repository[];
  readonly packsInFlight: Int32Array;
  readonly onPack: (pack: RepairPack) => Promise<void>;
};

/** A thread that starts with the first thing it is asked: where nothing is due, a scrub asks nothing. */
export class RepairThread {
  readonly #work: RepairWork;
  #thread: EarlyThread | null = null;
  #isClosed = false;
  readonly #ports: MessagePort[] = [];
  readonly #calls = new WaitingCalls();

  constructor(work: RepairWork) {
    this.#work = work;
  }

  get isStarted(): boolean {
    return this.#thread !== null;
  }

  async call<Name extends CallName>(
    name: Name,
    input: RepairCalls[Name]['ask'],
    transfer: ArrayBuffer[] = [],
  ): Promise<RepairCalls[Name]['answer']> {
    return this.#calls.make((job) => {
      const worker = this.#isClosed ? null : (this.#thread ??= this.#start()).worker;
      // Gone already: nobody would ever answer.
      if (worker === null || worker.hasEnded) this.#calls.abandon();
      else worker.postMessage({ call: name, job, ...input }, transfer);
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const port of this.#ports) port.close();
    if (this.#thread !== null) await (this.#calls.isIdle ? giveBackThread : stopThread)(this.#thread.worker);
  }

  #start(): EarlyThread {
    const script = new URL('./worker.ts', import.meta.url);
    const thread = new EarlyThread(
      lendThread(script, { resourceLimits: { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 } }),
    );
    thread.onFailure((error) => this.#calls.abandon(error));
    thread.worker.on('message', (message: RepairMessage) => {
      if ('pack' in message) this.#work.onPack(message.pack).catch((error: unknown) => this.#calls.abandon(error));
      else this.#calls.receive(message);
    });
    thread.worker.on('exit', () => this.#calls.abandon());
    this.#begin(thread);
    return thread;
  }

  #begin({ worker }: EarlyThread): void {
    const { places, packsInFlight } = this.#work;
    const ports: MessagePort[] = [];
    const setup: RepairSetup = {
      places: places.map(({ key, config, backend }) => {
        const { port1, port2 } = new MessageChannel();
        serveRanges(port1, backend);
        this.#ports.push(port1);
        ports.push(port2);
        return { key, version: config.version, localFolder: backend.localFolder, ranges: port2 };
      }),
      chunkerPolynomial: places[0]?.config.chunkerPolynomial ?? '',
      packsInFlight,
    };
    worker.postMessage(setup, ports);
  }
}
