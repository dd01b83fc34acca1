/** A witness, an owner and one that stands by, with clocks, sleep, crashes and a network that a seed decides about. */
import {
  beginHolding,
  heard,
  nextRequest,
  powerOf,
  standbyDecision,
  witness,
  type Holding,
  type KeptLease,
  type LeaseAnswer,
  type LeaseRequest,
} from '../../shared/model/lease.ts';

export const durationMs = 10_000;
/** None: it would hide what the lease itself does not keep apart. */
const graceMs = 0;
const beatMs = 1_500;
const patientMs = 8_000;
const stepMs = 200;

type Role = 'owner' | 'standby';
type Fate = 'runs' | 'sleeps' | 'dead';

/** How far a machine's clock has come: at a rate of its own, through sleep or not. */
class Clock {
  readonly #rate: number;
  atMs: number;

  constructor(rate: number, atMs: number) {
    this.#rate = rate;
    this.atMs = atMs;
  }

  pass(ms: number): void {
    this.atMs += ms * this.#rate;
  }
}

type Node = {
  readonly name: Role;
  readonly clock: Clock;
  fate: Fate;
  holding: Holding | null;
  /** Outlive a crash. */
  aside: boolean;
  promoted: boolean;
  asked: { readonly id: number; readonly request: LeaseRequest; readonly sentAtMs: number } | null;
  nextBeatMs: number;
};

type Message = { readonly atMs: number; readonly deliver: () => void };

export type Trouble = {
  readonly losses: number;
  readonly longestDelayMs: number;
  readonly crashes: number;
  readonly sleeps: number;
  readonly partitions: number;
};

export class LeaseWorld {
  readonly #random: () => number;
  readonly #trouble: Trouble;
  readonly #witnessClock: Clock;
  #witnessFate: Fate = 'runs';
  /** What it has on its disk, and in memory. */
  #stored: KeptLease = { holder: null, token: 0, durationMs, paused: null, renewedAtMs: -durationMs };
  #kept: KeptLease = this.#stored;
  readonly #cut = new Set<string>();
  #messages: Message[] = [];
  #ids = 0;
  nowMs = 0;
  readonly owner: Node;
  readonly standby: Node;
  /** Moments at which both thought that they own. */
  conflicts = 0;

  constructor(seed: number, trouble: Trouble) {
    this.#random = randomOf(seed);
    this.#trouble = trouble;
    this.#witnessClock = new Clock(0.96 + this.#random() * 0.08, this.#random() * 1e6);
    this.#kept = { ...this.#stored, renewedAtMs: this.#witnessClock.atMs - durationMs };
    this.owner = this.#node('owner');
    this.standby = this.#node('standby');
    this.#begin(this.owner);
    this.#begin(this.standby);
  }

  step(): void {
    this.nowMs += stepMs;
    this.#happen();
    for (const { clock } of [this.owner, this.standby]) clock.pass(stepMs);
    // Its clock stands still while it sleeps: that is the safe side for who gives leases.
    if (this.#witnessFate !== 'sleeps') this.#witnessClock.pass(stepMs);
    const due = this.#messages.filter(({ atMs }) => atMs <= this.nowMs);
    this.#messages = this.#messages.filter(({ atMs }) => atMs > this.nowMs);
    due.forEach(({ deliver }) => deliver());
    for (const node of [this.owner, this.standby]) if (node.fate === 'runs') this.#beat(node);
    if (this.acts(this.owner) && this.acts(this.standby)) this.conflicts += 1;
  }

  /** Whether it would write now, and take away, as the owner. */
  acts(node: Node): boolean {
    if (node.fate !== 'runs' || node.holding === null || (node.name === 'standby' && !node.promoted)) return false;
    return powerOf(node.holding, node.clock.atMs) === 'owner';
  }

  kill(node: Node): void {
    node.fate = 'dead';
    node.holding = null;
    node.asked = null;
  }

  /** From here on nothing goes wrong any more but what is dead. */
  calm(): void {
    this.#cut.clear();
    this.#witnessFate = 'runs';
    if (this.standby.fate === 'dead') this.#begin(this.standby);
    this.standby.fate = 'runs';
    this.#isCalm = true;
  }
  #isCalm = false;

  #node(name: Role): Node {
    const clock = new Clock(0.96 + this.#random() * 0.08, this.#random() * 1e6);
    return { name, clock, fate: 'runs', holding: null, aside: false, promoted: false, asked: null, nextBeatMs: 0 };
  }

  #begin(node: Node): void {
    node.fate = 'runs';
    node.asked = null;
    const holds = node.name === 'owner' || node.promoted;
    node.holding = holds ? beginHolding(node.name, durationMs, node.clock.atMs, node.aside) : null;
  }

  #happen(): void {
    if (this.#isCalm) return;
    const { crashes, sleeps, partitions } = this.#trouble;
    for (const node of [this.owner, this.standby]) {
      if (node.fate !== 'runs' && this.#random() < 0.03) {
        if (node.fate === 'dead') this.#begin(node);
        node.fate = 'runs';
      } else if (node.fate === 'runs' && this.#random() < crashes) this.kill(node);
      else if (node.fate === 'runs' && this.#random() < sleeps) node.fate = 'sleeps';
    }
    if (this.#witnessFate !== 'runs' && this.#random() < 0.05) {
      // Begun anew it knows what was durable, and lets a whole duration pass.
      if (this.#witnessFate === 'dead') this.#kept = { ...this.#stored, renewedAtMs: this.#witnessClock.atMs };
      this.#witnessFate = 'runs';
    } else if (this.#witnessFate === 'runs' && this.#random() < crashes) this.#witnessFate = 'dead';
    else if (this.#witnessFate === 'runs' && this.#random() < sleeps) this.#witnessFate = 'sleeps';
    for (const way of ['owner', 'standby', 'probe'])
      if (this.#cut.has(way)) {
        if (this.#random() < 0.02) this.#cut.delete(way);
      } else if (this.#random() < partitions) this.#cut.add(way);
  }

  #beat(node: Node): void {
    const { clock } = node;
    if (node.asked !== null && clock.atMs - node.asked.sentAtMs > patientMs) {
      node.asked = null;
      if (node.holding === null) this.#decide(node, null);
    }
    if (node.asked !== null || clock.atMs < node.nextBeatMs) return;
    node.nextBeatMs = clock.atMs + beatMs;
    this.#ask(node, node.holding === null ? { action: 'look' } : nextRequest(node.holding));
  }

  #ask(node: Node, request: LeaseRequest): void {
    const id = ++this.#ids;
    node.asked = { id, request, sentAtMs: node.clock.atMs };
    this.#travel(node.name, () => {
      if (this.#witnessFate !== 'runs') return;
      const { lease, answer, isChange } = witness(this.#kept, node.name, request, this.#witnessClock.atMs);
      this.#kept = lease;
      if (isChange) this.#stored = lease;
      this.#travel(node.name, () => this.#hear(node, id, answer));
    });
  }

  #hear(node: Node, id: number, answer: LeaseAnswer): void {
    if (node.fate !== 'runs' || node.asked?.id !== id) return;
    const { request, sentAtMs } = node.asked;
    node.asked = null;
    const nowMs = node.clock.atMs;
    if (node.holding === null && request.action === 'take' && answer.granted) {
      node.holding = heard(beginHolding(node.name, durationMs, nowMs, false), request, answer, { sentAtMs, nowMs });
      // What is promoted is written down before it counts.
      node.promoted = powerOf(node.holding, nowMs) === 'owner';
      if (!node.promoted) node.holding = null;
      return;
    }
    if (node.holding === null) return this.#decide(node, answer);
    node.holding = heard(node.holding, request, answer, { sentAtMs, nowMs });
    node.aside = node.holding.phase === 'aside';
  }

  #decide(node: Node, answer: LeaseAnswer | null): void {
    const owner = this.#cut.has('probe') || this.owner.fate !== 'runs' ? 'silent' : 'answers';
    const facts = { me: node.name, answer, graceMs, owner, hasPromoted: node.promoted, obstacles: [] } as const;
    const decision = standbyDecision(facts);
    if (answer === null) return;
    if (decision.act === 'take') this.#ask(node, { action: 'take', token: answer.token, durationMs });
    if (decision.act === 'release') this.#ask(node, { action: 'release', token: answer.token });
  }

  /** Lost, late, or twice. */
  #travel(way: Role, deliver: () => void): void {
    const times = this.#random() < 0.05 ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      if (!this.#isCalm && (this.#cut.has(way) || this.#random() < this.#trouble.losses)) continue;
      const delayMs = this.#isCalm ? 100 : this.#random() ** 3 * this.#trouble.longestDelayMs;
      this.#messages.push({ atMs: this.nowMs + delayMs, deliver });
    }
  }
}

/** Mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
