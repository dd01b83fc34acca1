/**
 * `npm run bench:prune`: prune beside restic, on copies of one repository. Both tools get the same files, one after the
 * other, round after round; what they leave is checked by restic. Writes docs/BENCHMARKS-PRUNE.md.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machineFacts, requireTools } from '../machine.ts';
import { mustRunChild } from '../measure/child.ts';
import { folderBytes } from '../measure/folder-bytes.ts';
import { runTimed } from '../measure/timed.ts';
import { prepareRepository, pruneCases, type PruneCase } from './cases.ts';
import { renderPrune, type CaseResult, type PruneSample } from './report.ts';
import { commandOf, pruneTools, type PruneTool } from './tools.ts';

const documentFile = fileURLToPath(new URL('../../../docs/BENCHMARKS-PRUNE.md', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    folders: { type: 'string', default: '1000' },
    folder: { type: 'string', default: '/dev/shm' },
    out: { type: 'string' },
  },
});
const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.on(name, () => controller.abort(new Error(`Interrupted by ${name}.`)));
const root = await mkdtemp(join(values.folder, 'holdfast-bench-prune-'));
try {
  await measure(Number(values.rounds), Number(values.folders), controller.signal);
} finally {
  await rm(root, { recursive: true, force: true });
}

async function measure(rounds: number, folders: number, signal: AbortSignal): Promise<void> {
  const versions = await requireTools(signal);
  const results: CaseResult[] = [];
  for (const pruneCase of pruneCases) results.push(await measureCase(pruneCase, rounds, folders, signal));
  const text = renderPrune({ machine: machineFacts(), versions, rounds, results });
  const out = values.out ?? (folders === 1000 ? documentFile : null);
  if (out === null) console.log(text);
  else {
    await writeFile(out, text);
    console.log(`Written: ${out}`);
  }
}

/** Whoever goes first changes every round. */
async function measureCase(
  pruneCase: PruneCase,
  rounds: number,
  folders: number,
  signal: AbortSignal,
): Promise<CaseResult> {
  const original = join(root, 'original');
  await mkdir(original);
  const facts = await prepareRepository(original, pruneCase, folders, signal);
  console.log(`${pruneCase.name}: ${facts.blobs} blobs, ${(facts.bytes / 2 ** 20).toFixed(0)} MiB`);
  const samples: Record<PruneTool, PruneSample[]> = { restic: [], holdfast: [] };
  for (let round = 0; round < rounds; round++) {
    for (const tool of round % 2 === 0 ? pruneTools : pruneTools.toReversed()) {
      const sample = await measureOnce(tool, original, round === 0, signal);
      samples[tool].push(sample);
      console.log(
        `  ${tool.padEnd(8)} ${sample.wallSeconds.toFixed(2)} s, ${(sample.peakBytes / 2 ** 20).toFixed(0)} MiB`,
      );
    }
  }
  await rm(original, { recursive: true });
  return { name: pruneCase.name, what: pruneCase.what, facts, samples };
}

async function measureOnce(
  tool: PruneTool,
  original: string,
  checked: boolean,
  signal: AbortSignal,
): Promise<PruneSample> {
  const folder = join(root, 'copy');
  await cp(join(original, 'repository'), join(folder, 'repository'), { recursive: true });
  try {
    const place = { path: (...parts: string[]) => join(root, ...parts), syncFirst: false };
    const sample = await runTimed(place, commandOf(tool, folder, 'prune'), signal);
    // Outside the timing: speed that leaves damage is none.
    if (checked) await mustRunChild(commandOf('restic', folder, 'check'), signal);
    return { ...sample, leftBytes: await folderBytes(join(folder, 'repository')) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
