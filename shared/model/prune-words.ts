/** What a prune would take away and what stays, one line for each reason, in the words of every door. Pure. */
import { formatBytes, formatCount } from './units.ts';

type Packs = { readonly packs: number; readonly bytes: number };

/** As the contract has it (`prunePlanSchema`). */
export type PruneFigures = {
  readonly snapshots: number;
  readonly used: { readonly blobs: number; readonly bytes: number };
  readonly dead: Packs;
  readonly leftovers: Packs;
  readonly unfinished: { readonly files: number; readonly bytes: number };
  readonly missing: { readonly packs: number };
  readonly repack: Packs & { readonly copiedBytes: number; readonly freedBytes: number };
  readonly duplicates: { readonly blobs: number; readonly bytes: number };
  readonly withinLimit: Packs;
  readonly overBudget: Packs;
  readonly freedBytes: number;
};

export type PruneFact = readonly [name: string, words: string];

export function removesAnything({ dead, repack, leftovers, missing, unfinished }: PruneFigures): boolean {
  return dead.packs + repack.packs + leftovers.packs + missing.packs + unfinished.files > 0;
}

/** Only reasons that there are; what is needed comes first. */
export function pruneFacts(plan: PruneFigures): readonly PruneFact[] {
  const { used, dead, leftovers, unfinished, missing, repack, duplicates, withinLimit, overBudget } = plan;
  const facts: (PruneFact | null)[] = [
    ['needed', `${formatBytes(used.bytes)} in ${amount(used.blobs, 'blob')}, by ${amount(plan.snapshots, 'snapshot')}`],
    dead.packs === 0 ? null : ['not needed', `${packs(dead)}: whole packs, removed`],
    repack.packs === 0
      ? null
      : [
          'partly needed',
          `${packs(repack)}: ${formatBytes(repack.freedBytes)} not needed, ${formatBytes(repack.copiedBytes)} copied first`,
        ],
    leftovers.packs === 0
      ? null
      : ['leftovers', `${packs(leftovers)} that are in no index, of interrupted runs: removed`],
    unfinished.files === 0
      ? null
      : [
          'unfinished',
          `${formatBytes(unfinished.bytes)} in ${amount(unfinished.files, 'file')} of saves that were killed: removed`,
        ],
    missing.packs === 0 ? null : ['gone', `${amount(missing.packs, 'pack')} that nobody needs: taken out of the index`],
    duplicates.blobs === 0
      ? null
      : ['stored twice', `${formatBytes(duplicates.bytes)} in ${amount(duplicates.blobs, 'blob')}, among the above`],
    withinLimit.packs === 0 ? null : ['stays', `${packs(withinLimit)}: not needed, but below --max-unused`],
    overBudget.packs === 0 ? null : ['stays', `${packs(overBudget)}: not needed, but over --max-repack-size`],
  ];
  return facts.filter((fact) => fact !== null);
}

function packs({ packs: count, bytes }: Packs): string {
  return `${formatBytes(bytes)} in ${amount(count, 'pack')}`;
}

function amount(count: number, noun: string): string {
  return `${formatCount(count)} ${count === 1 ? noun : `${noun}s`}`;
}
