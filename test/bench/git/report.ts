/** The document of `npm run bench:git`. */
import type { machineFacts, Versions } from '../machine.ts';
import type { Sample } from '../measure/timed.ts';
import { markdownTable } from '../report/markdown-table.ts';

export type GitSamples = {
  readonly clone: Sample[];
  readonly mirror: Sample[];
  /** Of what Git alone fetches. */
  readonly protect: Sample[];
  /** With all that a source asks of GitHub by default. */
  readonly whole: Sample[];
  readonly refresh: Sample[];
  /** Git processes that a refresh started. */
  readonly refreshProcesses: number[];
};

export type GitResults = {
  readonly machine: ReturnType<typeof machineFacts>;
  readonly versions: Versions;
  readonly rounds: number;
  readonly facts: {
    readonly count: number;
    readonly commits: number;
    readonly atOnce: number;
    readonly bytes: number;
    /** The same with a quarter of the repositories. */
    readonly quarter: readonly Sample[];
  };
  readonly samples: GitSamples;
};

export function renderGit({ machine, versions, rounds, facts, samples }: GitResults): string {
  const { clone, mirror, protect, whole, refresh, refreshProcesses } = samples;
  const base = median(clone);
  const row = (what: string, list: readonly Sample[], bar: string, value: number, limit: number) => [
    what,
    spread(list),
    megabytes(Math.max(...list.map(({ peakBytes }) => peakBytes))),
    bar === ''
      ? ''
      : `${value.toFixed(2)}${bar === 's' ? ' s' : ' ×'} (at most ${limit}): ${value <= limit ? 'met' : '**not met**'}`,
  ];
  const [few = 0, many = 0] = [facts.quarter, mirror].map((list) =>
    Math.max(...list.map(({ peakBytes }) => peakBytes)),
  );
  return `# An organisation on GitHub, beside git

Written by \`npm run bench:git\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

${facts.count} repositories of ${facts.commits} commits each, ${megabytes(facts.bytes)} MB as mirrors, from a local server that speaks GitHub's
protocols; in memory (tmpfs), medians (least–most) of ${rounds} rounds, who goes first changes each round. The peer is
\`git clone --mirror\` of all of them, ${facts.atOnce} at a time, as a run of Holdfast fetches them. Starting, the password's key and
listing the organisation are part of Holdfast's times; the server runs beside it on the same cores. A mirror is what Git
alone fetches; with each repository GitHub is asked once for the protection of branches. Of what a source has besides,
there is nothing here, and it is asked for all the same: several requests for each repository.

${markdownTable(
  ['', 'time, s', 'peak, MB', 'bar'],
  [
    row('`git clone --mirror`, all', clone, '', 1, 1),
    row('first mirror', mirror, 'x', median(mirror) / base, 1.15),
    row('first mirror and snapshot', protect, 'x', median(protect) / base, 1.6),
    row('the same, with wikis, issues and releases', whole, '', 0, 0),
    row('refresh, nothing changed', refresh, 's', median(refresh), 5),
  ],
)}

A refresh in which nothing changed started ${Math.max(...refreshProcesses)} Git processes (bar: none). The peak with ${Math.ceil(facts.count / 4)} repositories is
${megabytes(few)} MB, with ${facts.count} it is ${megabytes(many)} MB: ${(many / few).toFixed(2)} ×.
The peak is that of the largest process.

## Where and with what

- ${machine.cores} cores, ${machine.processor}, ${megabytes(machine.memoryBytes)} MB, ${machine.kernel}
- Node.js ${versions.node}, Holdfast ${versions.commit}
`;
}

function spread(list: readonly Sample[]): string {
  const seconds = list.map(({ wallSeconds }) => wallSeconds);
  return `${median(list).toFixed(2)} (${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)})`;
}

function median(list: readonly Sample[]): number {
  const sorted = list.map(({ wallSeconds }) => wallSeconds).toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const [upper = 0, lower = 0] = [sorted[middle], sorted[middle - (sorted.length % 2 === 0 ? 1 : 0)]];
  return (upper + lower) / 2;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
