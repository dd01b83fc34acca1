/** `npm run bench:catalog [files]`: speed of the catalog, into docs/BENCHMARKS-CATALOG.md when it is the whole million. */
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { barsOf, renderDocument } from './document.ts';
import { measure } from './measure.ts';

const whole = 1_000_000;
const files = Number(process.argv[2] ?? whole);
const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-CATALOG.md', import.meta.url));
const folder = await mkdtemp('/dev/shm/holdfast-catalog-bench-');
try {
  const [location, home] = [join(folder, 'repository'), join(folder, 'home')];
  await mkdir(home);
  const generator = fileURLToPath(new URL('generate.ts', import.meta.url));
  const made = spawnSync(process.execPath, [generator, location, String(files)], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('the repository could not be made');
  const measured = await measure(location, home, files);
  const document = await renderDocument(measured);
  console.log(document);
  if (files === whole) await writeFile(documentFile, document);
  process.exitCode = barsOf(measured).every(({ holds }) => holds) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
