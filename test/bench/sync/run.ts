/**
 * `npm run bench:sync`: copying all snapshots to another repository, beside `restic copy`. Both tools get the same source and
 * an empty target, one after the other, round after round. Writes docs/BENCHMARKS-SYNC.md.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, requireTools } from '../machine.ts';
import { mustRunChild } from '../measure/child.ts';
import { runTimed } from '../measure/timed.ts';
import { sizeOf, syncCases, type SyncCase } from './cases.ts';
import { renderSync, type CaseResult, type SyncSample } from './report.ts';
import { copyCommand, durationFile, restic, syncTools, type SyncTool } from './tools.ts';

const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-SYNC.md', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '0.5' },
    folder: { type: 'string', default: '/dev/shm' },
    out: { type: 'string', default: documentFile },
  },
});
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
const root = await mkdtemp(join(values.folder, 'holdfast-bench-sync-'));
try {
  await measure(Number(values.rounds), Number(values.scale), controller.signal);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function measure(rounds: number, scale: number, signal: AbortSignal): Promise<void> {
  const versions = await requireTools(signal);
  const results: CaseResult[] = [];
  for (const syncCase of syncCases) results.push(await measureCase(syncCase, rounds, scale, signal));
  await writeFile(values.out, renderSync({ machine: machineFacts(), versions, rounds, results }));
  console.log(`Written: ${values.out}`);
}

/** Whoever goes first changes every round. */
async function measureCase(
  syncCase: SyncCase,
  rounds: number,
  scale: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  const folder = join(root, 'case');
  await mkdir(folder);
  await syncCase.prepare(folder, scale, signal);
  const bytes = await sizeOf(folder);
  console.log(`${syncCase.name}: ${(bytes / 2 ** 20).toFixed(0)} MiB`);
  const samples: Record<SyncTool, SyncSample[]> = { restic: [], holdfast: [] };
  for (let round = 0; round < rounds; round++) {
    for (const tool of round % 2 === 0 ? syncTools : syncTools.toReversed()) {
      const sample = await measureOnce(tool, folder, { isAgain: syncCase.isAgain, isChecked: round === 0 }, signal);
      samples[tool].push(sample);
      console.log(`  ${tool.padEnd(8)} ${sample.wallSeconds.toFixed(2)} s, CPU ${sample.cpuSeconds.toFixed(2)} s`);
    }
  }
  await rm(folder, { recursive: true });
  const { name, what, isAgain } = syncCase;
  return { name, what, isAgain, bytes, samples };
}

async function measureOnce(
  tool: SyncTool,
  folder: string,
  { isAgain, isChecked }: { readonly isAgain: boolean; readonly isChecked: boolean },
  signal: AbortSignal,
): Promise<SyncSample> {
  await mustRunChild(restic(folder, 'to', 'init'), signal);
  const place = { path: (...parts: string[]) => join(root, ...parts), syncFirst: false };
  if (isAgain) await mustRunChild(copyCommand(tool, folder), signal);
  const sample = await runTimed(place, copyCommand(tool, folder), signal);
  const copySeconds = tool === 'restic' ? null : Number(await readFile(durationFile(folder), 'utf8')) / 1000;
  // Outside the timing: speed that leaves damage is none.
  if (isChecked) await mustRunChild(restic(folder, 'to', 'check', '--read-data'), signal);
  for (const name of ['to', 'cache', 'memory']) await rm(join(folder, name), { recursive: true, force: true });
  return { ...sample, copySeconds };
}
