/** What is told of history that a server has lost. */
import type { PrepareContext } from '../source.ts';
import type { LostHistory } from './lost-history.ts';

/**
 * A finding for each loss that somebody has to know of; `item`: the mirror's path in the snapshot. A branch that was merged
 * and then deleted has lost nothing. One that was moved by force, and a tag, have, whatever else leads to their commits.
 */
export function tellLosses(
  { onFinding }: Pick<PrepareContext, 'onFinding'>,
  item: string,
  losses: readonly LostHistory[],
): void {
  for (const { ref, kind, commits, keptAs } of losses)
    if (kind === 'forced' || commits > 0 || ref.startsWith('refs/tags/'))
      onFinding({ kind: 'historyLost', item, ref, how: kind, commits, keptAs });
}
