/** When GitHub wants nothing more to be asked, and for how long: as it says, else a minute that doubles. */
import { setTimeout as sleepMs } from 'node:timers/promises';
import { HoldfastError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { GitHubFailure, type Refused } from './failures.ts';

export type Sleep = (ms: number, signal: AbortSignal) => Promise<void>;

const minuteMs = 60_000;
const longestBackOffMs = 15 * minuteMs;
/** The hourly limit is renewed within an hour. */
const longestMs = 65 * minuteMs;

export const sleep: Sleep = async (ms, signal) => {
  throwIfCancelled(signal);
  try {
    await sleepMs(ms, undefined, { signal });
  } catch {
    throwIfCancelled(signal);
    throw new HoldfastError('CANCELLED', 'The run was cancelled.');
  }
};

export type Pause = { readonly ms: number; readonly reason: 'hourly' | 'secondary' };

/** Null where the answer is about something else than a limit. `attempt`: how often it met one before. */
export function pauseFor({ status, headers, words }: Refused, attempt: number, nowMs: number): Pause | null {
  if (status !== 403 && status !== 429) return null;
  const retryAfter = Number(headers['retry-after']);
  if (headers['retry-after'] !== undefined && Number.isFinite(retryAfter) && retryAfter >= 0) {
    return { ms: retryAfter * 1000, reason: 'secondary' };
  }
  const reset = Number(headers['x-ratelimit-reset']);
  if (headers['x-ratelimit-remaining'] === '0' && Number.isFinite(reset)) {
    // By GitHub's own clock; the reset is a whole second, and is over after it.
    const sent = Date.parse(headers['date'] ?? '');
    return { ms: Math.max(0, reset * 1000 - (Number.isNaN(sent) ? nowMs : sent)) + 1000, reason: 'hourly' };
  }
  if (status !== 429 && !/\bsecondary rate\b|rate limit|abuse detection/i.test(words)) return null;
  return { ms: Math.min(longestBackOffMs, minuteMs * 2 ** attempt), reason: 'secondary' };
}

/** The gate that all requests of a client go through: closed for all once one was told to wait. */
export class LimitGate {
  readonly #signal: AbortSignal;
  readonly #onNotice: (text: string) => void;
  readonly #sleep: Sleep;
  readonly #nowMs: () => number;
  #closedUntilMs = 0;
  #waiting: Promise<void> | null = null;

  constructor(options: {
    readonly signal: AbortSignal;
    readonly onNotice: (text: string) => void;
    readonly sleep: Sleep;
    readonly nowMs: () => number;
  }) {
    this.#signal = options.signal;
    this.#onNotice = options.onNotice;
    this.#sleep = options.sleep;
    this.#nowMs = options.nowMs;
  }

  async pass(): Promise<void> {
    throwIfCancelled(this.#signal);
    while (this.#waiting !== null) await this.#waiting;
  }

  /** GITHUB_LIMITED for a wait that is longer than a run can be held up. */
  close({ ms, reason }: Pause): void {
    const limit = reason === 'hourly' ? 'the hourly limit of requests is used up' : 'it was asked too much at once';
    if (ms > longestMs) {
      throw new GitHubFailure('GITHUB_LIMITED', `GitHub wants to be left alone for ${minutes(ms)}: ${limit}.`);
    }
    const untilMs = this.#nowMs() + ms;
    if (untilMs <= this.#closedUntilMs && this.#waiting !== null) return;
    const isNews = untilMs > this.#closedUntilMs + 1000;
    this.#closedUntilMs = untilMs;
    if (isNews) this.#onNotice(`GitHub is asked again in ${minutes(ms)}: ${limit}.`);
    const wait = this.#sleep(ms, this.#signal).finally(() => {
      if (this.#waiting === wait) this.#waiting = null;
    });
    // Whoever passes is told; nobody may be there to pass.
    wait.catch(() => undefined);
    this.#waiting = wait;
  }
}

function minutes(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds <= 90) return seconds === 1 ? '1 second' : `${seconds} seconds`;
  return `${Math.ceil(seconds / 60)} minutes`;
}
