/** Whether the memory of Holdfast stays the same as data grows. */
import { mkdir, rm } from 'node:fs/promises';
import { largeFileBytes } from '../data/data-sets.ts';
import { writeRandomFile } from '../data/random-file.ts';
import type { Versions } from '../machine.ts';
import type { Options } from '../options.ts';
import { announce, printFlatness } from '../report/terminal.ts';
import { newSeries, type FlatnessResult } from '../results.ts';
import { mustRunChild } from './child.ts';
import { openPlace, type Place } from './places.ts';
import { runTimed } from './timed.ts';
import { makeTool } from './tools.ts';

const parts = [0.25, 0.5, 1];
const mostRounds = 3;

export async function measureFlatness(
  options: Options,
  versions: Versions,
  signal: AbortSignal,
): Promise<FlatnessResult[]> {
  await using place = await openPlace('ram', options);
  const rounds = Math.min(mostRounds, place.rounds);
  announce(`\nram, memory of holdfast as data grows, rounds: ${rounds}`);
  const results: FlatnessResult[] = [];
  for (const part of parts) {
    const bytes = Math.round(largeFileBytes * options.scale * part);
    const folder = place.path('data');
    await mkdir(folder);
    await writeRandomFile(place.path('data', 'random.bin'), bytes, options.seed, signal);
    const result = { bytes, series: newSeries() };
    for (let round = 0; round < rounds; round++) await measureOnce(place, folder, result, versions, signal);
    await rm(folder, { recursive: true });
    printFlatness(result);
    results.push(result);
  }
  return results;
}

async function measureOnce(
  place: Place,
  folder: string,
  { series }: FlatnessResult,
  versions: Versions,
  signal: AbortSignal,
): Promise<void> {
  const tool = makeTool('holdfast', place, versions);
  try {
    await tool.start();
    await mustRunChild(tool.init(), signal);
    series.samples.push(await runTimed(place, tool.snapshot(folder), signal));
  } catch (error) {
    signal.throwIfAborted();
    series.failures.push(error instanceof Error ? error.message : String(error));
  } finally {
    await tool.end();
  }
}
