/**
 * Preloaded into the program under test (`node --import`), and so into each of its threads: notes its peak memory in a file
 * as it ends. It is JavaScript, for to strip types a thread first loads what strips them.
 */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['HOLDFAST_TEST_PEAK_FILE'];
if (file !== undefined && isMainThread) {
  process.on('exit', () => appendFileSync(file, `${process.resourceUsage().maxRSS * 1024}\n`));
}
