/** Turns what an operation reports into what can be believed: never over 100 %, no estimate before the total is known. */
import type { Progress } from '../../../shared/contract/common.ts';
import type { JobProgress } from '../../../shared/contract/jobs.ts';
import { amountsOf, measureOf, percentOf } from '../../../shared/model/progress.ts';
import { RateMeter } from '../../../shared/model/rate-meter.ts';

export class ProgressMeter {
  readonly #monotonicMs: () => number;
  readonly #nowMs: () => number;
  #rate = new RateMeter();
  #latest: Progress | null = null;
  #movedAtMs = 0;
  #over = false;

  /** `monotonicMs` measures speed, `nowMs` is the time of day. */
  constructor(monotonicMs: () => number, nowMs: () => number) {
    this.#monotonicMs = monotonicMs;
    this.#nowMs = nowMs;
  }

  update(reported: Progress): void {
    const before = this.#latest;
    const progress = atMostAll(reported);
    if (before === null || before.phase !== progress.phase || measureOf(before) !== measureOf(progress)) {
      this.#rate = new RateMeter();
    }
    if (before === null || hasMoved(before, progress)) this.#movedAtMs = this.#nowMs();
    this.#latest = progress;
    this.#rate.sample(amountsOf(progress).done, this.#monotonicMs());
  }

  /** Nothing moves any more: speed and estimate are gone. */
  end(): void {
    this.#over = true;
  }

  /** A copy; null before anything was reported. */
  view(): JobProgress | null {
    if (this.#latest === null) return null;
    const { done, total } = amountsOf(this.#latest);
    if (!this.#over) this.#rate.sample(done, this.#monotonicMs());
    const perSecond = this.#over ? null : this.#rate.perSecond;
    return {
      ...this.#latest,
      percent: percentOf(this.#latest),
      measure: measureOf(this.#latest),
      perSecond: perSecond === null ? null : Math.max(0, perSecond),
      remainingMs: this.#over || total === null ? null : this.#rate.estimateMs(total - done),
      movedAt: new Date(this.#movedAtMs).toISOString(),
    };
  }
}

/** A source grows while it is read: the whole is then what has been done already. */
function atMostAll(progress: Progress): Progress {
  const { totalItems, doneItems, totalBytes, doneBytes } = progress;
  return {
    ...progress,
    totalItems: totalItems === null ? null : Math.max(totalItems, doneItems),
    totalBytes: totalBytes === null ? null : Math.max(totalBytes, doneBytes),
  };
}

function hasMoved(before: Progress, after: Progress): boolean {
  return (
    before.phase !== after.phase ||
    before.doneBytes !== after.doneBytes ||
    before.doneItems !== after.doneItems ||
    before.currentItem !== after.currentItem
  );
}
