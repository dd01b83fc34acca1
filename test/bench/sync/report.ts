/** The document of `npm run bench:sync`. */
import type { machineFacts, Versions } from '../machine.ts';
import type { Sample } from '../measure/timed.ts';
import { markdownTable } from '../report/markdown-table.ts';
import { syncTools, type SyncTool } from './tools.ts';

export type SyncSample = Sample & {
  /** Without starting and the passwords' keys; null where that is not known. */
  readonly copySeconds: number | null;
};

export type CaseResult = {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
  readonly isAgain: boolean;
  readonly samples: Readonly<Record<SyncTool, readonly SyncSample[]>>;
};

export type SyncResults = {
  readonly machine: ReturnType<typeof machineFacts>;
  readonly versions: Versions;
  readonly rounds: number;
  readonly results: readonly CaseResult[];
};

const [speedBar, speedAim] = [1.5, 2];
const againSeconds = 3;

export function renderSync({ machine, versions, rounds, results }: SyncResults): string {
  return `# Copying beside restic

Written by \`npm run bench:sync\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

All snapshots of a repository that restic has made are copied to an empty one with another key, by \`restic copy\` and by
the engine, one after the other in each round, and who goes first changes; starting and the passwords' keys are part of the
time. A ratio says how many times as fast as restic Holdfast is: by the clock, and by the processor time of all threads,
which other programs on the machine disturb less. Times are medians (least–most) of ${rounds} rounds in memory (tmpfs); the
peak is the most memory that was resident in any round. What arrived has been checked with \`restic check --read-data\` once
for each tool.

The bar is ${speedBar} × restic's speed, the aim ${speedAim} ×; copying again where nothing has changed, which
an engine does that runs already, takes less than ${againSeconds} s.

${results.map(renderCase).join('\n\n')}

## Where and with what

- ${machine.cores} cores, ${machine.processor}, ${megabytes(machine.memoryBytes)} MB, ${machine.kernel}
- Node.js ${versions.node}, Holdfast ${versions.commit}
- ${versions.resticLine}
`;
}

function renderCase({ name, what, bytes, isAgain, samples }: CaseResult): string {
  const rows = syncTools.map((tool) => [
    tool === 'restic' ? 'restic' : 'Holdfast',
    spread(samples[tool].map(({ wallSeconds }) => wallSeconds)),
    median(samples[tool].map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    megabytes(Math.max(...samples[tool].map(({ peakBytes }) => peakBytes))),
  ]);
  const wall = ratio(samples, 'wallSeconds');
  const ours = median(samples.holdfast.map(({ copySeconds }) => copySeconds ?? Infinity));
  const isMet = isAgain ? ours < againSeconds : wall >= speedBar;
  return `## ${name}: ${megabytes(bytes)} MB

Here ${what}.

${markdownTable(['', 'time, s', 'CPU, s', 'peak, MB'], rows)}

Speed ${floored(wall)} × by the clock, ${floored(ratio(samples, 'cpuSeconds'))} × by processor time; of ours,
the copying itself took ${ours.toFixed(2)} s: ${isMet ? 'met' : '**not met**'}.`;
}

function ratio(samples: CaseResult['samples'], of: 'wallSeconds' | 'cpuSeconds'): number {
  const [restic = 0, holdfast = 1] = syncTools.map((tool) => median(samples[tool].map((sample) => sample[of])));
  return restic / holdfast;
}

/** Rounded down: 1.499 does not pass for 1.5. */
function floored(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = 0, lower = 0] = [sorted[middle], sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)]];
  return (upper + lower) / 2;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
