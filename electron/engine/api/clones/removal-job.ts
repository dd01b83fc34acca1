/** The job that removes a clone, by whomever it is asked for. */
import type { ClonePlace, CloneRemoval } from '../../../../shared/contract/clones.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { CloneRow } from '../../catalog/clones.ts';
import type { Verdict } from '../../jobs/job.ts';

export const removalKind = 'clone removal';

export function removalJob({ place }: CloneRow) {
  const to = placeWords(place);
  return { kind: removalKind, title: `Clone for development at ${to}`, repository: null, mirrors: [to], judge };
}

export function placeWords(place: ClonePlace): string {
  if (place.kind === 'bucket') return `s3://${place.bucket}/${place.prefix}`;
  return place.kind === 'instance' ? place.title : place.path;
}

function judge({ removed, left }: CloneRemoval): Verdict {
  const state = left > 0 ? 'partial' : 'done';
  return { state, summary: `${formatCount(removed)} things removed, ${formatCount(left)} left.` };
}
