/** Round after round, the same operation with one tool and at once with the other. */
import { mkdir, rm } from 'node:fs/promises';
import type { DataSet } from '../data/data-sets.ts';
import { printPair } from '../report/terminal.ts';
import { newSeries, type OperationName, type OperationResult, type SetResult } from '../results.ts';
import { startBeside } from './beside.ts';
import { folderBytes } from './folder-bytes.ts';
import { mustRunChild } from './child.ts';
import type { Place } from './places.ts';
import { runTimed, type Sample } from './timed.ts';
import type { Tool } from './tools.ts';

export type RoundsJob = {
  readonly place: Place;
  readonly data: DataSet;
  /** Starts with the first snapshot. */
  readonly operations: readonly OperationName[];
  readonly tools: readonly Tool[];
  readonly signal: AbortSignal;
};

type Outcome = { readonly sample: Sample } | { readonly failure: string };

export async function runRounds(job: RoundsJob): Promise<SetResult> {
  const operations = job.operations.map((operation): OperationResult => ({
    operation,
    restic: newSeries(),
    holdfast: newSeries(),
  }));
  const result: SetResult = {
    dataSet: job.data.name,
    files: job.data.files,
    bytes: job.data.bytes,
    operations,
    repositoryBytes: { restic: [], holdfast: [] },
  };
  try {
    for (let round = 1; round <= job.place.rounds; round++) await runRound(job, round, result);
  } finally {
    await rm(restoredFolder(job.place), { recursive: true, force: true });
  }
  return result;
}

/**
 * ext4 hands out no inode of a file that was removed in the last minutes, and looks for another one by one: whoever makes
 * many files after many were removed would be measured by that. So there they stay until all rounds are over.
 */
const fewFiles = 1000;

function restoredFolder(place: Place, ...parts: string[]): string {
  return place.path('restored', ...parts);
}

/** Each tool has a repository of its own, made new for the round. */
async function runRound(job: RoundsJob, round: number, { operations, repositoryBytes }: SetResult): Promise<void> {
  const withoutSnapshot = new Set<Tool>();
  for (const result of operations) {
    for (const tool of job.tools) {
      const outcome: Outcome = withoutSnapshot.has(tool)
        ? { failure: 'not run, as there was no first snapshot' }
        : await attempt(job, tool, result.operation, round);
      if ('sample' in outcome) result[tool.name].samples.push(outcome.sample);
      else result[tool.name].failures.push(outcome.failure);
      if (result.operation !== 'first snapshot') continue;
      if ('failure' in outcome) withoutSnapshot.add(tool);
      else repositoryBytes[tool.name].push(await folderBytes(tool.repository));
    }
    printPair(round, result);
  }
  for (const tool of job.tools) await tool.end();
}

async function attempt(job: RoundsJob, tool: Tool, operation: OperationName, round: number): Promise<Outcome> {
  try {
    return { sample: await perform(job, tool, operation, round) };
  } catch (error) {
    job.signal.throwIfAborted();
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

async function perform(job: RoundsJob, tool: Tool, operation: OperationName, round: number): Promise<Sample> {
  const { place, data, signal } = job;
  switch (operation) {
    case 'first snapshot':
      await tool.start();
      await mustRunChild(tool.init(), signal);
      return runTimed(place, tool.snapshot(data.folder), signal);
    case 'unchanged snapshot':
      return runTimed(place, tool.snapshot(data.folder), signal);
    case 'unchanged, console open':
      return besideConsole(job, tool);
    case 'check --read-data':
      return runTimed(place, tool.check(), signal);
    case 'verified restore':
      return restore(job, tool, round);
  }
}

async function besideConsole({ place, data, signal }: RoundsJob, tool: Tool): Promise<Sample> {
  const snapshot = () => runTimed(place, tool.snapshot(data.folder), signal);
  const serve = tool.serve();
  if (serve === null) return snapshot();
  await using console = await startBeside(serve, signal);
  await mustRunChild(tool.snapshot(data.folder), signal);
  await console.rest();
  return await console.measure(snapshot);
}

/** What the first round restored is compared byte for byte, outside the timing: speed on wrong data is none. */
async function restore({ place, data, signal }: RoundsJob, tool: Tool, round: number): Promise<Sample> {
  const target = restoredFolder(place, `${round}-${tool.name}`);
  await mkdir(target, { recursive: true });
  try {
    const sample = await runTimed(place, tool.restore(target), signal);
    const restored = `${target}${data.folder}`;
    if (round === 1) {
      const compare = ['-r', '-q', '--no-dereference', data.folder, restored];
      await mustRunChild({ ...tool.check(), program: 'diff', args: compare }, signal);
    } else if ((await folderBytes(restored)) !== data.bytes) {
      throw new Error('What was restored has another size than the data.');
    }
    return sample;
  } finally {
    if (place.name === 'ram' || data.files < fewFiles) await rm(target, { recursive: true, force: true });
  }
}
