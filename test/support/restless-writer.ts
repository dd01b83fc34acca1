/** Changes the files given as arguments without a pause, each in its own way, until it or who started it is ended. */
import { openSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', largeBytes = '0'] = process.argv.slice(2);
const large = Number(largeBytes);
const appended = openSync(join(folder, 'appended'), 'a');
const rewritten = openSync(join(folder, 'rewritten'), 'r+');
const block = Buffer.alloc(64 * 1024);

const { ppid } = process;

for (let round = 0; process.ppid === ppid; round++) {
  writeSync(appended, `line ${round}\n`);
  block.fill(round % 256);
  writeSync(rewritten, block, 0, block.length, (round * 1_000_003) % Math.max(1, large - block.length));
  truncateSync(join(folder, 'truncated'), round % 2 === 0 ? large / 2 : large);
  writeFileSync(join(folder, 'replaced.next'), `version ${round}`);
  renameSync(join(folder, 'replaced.next'), join(folder, 'replaced'));
  writeFileSync(join(folder, 'coming and going', `file-${round % 500}`), 'short-lived');
  if (round % 500 === 499) {
    for (const name of readdirSync(join(folder, 'coming and going'))) rmSync(join(folder, 'coming and going', name));
  }
}
