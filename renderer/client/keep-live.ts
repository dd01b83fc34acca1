/** Holds the stream of live state: takes events in, notices when they stop, and begins anew until told to end. */
import type { LiveEvent } from '../../shared/contract/live.ts';
import type { Client } from './client.ts';
import type { Door } from './door.ts';
import { afterEvent, nothingYet, type Live } from './live-state.ts';
import { problemOf, type Problem } from './problem.ts';

export type Connection =
  /** Nothing has been heard yet; `tries`: how often the engine did not answer. */
  | { readonly state: 'connecting'; readonly tries: number }
  | { readonly state: 'live' }
  /** `since`: when the last event came, epoch milliseconds; what is on screen is of that moment. */
  | { readonly state: 'reconnecting'; readonly since: number; readonly tries: number }
  /** Somebody has to do something first. */
  | { readonly state: 'refused'; readonly problem: Problem };

export type Watcher = {
  /** The client to call through; a new one after each loss of a port. */
  readonly onClient: (client: Client) => void;
  readonly onLive: (live: Live) => void;
  readonly onConnection: (connection: Connection) => void;
};

export type Timing = {
  readonly now: () => number;
  /** Resolves after the time, at once where `signal` fires. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
};

/** Beats come every few seconds; after this long without one the stream is dead, whatever the transport says. */
export const silenceMs = 15_000;
/** Trying again changes nothing about these; somebody has to let the page in first. */
const refusals: ReadonlySet<string> = new Set(['NOT_SIGNED_IN', 'NOT_ALLOWED', 'FORBIDDEN', 'REQUEST_REFUSED']);
const firstPauseMs = 500;
const longestPauseMs = 10_000;

/** Resolves when `signal` fires. `wake` ends a pause between two tries, as when the machine is online again. */
export async function keepLive(
  door: Door,
  watcher: Watcher,
  { now, pause }: Timing,
  signal: AbortSignal,
  wake: EventTarget,
): Promise<void> {
  let heardAt: number | null = null;
  let tries = 0;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const end = () => attempt.abort();
    signal.addEventListener('abort', end);
    try {
      const client = await door.open(attempt.signal);
      watcher.onClient(client);
      for await (const live of statesOf(client, attempt, pause)) {
        heardAt = now();
        tries = 0;
        watcher.onLive(live);
        watcher.onConnection({ state: 'live' });
      }
      // The stream has ended in order, or an event was missed: both mean to ask anew.
    } catch (error) {
      if (signal.aborted) break;
      const problem = problemOf(error);
      if (refusals.has(problem.code)) {
        watcher.onConnection({ state: 'refused', problem });
        await woken(wake, signal, longestPauseMs, pause);
        continue;
      }
    } finally {
      signal.removeEventListener('abort', end);
      attempt.abort();
    }
    if (signal.aborted) break;
    const next = pauseBefore(tries);
    tries += 1;
    watcher.onConnection(
      heardAt === null ? { state: 'connecting', tries } : { state: 'reconnecting', since: heardAt, tries },
    );
    await woken(wake, signal, next, pause);
  }
}

/** Doubles up to a bound; a fresh loss is tried at once but for a blink. */
export function pauseBefore(tries: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(tries, 10));
}

async function* statesOf(client: Client, attempt: AbortController, pause: Timing['pause']): AsyncGenerator<Live> {
  let live = nothingYet;
  const stream = await withinSilence(client.live.watch({}, { signal: attempt.signal }), attempt, pause);
  const events = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await withinSilence<IteratorResult<LiveEvent, unknown>>(events.next(), attempt, pause);
      if (next.done === true) return;
      const after = afterEvent(live, next.value);
      if (after === null) return;
      live = after;
      yield live;
    }
  } finally {
    // Told, not waited for: a dead stream does not answer.
    events.return?.(undefined)?.catch(() => undefined);
  }
}

/** Rejects where nothing comes for so long that the stream must be dead. */
async function withinSilence<Result>(
  coming: Promise<Result>,
  attempt: AbortController,
  pause: Timing['pause'],
): Promise<Result> {
  const over = new AbortController();
  const silence = pause(silenceMs, over.signal).then(() => {
    if (over.signal.aborted) return undefined;
    attempt.abort();
    throw new Error('Nothing was heard for too long.');
  });
  try {
    return await Promise.race([coming, silence as Promise<never>]);
  } finally {
    over.abort();
    coming.catch(() => undefined);
  }
}

async function woken(wake: EventTarget, signal: AbortSignal, ms: number, pause: Timing['pause']): Promise<void> {
  const over = new AbortController();
  const end = () => over.abort();
  wake.addEventListener('wake', end);
  signal.addEventListener('abort', end);
  await pause(ms, over.signal);
  wake.removeEventListener('wake', end);
  signal.removeEventListener('abort', end);
}
