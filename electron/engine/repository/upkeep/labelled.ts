/** A snapshot as retention and sync see it: by what it says itself. */
import type { LabelledSnapshot } from '../../../../shared/model/period-retention.ts';
import type { PlacedSnapshot } from '../../../../shared/model/sync-plan.ts';
import { readLabels } from '../format/snapshot-labels.ts';
import { readFact } from '../format/snapshot.ts';
import type { StoredSnapshot } from '../snapshots.ts';

export function labelled({ id, takenAtMs, file: { tags } }: StoredSnapshot): LabelledSnapshot {
  const status = readFact(tags, 'status');
  const labels = readLabels(tags) ?? { profile: null, periods: [], lockedUntil: null, system: null };
  return { id, takenAtMs, good: status === 'complete' || status === 'completeWithExceptions', ...labels };
}

export function placed(stored: StoredSnapshot): PlacedSnapshot {
  const { id, file } = stored;
  return {
    ...labelled(stored),
    original: file.original ?? id,
    source: readFact(file.tags, 'source') ?? '',
    hostname: file.hostname ?? '',
    status: readFact(file.tags, 'status') ?? 'unknown',
  };
}
