/** One timed command: what it took in time, processor and memory, as the kernel counted it. */
import { readFile, rm } from 'node:fs/promises';
import { describeFailure, mustRunChild, runChild, type Command } from './child.ts';
import type { Place } from './places.ts';

export type Sample = {
  readonly wallSeconds: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
  /** The most memory that was resident at any time, all threads together. */
  readonly peakBytes: number;
};

/** Rejects with one sentence when the command fails. */
export async function runTimed(
  place: Pick<Place, 'path' | 'syncFirst'>,
  command: Command,
  signal: AbortSignal,
): Promise<Sample> {
  const usageFile = place.path('usage');
  if (place.syncFirst) await mustRunChild({ ...command, program: 'sync', args: [] }, signal);
  // GNU time stands between, so that the memory of this process does not count as that of its child.
  const args = ['-f', '%U %S %M', '-o', usageFile, '--', command.program, ...command.args];
  const ended = await runChild({ ...command, program: 'time', args }, signal);
  if (ended.code !== 0) throw new Error(describeFailure(command, ended));
  const usage = await readFile(usageFile, 'utf8');
  await rm(usageFile);
  return { wallSeconds: ended.wallSeconds, ...readUsage(usage) };
}

function readUsage(text: string): Omit<Sample, 'wallSeconds'> {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+)\s*$/m.exec(text);
  if (match === null) throw new Error(`\`time\` gave no numbers but ${JSON.stringify(text)}; GNU time is needed.`);
  const [user = 0, system = 0, peakKib = 0] = match.slice(1).map(Number);
  return { cpuSeconds: user + system, peakBytes: peakKib * 1024 };
}
