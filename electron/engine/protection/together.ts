/**
 * Several sources at one moment: all get ready, all are held still by their hooks in the order given, each takes its point
 * while all are held, and all are let go in the reverse order, whatever has become of it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { orAborted } from '../platform/or-aborted.ts';
import { Slots } from '../sources/parallel.ts';
import type { Ears, Quiesce } from './hooks.ts';
import { TogetherMember, type Common, type LetGoReason } from './together-member.ts';

export type TogetherOptions = {
  /** From the first hook to the last point: then all are let go. */
  readonly limitMs: number;
  /** The time of day, in epoch milliseconds. */
  readonly nowMs: () => number;
  readonly onNotice: (text: string) => void;
  /** What all of it is about now, for whoever looks. */
  readonly onStage: (stage: string) => void;
  /** How long a hook that lets go is waited for before the next begins; one that hangs keeps no other held. */
  readonly patienceMs?: number;
};

type Place = { readonly ears: Ears; readonly isLate: boolean };

/** Each asks servers for several things at once. */
const fetchedAtOnce = 4;
const usualPatienceMs = 10_000;

export class Together implements Common {
  readonly fetching = new Slots(fetchedAtOnce);
  readonly #options: TogetherOptions;
  readonly #members: TogetherMember[] = [];
  /** They arrive only once another has its point: their place is taken. */
  readonly #late = new Set<TogetherMember>();
  readonly #frozen: TogetherMember[] = [];
  readonly #decision = Promise.withResolvers<void>();
  readonly #release = Promise.withResolvers<void>();
  #letGo: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  readonly #limited = new AbortController();
  /** Of a member that may be held for less than all of them. */
  #reachedMs: number | null = null;
  #isHolding = false;
  #commonAtMs: number | null = null;
  #problem: string | null = null;

  constructor(options: TogetherOptions) {
    this.#options = options;
  }

  /** In the order in which they are held. `isLate`: it is not waited for, and begins once another has its point. */
  add(source: string, quiesce: Quiesce | null, { ears, isLate }: Place): TogetherMember {
    const member = new TogetherMember(source, quiesce, { ears, common: this });
    this.#members.push(member);
    if (isLate) this.#late.add(member);
    return member;
  }

  /** Until all have their points, and all are let go. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    // A hook that is under way is ended, and made up for, before those that had gone well are let go.
    const onAbort = (): void => void (this.#isHolding ? null : this.#letAllGo('cancelled'));
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      this.#options.onStage('Getting ready');
      const early = this.#members.filter((member) => !this.#late.has(member));
      await orAborted(Promise.all(early.map(({ arrived }) => arrived)), signal);
      this.#isHolding = true;
      await this.#holdAll(signal).finally(() => (this.#isHolding = false));
      this.#decision.resolve();
      await Promise.race([Promise.all(this.#members.map(({ over }) => over)), this.#release.promise]);
      await this.#letAllGo('taken');
    } catch {
      // What the signal says is heard by every one of them.
      await this.#letAllGo(signal.aborted ? 'cancelled' : 'failed');
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#decision.resolve();
    }
  }

  get nowMs(): () => number {
    return this.#options.nowMs;
  }

  get limitMs(): number {
    return this.#reachedMs ?? this.#options.limitMs;
  }

  get commonAtMs(): number | null {
    return this.#commonAtMs;
  }

  get problem(): string | null {
    return this.#problem;
  }

  get isLetGo(): boolean {
    return this.#letGo !== null;
  }

  get decided(): Promise<void> {
    return this.#decision.promise;
  }

  get released(): Promise<void> {
    return this.#release.promise;
  }

  get othersWait(): boolean {
    return [...this.#late].some(({ hasArrived }) => !hasArrived);
  }

  readonly onLimit = (maximumHoldMs: number): void => {
    if (this.#limited.signal.aborted) return;
    this.#reachedMs = maximumHoldMs;
    this.#limited.abort(limitReached(maximumHoldMs));
    if (this.#commonAtMs !== null) void this.#letAllGo('hold-limit');
  };

  async #holdAll(signal: AbortSignal): Promise<void> {
    const members = this.#members.filter(({ isOver }) => !isOver);
    const hindered = members.find(({ obstacle }) => obstacle !== null);
    if (hindered !== undefined) return this.#goApart(hindered, hindered.obstacle ?? '');
    const limit = this.#limited.signal;
    const { limitMs } = this.#options;
    if (members.some(({ hasHook }) => hasHook)) this.#timer = setTimeout(() => this.onLimit(limitMs), limitMs);
    for (const member of members) {
      if (member.hasHook) this.#options.onStage(`Holding ${member.source}`);
      const problem = await member.freeze(signal, limit);
      signal.throwIfAborted();
      if (problem === null && member.hasHook) this.#frozen.push(member);
      if (limit.aborted) return this.#goApart(member, limitReached(this.limitMs).message);
      if (problem !== null) return this.#goApart(member, problem);
    }
    this.#commonAtMs = this.#options.nowMs();
    this.#options.onStage(this.#frozen.length === 0 ? 'Taking' : 'Taking what is held');
  }

  /** All that are held are let go at once; then each goes on by itself. */
  async #goApart({ source }: TogetherMember, problem: string): Promise<void> {
    this.#problem = `${source} could not be held, so nothing was taken at one moment. ${problem}`;
    this.#options.onNotice(this.#problem);
    await this.#letAllGo('failed');
    this.#options.onStage('Taking one by one');
  }

  /** Once, whoever asks first; all wait for it. */
  #letAllGo(why: LetGoReason): Promise<void> {
    clearTimeout(this.#timer);
    this.#letGo ??= this.#thawAll(why).finally(() => this.#release.resolve());
    return this.#letGo;
  }

  async #thawAll(why: LetGoReason): Promise<void> {
    const { onNotice, onStage, patienceMs = usualPatienceMs } = this.#options;
    const left = this.#members.filter(({ isOver }) => !isOver).map(({ source }) => source);
    if (why === 'hold-limit')
      onNotice(`All are let go after ${formatDuration(this.limitMs)}; not read by then: ${left.join(', ')}.`);
    if (this.#frozen.length > 0) onStage('Letting go');
    const thaws: Promise<void>[] = [];
    for (const member of this.#frozen.toReversed()) {
      const thaw = member.thaw(why).catch(() => undefined);
      thaws.push(thaw);
      await Promise.race([thaw, sleep(patienceMs, undefined, { ref: false })]);
    }
    await Promise.all(thaws);
    if (why === 'taken' || why === 'hold-limit') onStage('Storing');
  }
}

function limitReached(limitMs: number): HoldfastError {
  return new HoldfastError(
    'HOOK_FAILED',
    `Not all were held within ${formatDuration(limitMs)}, which is how long they may be.`,
  );
}
