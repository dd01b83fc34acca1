/** The present as alerts need it: a snooze ends by the clock alone, with nothing else happening. */
import { useTicking } from './ticker.ts';

const stepMs = 5_000;

/** Epoch milliseconds, in steps of some seconds. */
export function useAlertNow(): number {
  return useTicking(inSteps);
}

function inSteps(ms: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}
