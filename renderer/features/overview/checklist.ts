/** Protect, copy offsite, rehearse: which of the three are done, and by what that is known. Pure. */
import type { SourceState } from '../../../shared/contract/live.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import type { SourceCopies } from '../../../shared/contract/sites.ts';
import { formatCount } from '../../../shared/model/units.ts';

export type ChecklistItem = {
  readonly id: 'protect' | 'copy' | 'rehearse';
  readonly title: string;
  readonly done: boolean;
  readonly words: string;
};

type Run = Pick<RestoreRun, 'state' | 'where'>;

/** Sites beside the repository that protection writes to, and where each source has copies. */
export type KnownCopies = {
  readonly sites: readonly { readonly primary: boolean }[];
  readonly copies: readonly Pick<SourceCopies, 'source' | 'copies' | 'offsite'>[];
};

/** `runs`, `known` undefined: not known yet, so nothing is said to be done. */
export function checklistOf(
  sources: readonly SourceState[],
  runs: readonly Run[] | undefined,
  known: KnownCopies | undefined,
): readonly ChecklistItem[] {
  const good = sources.filter(({ newestGood }) => newestGood !== null).length;
  const drilled = sources.some(({ drill }) => drill?.state === 'passed');
  const restored = runs?.some(({ state, where }) => state === 'done' && where?.verify === true) ?? false;
  const rehearsed = drilled || restored;
  return [
    {
      id: 'protect',
      title: 'Protect',
      done: sources.length > 0 && good === sources.length,
      words: protectWords(good, sources.length),
    },
    copyItem(sources, known),
    {
      id: 'rehearse',
      title: 'Rehearse',
      done: rehearsed,
      words: rehearsed
        ? drilled
          ? 'A drill has passed: what it brought back was as stored.'
          : 'A restore was run, read back and found as stored.'
        : 'No restore has been run and verified yet. Try one into a new folder.',
    },
  ];
}

function copyItem(sources: readonly SourceState[], known: KnownCopies | undefined): ChecklistItem {
  const item = { id: 'copy', title: 'Copy offsite' } as const;
  if (known === undefined) return { ...item, done: false, words: 'Where copies are is being looked up.' };
  if (known.sites.every(({ primary }) => primary))
    return { ...item, done: false, words: 'No site yet: what destroys the repository destroys every snapshot.' };
  const countOf = new Map(known.copies.map((one) => [one.source, one]));
  const near = sources.filter(({ name }) => (countOf.get(name)?.offsite ?? 0) === 0);
  if (near.length === 0)
    return {
      ...item,
      done: sources.length > 0,
      words: sources.length === 0 ? 'No source yet.' : 'Each source has a copy at another place.',
    };
  // The source itself and the primary repository are two; a third is at a site that nobody has placed elsewhere.
  const unplaced = near.every(({ name }) => (countOf.get(name)?.copies ?? 0) > 2);
  return {
    ...item,
    done: false,
    words: unplaced
      ? 'Copies are at a site, but nobody has said that it is at another place. Say where it is.'
      : `${formatCount(near.length)} of ${formatCount(sources.length)} sources ${near.length === 1 ? 'has' : 'have'} no copy at another place.`,
  };
}

function protectWords(good: number, all: number): string {
  if (all === 0) return 'No source yet.';
  if (good === all)
    return all === 1 ? 'The one source has a good snapshot.' : `All ${formatCount(all)} sources have a good snapshot.`;
  return `${formatCount(all - good)} of ${formatCount(all)} sources ${all - good === 1 ? 'has' : 'have'} no good snapshot.`;
}
