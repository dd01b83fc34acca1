/** What `npm run bench:throttle` has measured, as a section of docs/BENCHMARKS-SYNC.md. */
import type { machineFacts } from '../machine.ts';
import { markdownTable } from '../report/markdown-table.ts';

export type ThrottleSample = {
  readonly kind: string;
  /** `runs`: the limit of all that runs; `sync`: the rate of a site. */
  readonly control: 'runs' | 'sync';
  readonly direction: 'up' | 'down';
  /** By how much more or less passed than was set, as a share: before and after the change. */
  readonly first: number;
  readonly second: number;
  /** How long it took until the other rate counted. */
  readonly settledMs: number;
};

export type ThrottleTerms = {
  readonly firstRate: number;
  readonly secondRate: number;
  readonly seconds: number;
  /** How many wanted a core, on average over the last minutes. */
  readonly load: number;
};

const errorBar = 0.05;
const settledBarMs = 1_000;

export function renderThrottle(
  samples: readonly ThrottleSample[],
  { cores, processor, kernel }: ReturnType<typeof machineFacts>,
  { firstRate, secondRate, seconds, load }: ThrottleTerms,
): string {
  const isMet = samples.every(
    ({ first, second, settledMs }) =>
      Math.max(Math.abs(first), Math.abs(second)) <= errorBar && settledMs <= settledBarMs,
  );
  const most = Math.max(...samples.flatMap(({ first, second }) => [first, second]));
  const rows = samples.map(({ kind, control, direction, first, second, settledMs }) => [
    kind,
    control === 'runs' ? 'all that runs' : 'a site',
    direction === 'up' ? 'to it' : 'from it',
    percent(first),
    percent(second),
    settledMs === Infinity ? 'never' : `${(settledMs / 1000).toFixed(1)} s`,
  ]);
  return `## A set rate

Written by \`npm run bench:throttle\` on ${new Date().toISOString().slice(0, 10)}; not edited by hand.

Four files at a time travel to a place, or from it, at ${megabytes(firstRate)} MB/s for ${seconds} s and then at ${megabytes(secondRate)} MB/s for as long; counted is
what is let through. The bar is ${errorBar * 100} % of the rate, and another rate after ${settledBarMs / 1000} s: ${isMet ? 'met' : '**not met**'}.

${markdownTable(['place', 'limit of', 'bytes', 'at the first rate', 'at the second', 'counts after'], rows)}

Never did more than ${percent(most)} pass. On a busy machine less may pass: what this program had no
processor for, for longer than 0.2 s, is not made up for. On ${cores} cores, ${processor}, ${kernel}, with a load of ${load.toFixed(0)}.
`;
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(share * 100).toFixed(1)} %`;
}

function megabytes(bytes: number): string {
  return String(bytes / 1e6);
}
