/** Clones whose time is over and that are still there, for the alert that says so. */
import type { LeftClone } from '../../../../shared/model/clone-alerts.ts';
import type { CallContext } from '../context.ts';
import { placeWords } from './removal-job.ts';

export async function leftClones(
  { catalog, caller }: Pick<CallContext, 'catalog' | 'caller'>,
  nowMs: number,
): Promise<readonly LeftClone[]> {
  const rows = await catalog.read('clones.list', caller, null);
  return rows.toReversed().flatMap(({ id, of, place, state, expiresAtMs, trouble }) =>
    // Who was refused before that has heard it.
    trouble === null || (state === 'ready' && expiresAtMs > nowMs)
      ? []
      : [
          {
            id,
            title: `${placeWords(place)}, a clone of ${of.source}`,
            isUnfinished: state === 'unfinished',
            detail: trouble.detail,
          },
        ],
  );
}
