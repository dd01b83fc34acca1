/** Requests to several threads that do the same work: each gets the next when it has room, answers find their request. */
import type { MessagePort, Transferable } from 'node:worker_threads';

type Numbered = { readonly job: number };
type Unnumbered<Request> = Request extends unknown ? Omit<Request, 'job'> : never;
type Lane = { readonly port: MessagePort; readonly position: number; outstanding: number; isUsed: boolean };

export type LaneLimits<Request, Reply> = {
  readonly requestsPerThread: number;
  /** Of a request, by default 1: what a thread works on weighs at most `requestsPerThread`. */
  readonly weight?: (request: Unnumbered<Request>) => number;
  /** With so many requests waiting, whoever adds more should wait. */
  readonly queueLimit: number;
  /** Whether a reply is the last one to its request; by default each is. */
  readonly isLast?: (reply: Reply) => boolean;
  /** What of a request is given away; by default nothing. */
  readonly transfers?: (request: Unnumbered<Request>) => readonly Transferable[];
  /** Called with the position of a port before anything is sent to it for the first time. */
  readonly onFirstUse?: (position: number) => void;
};

export class WorkLanes<Request extends Numbered, Reply extends Numbered> {
  readonly #lanes: readonly Lane[];
  readonly #limits: LaneLimits<Request, Reply>;
  readonly #queue: { readonly request: Unnumbered<Request>; readonly answer: (reply: Reply) => void }[] = [];
  readonly #answers = new Map<number, { readonly answer: (reply: Reply) => void; readonly weight: number }>();
  readonly #roomWaiters: (() => void)[] = [];
  #nextJob = 1;

  constructor(ports: readonly MessagePort[], limits: LaneLimits<Request, Reply>) {
    this.#limits = limits;
    this.#lanes = ports.map((port, position) => ({ port, position, outstanding: 0, isUsed: false }));
    for (const lane of this.#lanes) lane.port.on('message', (reply: Reply) => this.#receive(lane, reply));
  }

  /** True when nothing is waiting or under way. */
  get isIdle(): boolean {
    return this.#queue.length === 0 && this.#answers.size === 0;
  }

  /** `answer` gets every reply to the request. */
  ask(request: Unnumbered<Request>, answer: (reply: Reply) => void, place: 'first' | 'last' = 'last'): void {
    if (place === 'first') this.#queue.unshift({ request, answer });
    else this.#queue.push({ request, answer });
    this.#dispatch();
  }

  /** As if that many requests were sent to as many threads: each gets ready for what will come. */
  begin(requests: number): void {
    for (const lane of this.#lanes.slice(0, requests)) this.#use(lane);
  }

  /** A promise where the caller should wait before it asks for more. */
  room(): Promise<void> | null {
    if (this.#queue.length < this.#limits.queueLimit) return null;
    return new Promise((resolve) => this.#roomWaiters.push(resolve));
  }

  close(): void {
    for (const { port } of this.#lanes) port.close();
  }

  #dispatch(): void {
    while (this.#queue.length > 0) {
      const lane = this.#lanes.reduce((least, other) => (other.outstanding < least.outstanding ? other : least));
      const [next] = this.#queue;
      if (next === undefined) return;
      const weight = this.#limits.weight?.(next.request) ?? 1;
      if (lane.outstanding + weight > this.#limits.requestsPerThread) return;
      this.#queue.shift();
      const job = this.#nextJob++;
      lane.outstanding += weight;
      this.#use(lane);
      this.#answers.set(job, { answer: next.answer, weight });
      lane.port.postMessage({ ...next.request, job }, this.#limits.transfers?.(next.request) ?? []);
    }
    for (const resume of this.#roomWaiters.splice(0)) resume();
  }

  #use(lane: Lane): void {
    if (!lane.isUsed) this.#limits.onFirstUse?.(lane.position);
    lane.isUsed = true;
  }

  #receive(lane: Lane, reply: Reply): void {
    const asked = this.#answers.get(reply.job);
    if (this.#limits.isLast?.(reply) ?? true) {
      this.#answers.delete(reply.job);
      lane.outstanding -= asked?.weight ?? 0;
      this.#dispatch();
    }
    asked?.answer(reply);
  }
}
