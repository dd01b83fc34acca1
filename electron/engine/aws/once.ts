/**
 * Calls that make something and know no client token: a call that failed without saying whether it was done is not made
 * again before it was looked whether what it makes is there.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { AwsFailure } from './failures.ts';

export type AwsPace = {
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How long AWS may take to show what was made. */
  readonly settleMs: number;
};

export const usualPace: AwsPace = {
  sleep: (ms, signal) => pause(ms, undefined, { signal }),
  settleMs: 60_000,
};

export type OnceOnly<Made> = {
  /** Made with one attempt. */
  readonly call: () => Promise<Made>;
  /** What is there of it already; null: nothing. */
  readonly find: () => Promise<Made | null>;
  /** An earlier call may have done it. */
  readonly isUncertain: boolean;
  readonly signal: AbortSignal;
};

const mostTries = 40;
const longestWaitMs = 20_000;
const looksWhileSettling = 6;

/** Throws what AWS refuses for another reason than that it is asked too much. */
export async function onceOnly<Made>(
  { call, find, isUncertain, signal }: OnceOnly<Made>,
  { sleep, settleMs }: AwsPace,
): Promise<Made> {
  const settled = async (): Promise<Made | null> => {
    for (let looks = 0; ; looks++) {
      const found = await find();
      if (found !== null || looks === looksWhileSettling) return found;
      await sleep(settleMs / looksWhileSettling, signal);
    }
  };
  let mayBeDone = isUncertain;
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted();
    const found = mayBeDone ? await settled() : null;
    if (found !== null) return found;
    try {
      return await call();
    } catch (error) {
      const isAboutRate = isLimit(error);
      if (tries === mostTries || !(isAboutRate || isSilence(error))) throw error;
      mayBeDone = !isAboutRate;
      await sleep(Math.min(longestWaitMs, 250 * 2 ** tries) * (0.5 + Math.random() / 2), signal);
    }
  }
}

/** Refused before anything was done. */
function isLimit(error: unknown): boolean {
  return error instanceof AwsFailure && error.code === 'AWS_LIMITED';
}

/** No answer, or one that says nothing about what was done. */
function isSilence(error: unknown): boolean {
  return error instanceof AwsFailure && error.code === 'AWS_UNREACHABLE';
}
