/** `docs/BENCHMARKS.md`, written whole: the numbers, how they came about, and what they do not say. */
import { failuresOf, type Results } from '../results.ts';
import { barsSection } from './bars-section.ts';
import { howSection } from './how-section.ts';
import { memorySection, placeSection } from './tables.ts';

/** `largeOffice`: the section that `npm run bench:scale` has written; empty where there is none. */
export function renderDocument(results: Results, largeOffice: string): string {
  const sections = [
    introduction(results),
    failureSection(results),
    barsSection(results),
    ...results.places.map((place) => placeSection(place)),
    memorySection(results.flatness),
    largeOffice,
    howSection(results),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function introduction({ options, startedAt, durationMs }: Results): string {
  const day = startedAt.toISOString().slice(0, 10);
  const reduced = options.scale === 1 ? '' : ` **The data was scaled by ${options.scale}: a try, not a result.**`;
  return `# Speed, size and memory beside restic

Written by \`npm run bench\` on ${day}, in ${Math.ceil(durationMs / 60_000)} min; not edited by hand.${reduced}

A ratio says how many times as fast as restic Holdfast is: above 1, Holdfast is faster. For the size of the repository it
says how large Holdfast's is beside restic's: below 1, Holdfast's is smaller.

Measured by themselves: [the catalog](BENCHMARKS-CATALOG.md), [prune](BENCHMARKS-PRUNE.md), [the
console](BENCHMARKS-CONSOLE.md), [the schedule](BENCHMARKS-SCHEDULE.md), [an organisation on GitHub](BENCHMARKS-GIT.md), [a large
office](BENCHMARKS-SCALE.md).`;
}

/** Numbers of the commands named here are left out above and below. */
function failureSection(results: Results): string {
  const failures = failuresOf(results);
  if (failures.length === 0) return '';
  const lines = failures.map((failure) => `- ${withoutFolders(failure, results)}`);
  return `## Failed\n\nThese commands failed; nothing is claimed where one did.\n\n${lines.join('\n')}`;
}

function withoutFolders(text: string, { options }: Results): string {
  return text
    .replaceAll(process.execPath, 'node')
    .replaceAll(process.cwd(), '.')
    .replaceAll(options.ramFolder, '$RAM')
    .replaceAll(options.diskFolder, '$DISK')
    .replaceAll(/\s+/g, ' ');
}
