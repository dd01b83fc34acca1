/**
 * How long it is since this machine began, for promises that end: it counts time that the machine slept, and never runs behind
 * either of the clocks it is made of. Linux counts sleep in the time since its start alone, Node.js's own clock does not.
 */
import { uptime } from 'node:os';

const startedMs = uptime() * 1000;
const beganMs = performance.now();

/** Milliseconds since this was loaded. */
export function sleepCountingMs(): number {
  return Math.max(uptime() * 1000 - startedMs, performance.now() - beganMs);
}
