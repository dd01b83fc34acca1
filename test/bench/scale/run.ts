/**
 * `npm run bench:scale [scale] [folder]`: what a large office takes, into docs/BENCHMARKS-SCALE.md when it is the whole of
 * it, and in short into docs/BENCHMARKS.md. Whole, it takes half an hour, and 4 GB of memory for the repositories. A folder that is given stays, with what
 * `generate.ts` has made in it, the figures of each stage (`figures.json`) and where the home lies: whoever gives it again
 * goes on behind the last stage that ended, and a stage whose figures are taken out is measured anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filledHome } from '../console/sizes.ts';
import { writeSection } from '../report/section.ts';
import { barsOf } from './bars.ts';
import { renderDocument } from './document.ts';
import { officeSection } from './limits.ts';
import { measure } from './measure.ts';
import { repositories, sizesOf, whole } from './sizes.ts';
import { Stages } from './stages.ts';

const scale = Number(process.argv[2] ?? whole);
const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-SCALE.md', import.meta.url));
const summaryFile = fileURLToPath(new URL('../../../docs/BENCHMARKS.md', import.meta.url));
const given = process.argv[3];
const folder = given ?? (await mkdtemp('/dev/shm/holdfast-scale-bench-'));
const homes = await homesOf(folder);
try {
  if (!existsSync(join(folder, filledHome)) || !existsSync(join(folder, repositories.files))) generate();
  const measured = await measure(folder, join(homes, 'home'), sizesOf(scale), await Stages.open(folder, scale));
  const document = renderDocument(measured);
  console.log(document);
  if (scale === whole) {
    await writeFile(documentFile, document);
    await writeSection(summaryFile, 'Speed, size and memory beside restic', officeSection(measured));
  }
  process.exitCode = barsOf(measured).every(({ holds }) => holds) ? 0 : 1;
} finally {
  if (given === undefined) {
    await rm(homes, { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  } else {
    console.error(`${folder} stays, and so does ${homes}: whoever goes on from there needs both.`);
  }
}

/** Where homes lie, on a disk: the folder remembers it for the next time. */
async function homesOf(place: string): Promise<string> {
  const note = join(place, 'homes');
  const known = await readFile(note, 'utf8').catch(() => null);
  if (known !== null && existsSync(known)) return known;
  const made = await mkdtemp(join(tmpdir(), 'holdfast-scale-home-'));
  await writeFile(note, made);
  return made;
}

function generate(): void {
  const generator = fileURLToPath(new URL('generate.ts', import.meta.url));
  const made = spawnSync(process.execPath, [generator, folder, String(scale)], { stdio: 'inherit' });
  if (made.status !== 0) throw new Error('What is measured could not be made.');
}
