/**
 * `npm run bench:scale [scale] [folder]`: what a large office takes, into docs/BENCHMARKS-SCALE.md when it is the whole of
 * it. A folder that `generate.ts` has filled is used as it is, and stays. Whole, it takes an hour, and 4 GB of memory for
 * the repositories.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barsOf, renderDocument } from './document.ts';
import { measure } from './measure.ts';
import { sizesOf, whole } from './sizes.ts';

const scale = Number(process.argv[2] ?? whole);
const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-SCALE.md', import.meta.url));
const loadBefore = loadavg()[0] ?? 0;
const given = process.argv[3];
const folder = given ?? (await mkdtemp('/dev/shm/holdfast-scale-bench-'));
const homes = await mkdtemp(join(tmpdir(), 'holdfast-scale-home-'));
try {
  if (given === undefined) generate();
  const measured = await measure(folder, join(homes, 'home'), sizesOf(scale));
  const document = await renderDocument(measured, loadBefore);
  console.log(document);
  if (scale === whole) await writeFile(documentFile, document);
  process.exitCode = barsOf(measured).every(({ holds }) => holds) ? 0 : 1;
} finally {
  await rm(homes, { recursive: true, force: true });
  if (given === undefined) await rm(folder, { recursive: true, force: true });
}

function generate(): void {
  const generator = fileURLToPath(new URL('generate.ts', import.meta.url));
  const made = spawnSync(process.execPath, [generator, folder, String(scale)], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('What is measured could not be made.');
}
