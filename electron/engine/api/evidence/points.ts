/** Recovery points as a record names them. */
import type { Caller } from '../../../../shared/contract/common.ts';
import type { EvidencePoint } from '../../../../shared/model/evidence.ts';
import { readFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../../repository/snapshots.ts';

/** Of `<snapshot>[:path]`, each. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. */
export async function pointsOf(
  repository: Repository,
  { tenant }: Caller,
  selections: readonly string[],
  source: string | undefined,
): Promise<readonly EvidencePoint[]> {
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(({ file }) => (readFact(file.tags, 'tenant') ?? tenant) === tenant);
  return selections.map((selection) => {
    const { snapshot, path } = resolveReference(own, selection, source);
    return pointOf(repository, snapshot, path ?? '/');
  });
}

export function pointOf(
  { config }: Repository,
  { id, source, takenAtMs }: Pick<StoredSnapshot, 'id' | 'source' | 'takenAtMs'>,
  path: string,
): EvidencePoint {
  return { repository: config.id, snapshot: id, source, takenAt: new Date(takenAtMs).toISOString(), path };
}
