/** The section that `npm run bench:ebs` writes. */
import type { machineFacts, Versions } from '../machine.ts';
import type { Sample } from '../measure/timed.ts';
import { markdownTable } from '../report/markdown-table.ts';

export type EbsSamples = {
  readonly bare: Sample[];
  readonly first: Sample[];
  readonly second: Sample[];
  /** Blocks that the second copy asked for. */
  readonly secondReads: number[];
  readonly upload: Sample[];
  readonly restore: Sample[];
};

export type EbsResults = {
  readonly machine: ReturnType<typeof machineFacts>;
  readonly versions: Versions;
  readonly facts: { readonly gib: number; readonly share: number; readonly rounds: number };
  readonly samples: EbsSamples;
};

const blocksOfGib = 2048;

export function renderEbs({ machine, versions, facts, samples }: EbsResults): string {
  const { gib, share, rounds } = facts;
  const whole = gib * 1024;
  const changed = Math.max(...samples.secondReads);
  const row = (what: string, list: readonly Sample[], mebibytes: number): string[] => [
    what,
    spread(list),
    `${Math.round(mebibytes / median(list))}`,
    `${Math.round(Math.max(...list.map(({ peakBytes }) => peakBytes)) / 1e6)}`,
  ];
  const rows = [
    row('AWS kit: all blocks into a file', samples.bare, whole),
    row('first copy into a repository', samples.first, whole),
    row('second copy, of what has changed', samples.second, changed / 2),
    row('back into AWS, another region', samples.upload, whole),
    row('back to a disk, read back and compared', samples.restore, whole),
  ];
  const ratio = median(samples.bare) / median(samples.first);
  return `## Volumes off the cloud and back

Written by \`npm run bench:ebs\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

A volume of ${gib} GiB, written all over with what cannot be compressed, in a local server that speaks EBS's protocols; medians
(least–most) of ${rounds} rounds on a disk, who goes first changes each round. The peer reads all blocks with AWS's own kit, 32 at a
time, into a file, and compares nothing. Of Holdfast's times, starting, the password's key, cutting, sealing, checksums and
verification are part. The server runs beside it on the same cores. Then up to ${Math.round(share * 100)} % of the blocks are changed.

${markdownTable(['', 'time, s', 'MiB/s', 'peak, MB'], rows)}

The first copy goes at ${Math.round(ratio * 100)} % of the speed of the peer. The second one asked for ${changed} of ${gib * blocksOfGib} blocks, those that had
changed and no other.

${machine.cores} cores (${machine.processor}), ${Math.round(machine.memoryBytes / 1e9)} GB, ${machine.kernel}; Node.js ${versions.node}, ${versions.commit}.
`;
}

function spread(list: readonly Sample[]): string {
  const times = list.map(({ wallSeconds }) => wallSeconds).toSorted((a, b) => a - b);
  const [least = 0, most = 0] = [times[0], times.at(-1)];
  return `${median(list).toFixed(1)} (${least.toFixed(1)}–${most.toFixed(1)})`;
}

function median(list: readonly Sample[]): number {
  const times = list.map(({ wallSeconds }) => wallSeconds).toSorted((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}
