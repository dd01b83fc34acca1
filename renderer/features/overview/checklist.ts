/** Protect, copy offsite, rehearse: which of the three are done, and by what that is known. Pure. */
import type { SourceState } from '../../../shared/contract/live.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { formatCount } from '../../../shared/model/units.ts';

export type ChecklistItem = {
  readonly id: 'protect' | 'copy' | 'rehearse';
  readonly title: string;
  readonly done: boolean;
  readonly words: string;
};

type Run = Pick<RestoreRun, 'state' | 'where'>;

/** `runs` undefined: not known yet, so nothing is said to be done. */
export function checklistOf(
  sources: readonly SourceState[],
  runs: readonly Run[] | undefined,
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
    {
      id: 'copy',
      title: 'Copy offsite',
      // Nothing here copies or knows of a copy, and a guess would be worse.
      done: false,
      words: 'No copy at another site is known to this console. The command “restic copy” makes one.',
    },
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

function protectWords(good: number, all: number): string {
  if (all === 0) return 'No source yet.';
  if (good === all)
    return all === 1 ? 'The one source has a good snapshot.' : `All ${formatCount(all)} sources have a good snapshot.`;
  return `${formatCount(all - good)} of ${formatCount(all)} sources ${all - good === 1 ? 'has' : 'have'} no good snapshot.`;
}
