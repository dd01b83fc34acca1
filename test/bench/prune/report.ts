/** The document of `npm run bench:prune`. */
import type { machineFacts, Versions } from '../machine.ts';
import type { Sample } from '../measure/timed.ts';
import { markdownTable } from '../report/markdown-table.ts';
import type { RepositoryFacts } from './cases.ts';
import type { PruneTool } from './tools.ts';

export type PruneSample = Sample & { readonly leftBytes: number };

export type CaseResult = {
  readonly name: string;
  readonly what: string;
  readonly facts: RepositoryFacts;
  readonly samples: Readonly<Record<PruneTool, readonly PruneSample[]>>;
};

export type PruneResults = {
  readonly machine: ReturnType<typeof machineFacts>;
  readonly versions: Versions;
  readonly rounds: number;
  readonly results: readonly CaseResult[];
};

const speedBar = 1.2;

export function renderPrune({ machine, versions, rounds, results }: PruneResults): string {
  return `# Prune beside restic

Written by \`npm run bench:prune\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

A ratio says how many times as fast as restic Holdfast is. Times are medians (least–most) of ${rounds} rounds in memory
(tmpfs); the peak is the most memory that was resident in any round. Both tools prune copies of one repository with their
defaults, one after the other, and who goes first changes each round; starting and the password's key are part of the
time. What is left has been checked with \`restic check --read-data\` once for each tool.

The bar is ${speedBar} × restic's speed, with less memory.

${results.map(renderCase).join('\n\n')}

## Where and with what

- ${machine.cores} cores, ${machine.processor}, ${megabytes(machine.memoryBytes)} MB, ${machine.kernel}
- Node.js ${versions.node}, Holdfast ${versions.commit}
- ${versions.resticLine}
`;
}

function renderCase({ name, what, facts, samples }: CaseResult): string {
  const rows = (['restic', 'holdfast'] as const).map((tool) => [
    tool === 'restic' ? 'restic' : 'Holdfast',
    spread(samples[tool].map(({ wallSeconds }) => wallSeconds)),
    median(samples[tool].map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
    megabytes(peak(samples[tool])),
    megabytes(median(samples[tool].map(({ leftBytes }) => leftBytes))),
  ]);
  const [restic, holdfast] = [samples.restic, samples.holdfast].map((list) =>
    median(list.map(({ wallSeconds }) => wallSeconds)),
  );
  const ratio = (restic ?? 0) / (holdfast ?? 1);
  // Rounded down: 1.199 does not pass for 1.2.
  const speed = `${(Math.floor(ratio * 100) / 100).toFixed(2)} ×`;
  const memory = peak(samples.holdfast) / peak(samples.restic);
  const met = ratio >= speedBar && memory < 1 ? 'met' : '**not met**';
  return `## ${name}: ${facts.blobs} blobs, ${megabytes(facts.bytes)} MB

Here ${what}.

${markdownTable(['', 'time, s', 'CPU, s', 'peak, MB', 'left, MB'], rows)}

Speed ${speed}, memory ${memory.toFixed(2)} ×: ${met}.`;
}

function peak(samples: readonly Sample[]): number {
  return Math.max(...samples.map(({ peakBytes }) => peakBytes));
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
