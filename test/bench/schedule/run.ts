/** `npm run bench:schedule [scale]`: cost of the schedule, into docs/BENCHMARKS-SCHEDULE.md when it is the whole of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { barsOf, renderDocument } from './document.ts';
import { measure } from './measure.ts';
import { sizesOf, whole } from './sizes.ts';

const scale = Number(process.argv[2] ?? whole);
const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-SCHEDULE.md', import.meta.url));
const loadBefore = loadavg()[0] ?? 0;
const folder = await mkdtemp('/dev/shm/holdfast-schedule-bench-');
try {
  const measured = await measure(folder, sizesOf(scale));
  const document = await renderDocument(measured, loadBefore);
  console.log(document);
  if (scale === whole) await writeFile(documentFile, document);
  process.exitCode = barsOf(measured).every(({ holds }) => holds) ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
