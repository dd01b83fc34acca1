import type { Progress } from '../../shared/contract/common.ts';
import type { Output } from './output.ts';
import { amountsOf, measureOf } from '../../shared/model/progress.ts';
import { liveLine, plainLine, type ProgressView } from './progress-line.ts';
import { RateMeter } from '../../shared/model/rate-meter.ts';

const LIVE_EVERY_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** How often the line is looked at although nothing arrived, so that a standstill shows. */
const TICK_MS = 1_000;

/**
 * Shows how far an operation is: on a terminal one line redrawn in place, elsewhere a plain line every ten seconds,
 * and nothing for a run shorter than that. Silent with `--json` and `--quiet`.
 */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #nowMs: () => number;
  readonly #intervalMs: number;
  readonly #timer: NodeJS.Timeout | null;
  #meter = new RateMeter();
  #latest: Progress | null = null;
  #movedAt: number;
  #shownAt: number;

  constructor(output: Output, nowMs: () => number) {
    this.#output = output;
    this.#nowMs = nowMs;
    this.#movedAt = nowMs();
    this.#intervalMs = output.stderrIsTerminal ? LIVE_EVERY_MS : PLAIN_EVERY_MS;
    this.#shownAt = output.stderrIsTerminal ? -Infinity : nowMs();
    const silent = output.style.json || output.style.quiet;
    this.#timer = silent ? null : setInterval(() => this.#show(), TICK_MS).unref();
  }

  update(progress: Progress): void {
    const before = this.#latest;
    if (before === null || before.phase !== progress.phase || measureOf(before) !== measureOf(progress)) {
      this.#meter = new RateMeter();
    }
    if (before === null || hasMoved(before, progress)) this.#movedAt = this.#nowMs();
    this.#latest = progress;
    this.#show();
  }

  /** Takes the line away. Nothing is shown after that. */
  end(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#latest = null;
    this.#output.live(null);
  }

  #show(): void {
    if (this.#timer === null || this.#latest === null) return;
    const now = this.#nowMs();
    this.#meter.sample(amountsOf(this.#latest).done, now);
    if (now - this.#shownAt < this.#intervalMs) return;
    this.#shownAt = now;
    const view = this.#view(this.#latest, now);
    // The last column stays free: some terminals wrap as soon as it is written.
    if (this.#output.stderrIsTerminal) this.#output.live(liveLine(view, this.#output.columns - 1));
    else this.#output.say(plainLine(view));
  }

  #view(progress: Progress, now: number): ProgressView {
    const { done, total } = amountsOf(progress);
    return {
      progress,
      measure: measureOf(progress),
      perSecond: this.#meter.perSecond,
      estimateMs: total === null ? null : this.#meter.estimateMs(total - done),
      idleMs: now - this.#movedAt,
    };
  }
}

function hasMoved(before: Progress, after: Progress): boolean {
  return (
    before.phase !== after.phase ||
    before.doneBytes !== after.doneBytes ||
    before.doneItems !== after.doneItems ||
    before.currentItem !== after.currentItem
  );
}
