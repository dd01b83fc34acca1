/**
 * Hooks around a capture: before it, so that what is read holds still, and after it, whatever has become of it. Nothing is
 * held longer than was agreed; what was not held to the end is said to be crash-consistent.
 */
import type { Progress } from '../../../shared/contract/common.ts';
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import type { MemberMoment } from '../../../shared/model/together.ts';
import { isGuestHook, type Consistency, type Hook, type Hooks } from '../../../shared/model/hooks.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { runHook, type HookStatus, type OnInstances } from './run-hook.ts';

/** What is to run around a capture, and what is written down so that nothing stays frozen. */
export type Quiesce = Hooks & {
  readonly source: string;
  readonly run: string;
  /** Why its hooks cannot run here, in a sentence; null: nothing. */
  readonly obstacle: string | null;
  /** For hooks that run in instances; null: the source has none. */
  readonly onInstances: OnInstances | null;
  /** Written before anything is frozen, and again once it is thawed: a later engine makes up for what this one leaves. */
  readonly freeze: { begin(): Promise<void>; end(): Promise<void> };
  /** For what hooks have to say: the log of the job alone. */
  readonly log: (text: string) => void;
};

export type Ears = { readonly onNotice: (text: string) => void; readonly onProgress: (progress: Progress) => void };

/** Null: nothing was asked to hold still. */
export type Quiesced = {
  readonly consistency: Consistency | null;
  readonly problem: string | null;
  /** Of a part of a system snapshot: whether it is of one moment with the others. */
  readonly moment?: MemberMoment | null;
};

/** What a run asks to hold still around what it takes. */
export interface CaptureHooks {
  /** Before anything of the source is read. HOOK_FAILED, or what the signal says. */
  begin(signal: AbortSignal): Promise<void>;
  /** All was read, as far as it could be. */
  captured(status: HookStatus): Promise<void>;
  /** However it ended; `snapshot` where one was stored. */
  ended(status: HookStatus, snapshot: string | null): Promise<void>;
  /** As far as it is known. */
  readonly outcome: Quiesced;
  /** When taking began, in epoch milliseconds, where it is not with the run; null: with it. */
  readonly takenFromMs: number | null;
}

/** What a guard in the guest allows for beyond what the engine does. */
const guardMarginMs = 5_000;
const clockSlackMs = 1_000;
const never = new AbortController().signal;

export class HookedCapture implements CaptureHooks {
  readonly takenFromMs = null;
  readonly #quiesce: Quiesce | null;
  readonly #ears: Ears;
  readonly #onLimit: ((maximumHoldMs: number) => void) | null;
  readonly #problems: string[] = [];
  #consistency: Consistency | null = null;
  /** Whether the hook after it is still to run, whatever happens. */
  #isOwed = false;
  #after: Promise<void> | null = null;
  #heldSinceMs = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `onLimit` is called in place of letting go, once it was held for as long as it may be. */
  constructor(quiesce: Quiesce | null, ears: Ears, onLimit: ((maximumHoldMs: number) => void) | null = null) {
    this.#quiesce = quiesce;
    this.#ears = ears;
    this.#onLimit = onLimit;
  }

  /**
   * Before anything of the source is read. HOOK_FAILED where the source asks for its hooks and they did not go well, or
   * what the signal says; what it had begun is undone then. `limit` ends the hook as its own time limit does.
   */
  async begin(signal: AbortSignal, limit: AbortSignal = never): Promise<void> {
    const quiesce = this.#quiesce;
    if (quiesce === null) return;
    if (quiesce.obstacle !== null) {
      this.#problems.push(quiesce.obstacle);
      return this.#goOnWithout(quiesce, quiesce.obstacle);
    }
    if (quiesce.before === null) {
      this.#isOwed = true;
      return;
    }
    throwIfCancelled(signal);
    const problem =
      (await this.#writeDown(quiesce)) ??
      (await this.#freeze(quiesce, quiesce.before, AbortSignal.any([signal, limit])));
    if (problem !== null) {
      this.#problems.push(problem);
      await this.#runAfter(signal.aborted ? 'cancelled' : 'before-failed', null);
      throwIfCancelled(signal);
      return this.#goOnWithout(quiesce, problem);
    }
    this.#consistency = 'application';
    this.#heldSinceMs = Date.now();
    if (quiesce.after === null) return;
    const { maximumHoldMs } = quiesce;
    const passed = this.#onLimit ?? ((heldMs: number) => void this.letGo(heldMs));
    this.#timer = setTimeout(() => passed(maximumHoldMs), maximumHoldMs);
  }

  /** All was read, as far as it could be: nothing is held any longer. */
  async captured(status: HookStatus): Promise<void> {
    if (this.#quiesce === null || this.#quiesce.before === null) return;
    const { maximumHoldMs } = this.#quiesce;
    clearTimeout(this.#timer);
    // A machine that has slept has held it for longer than its timers know, and a guard may have thawed it meanwhile.
    if (this.#isOwed && Date.now() - this.#heldSinceMs > maximumHoldMs + clockSlackMs) this.#tooLong(maximumHoldMs);
    await this.#runAfter(status, null);
  }

  /** Held for as long as it may be, and not all was read: the capture goes on. */
  async letGo(heldAtMostMs: number): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#consistency === 'application') this.#tooLong(heldAtMostMs);
    await this.#runAfter('hold-limit', null);
  }

  /** However it ended; `snapshot` where one was stored. */
  async ended(status: HookStatus, snapshot: string | null): Promise<void> {
    clearTimeout(this.#timer);
    await this.#runAfter(status, snapshot);
  }

  /** As far as it is known. */
  get outcome(): Quiesced {
    return { consistency: this.#consistency, problem: this.#problems.length === 0 ? null : this.#problems.join(' ') };
  }

  /** What is not written down must not be frozen. In words why it could not be. */
  async #writeDown({ after, freeze }: Quiesce): Promise<string | null> {
    if (after === null) return null;
    try {
      await freeze.begin();
      this.#isOwed = true;
      return null;
    } catch (error) {
      return `No hook was run, because it could not be written down. ${toHoldfastError(error).message}`;
    }
  }

  #freeze(quiesce: Quiesce, before: Hook, signal: AbortSignal): Promise<string | null> {
    this.#tell('Freezing');
    const { source, run, after, maximumHoldMs, log, onInstances } = quiesce;
    const thawAfterSeconds = Math.ceil((before.timeoutMs + maximumHoldMs + guardMarginMs) / 1000);
    const fromFrozenSeconds = Math.ceil((maximumHoldMs + guardMarginMs) / 1000);
    const guard = isGuestHook(after)
      ? { thaw: after.script, fromBeginSeconds: thawAfterSeconds, fromFrozenSeconds }
      : null;
    const facts = { source, run, hook: 'before', thawAfterSeconds, guard } as const;
    return runHook(before, facts, { log, signal, onInstances });
  }

  #goOnWithout({ before, required }: Quiesce, problem: string): void {
    if (required && before !== null) throw new HoldfastError('HOOK_FAILED', problem);
    if (before !== null) this.#consistency = 'crash';
    this.#ears.onNotice(before === null ? problem : `The snapshot is crash-consistent only. ${problem}`);
  }

  #tooLong(maximumHoldMs: number): void {
    this.#consistency = 'crash';
    const problem = `Not all was read within ${formatDuration(maximumHoldMs)}, which is how long it may be held.`;
    this.#problems.push(problem);
    this.#ears.onNotice(`The snapshot is crash-consistent only. ${problem}`);
  }

  /** Once, whoever asks first; all wait for it. It has its own time limit, and nothing else stops it. */
  #runAfter(status: HookStatus, snapshot: string | null): Promise<void> {
    if (!this.#isOwed || this.#quiesce === null) return this.#after ?? Promise.resolve();
    this.#isOwed = false;
    this.#after = this.#thaw(this.#quiesce, status, snapshot);
    return this.#after;
  }

  async #thaw(quiesce: Quiesce, status: HookStatus, snapshot: string | null) {
    const { before, after, source, run, freeze, log, onInstances } = quiesce;
    if (after === null) return;
    if (status !== 'hold-limit') this.#tell('Thawing');
    const isGuarded = isGuestHook(before) && isGuestHook(after) && status !== 'before-failed';
    const facts = { source, run, hook: 'after', status, snapshot, isGuarded } as const;
    const problem = await runHook(after, facts, { log, signal: never, onInstances });
    if (problem !== null) {
      // Nobody knows for how long an instance had held still.
      if (isGuarded && this.#consistency === 'application') this.#consistency = 'crash';
      this.#problems.push(problem);
      this.#ears.onNotice(problem);
    }
    // Where that fails, a later engine runs the hook once more: better twice than not at all.
    if (before !== null) await freeze.end().catch(() => undefined);
  }

  #tell(phase: string): void {
    const nothing = { doneItems: 0, totalItems: null, doneBytes: 0, totalBytes: null, currentItem: null, issues: 0 };
    this.#ears.onProgress({ phase, ...nothing });
  }
}
