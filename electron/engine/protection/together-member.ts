/** One source that is taken together with others: it arrives, waits until all are held, and says when its point is taken. */
import { momentOf, type MemberMoment } from '../../../shared/model/together.ts';
import { orAborted } from '../platform/or-aborted.ts';
import type { Slots } from '../sources/parallel.ts';
import { HookedCapture, type CaptureHooks, type Ears, type Quiesce, type Quiesced } from './hooks.ts';
import type { HookStatus } from './run-hook.ts';

/** What all of them share. */
export interface Common {
  readonly nowMs: () => number;
  /** For how long they may be held. */
  readonly limitMs: number;
  /** When all of them were held; null: not yet, or never. */
  readonly commonAtMs: number | null;
  /** Why they were not, and each goes on by itself; null: nothing keeps them from it. */
  readonly problem: string | null;
  /** Whether any has been let go. */
  readonly isLetGo: boolean;
  /** Resolves once all are held, or it is known that they never will be. */
  readonly decided: Promise<void>;
  /** Resolves once all have been let go. */
  readonly released: Promise<void>;
  /** Whether one has not begun that waits for the place of another. */
  readonly othersWait: boolean;
  /** How many fetch at a time. */
  readonly fetching: Slots;
  /** One may not be held any longer than it was. */
  readonly onLimit: (maximumHoldMs: number) => void;
}

/** Times are epoch milliseconds; null: it never came to that. */
export type MemberRecord = {
  readonly heldFromMs: number | null;
  readonly heldToMs: number | null;
  readonly takenFromMs: number | null;
  readonly takenToMs: number | null;
  readonly moment: MemberMoment | null;
  /** Of its hooks, as far as the snapshot does not say it. */
  readonly problem: string | null;
};

export type LetGoReason = 'taken' | 'hold-limit' | 'cancelled' | 'failed';

export class TogetherMember implements CaptureHooks {
  readonly source: string;
  readonly #quiesce: Quiesce | null;
  readonly #ears: Ears;
  readonly #common: Common;
  readonly #arrival = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();
  #own: HookedCapture;
  #hasArrived = false;
  #isOver = false;
  /** What keeps it from being captured at all. */
  #failure: unknown = null;
  /** Its hooks did not go well, so that they are not asked once more. */
  #isCulprit = false;
  #status: HookStatus | null = null;
  #frozenFromMs: number | null = null;
  #heldFromMs: number | null = null;
  #heldToMs: number | null = null;
  #takenFromMs: number | null = null;
  #takenToMs: number | null = null;
  #isInTime = false;

  constructor(
    source: string,
    quiesce: Quiesce | null,
    { ears, common }: { readonly ears: Ears; readonly common: Common },
  ) {
    this.source = source;
    this.#quiesce = quiesce;
    this.#ears = ears;
    this.#common = common;
    this.#own = new HookedCapture(quiesce, ears, common.onLimit);
  }

  /** Whether a hook keeps it as it is until another one lets it go. */
  get #isFreezing(): boolean {
    return this.#quiesce !== null && this.#quiesce.before !== null && this.#quiesce.after !== null;
  }

  /** Once all that needs nobody to hold still is done, or it has ended before. */
  get arrived(): Promise<void> {
    return this.#arrival.promise;
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Once its point is taken, or never will be. */
  get over(): Promise<void> {
    return this.#end.promise;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Why its hooks cannot run at all; null: nothing is known against them. */
  get obstacle(): string | null {
    return this.#quiesce?.before === null ? null : (this.#quiesce?.obstacle ?? null);
  }

  get hasHook(): boolean {
    return this.#quiesce !== null && this.#quiesce.before !== null;
  }

  /** Runs the hook before it. In words why it does not hold still; null: it does, or nobody asks it to. */
  async freeze(signal: AbortSignal, limit: AbortSignal): Promise<string | null> {
    this.#frozenFromMs = this.#common.nowMs();
    try {
      await this.#own.begin(signal, limit);
    } catch (error) {
      this.#isCulprit = true;
      this.#failure = error;
      return error instanceof Error ? error.message : String(error);
    }
    if (!this.hasHook) return null;
    const { consistency, problem } = this.#own.outcome;
    this.#isCulprit = consistency !== 'application';
    if (this.#isCulprit) return problem ?? 'Its hook did not go well.';
    if (this.#isFreezing) this.#heldFromMs = this.#common.nowMs();
    return null;
  }

  /** Lets go of it; its hook has its own time limit. */
  async thaw(why: LetGoReason): Promise<void> {
    if (this.#heldFromMs === null) return;
    if (this.#status !== null) await this.#own.captured(this.#status);
    else if (why === 'hold-limit' || why === 'taken') await this.#own.letGo(this.#common.limitMs);
    else await this.#own.ended(why, null);
    this.#heldToMs = this.#common.nowMs();
  }

  async begin(signal: AbortSignal): Promise<void> {
    this.#arrive();
    await orAborted(this.#common.decided, signal);
    if (this.#failure !== null) throw this.#failure;
    if (this.#common.problem !== null && !this.#isCulprit) {
      this.#own = new HookedCapture(this.#quiesce, this.#ears);
      await this.#own.begin(signal);
    }
    this.#takenFromMs = this.#common.nowMs();
  }

  /** As soon as not too many others fetch. */
  fetch<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#common.fetching.hold(work);
  }

  /** What it shows is from an earlier moment than that at which it was asked for. */
  isFrom(atMs: number): void {
    if (this.#takenFromMs !== null) this.#takenFromMs = Math.min(this.#takenFromMs, atMs);
  }

  async captured(status: HookStatus): Promise<void> {
    this.#takenToMs = this.#common.nowMs();
    this.#isInTime = !this.#common.isLetGo;
    this.#status = status;
    this.#finish();
    if (this.#common.problem !== null) await this.#own.captured(status);
    // So that its snapshot can say how it went: but no memory is kept for it that others wait for.
    else if (!this.#common.othersWait) await this.#common.released;
  }

  async ended(status: HookStatus, snapshot: string | null): Promise<void> {
    this.#status ??= status;
    this.#arrive();
    this.#finish();
    if (this.#common.problem !== null) return this.#own.ended(status, snapshot);
    if (this.#quiesce === null || this.#quiesce.before !== null) return;
    // One that comes after alone may let go of what it does not say it holds.
    await this.#common.released;
    await this.#own.ended(status, snapshot);
  }

  get outcome(): Quiesced {
    return { ...this.#own.outcome, moment: this.#moment };
  }

  get takenFromMs(): number | null {
    return this.#takenFromMs;
  }

  get record(): MemberRecord {
    return {
      heldFromMs: this.#heldFromMs,
      heldToMs: this.#heldToMs,
      takenFromMs: this.#takenToMs === null ? null : this.#takenFromMs,
      takenToMs: this.#takenToMs,
      moment: this.#moment,
      problem: this.#own.outcome.problem,
    };
  }

  get #moment(): MemberMoment | null {
    if (this.#takenFromMs === null || this.#takenToMs === null) return null;
    const point = {
      fromMs: this.#takenFromMs,
      toMs: this.#takenToMs,
      isHeld: this.#heldFromMs !== null && this.#own.outcome.consistency === 'application',
      isInTime: this.#isInTime,
      madeFromMs: this.hasHook ? this.#frozenFromMs : null,
    };
    return momentOf(point, this.#common);
  }

  #arrive(): void {
    this.#hasArrived = true;
    this.#arrival.resolve();
  }

  #finish(): void {
    this.#isOver = true;
    this.#end.resolve();
  }
}
