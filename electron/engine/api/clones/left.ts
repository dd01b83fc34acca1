/** Clones that were to be removed and are still there, for the alert that says so. */
import type { LeftClone } from '../../../../shared/model/clone-alerts.ts';
import type { CallContext } from '../context.ts';
import { placeWords } from './removal-job.ts';

export async function leftClones({
  catalog,
  caller,
}: Pick<CallContext, 'catalog' | 'caller'>): Promise<readonly LeftClone[]> {
  const rows = await catalog.read('clones.list', caller, null);
  return rows.toReversed().flatMap(({ id, of, place, state, trouble }) =>
    trouble === null
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
