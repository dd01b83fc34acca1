/**
 * Preloaded into the program under test (`node --import`), and so into each of its threads: notes its peak memory in a file
 * as it ends. It is JavaScript, for to strip types a thread first loads what strips them.
 */
import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['HOLDFAST_TEST_PEAK_FILE'];
if (file !== undefined && isMainThread) process.on('exit', () => appendFileSync(file, `${peakBytes()}\n`));

/** Linux counts into `maxRSS` what the process held before it became this program: the memory of the test that started it. */
function peakBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]) * 1024;
}
