/** The snapshot that a call names, among those of its tenant. */
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import {
  listSnapshots,
  loadNamedSnapshots,
  resolveReference,
  type SnapshotReference,
} from '../repository/snapshots.ts';
import type { CallContext } from './context.ts';

export type InSnapshot = {
  readonly repository: RepositoryAccess;
  readonly snapshot: string;
  readonly source?: string | undefined;
};

/** `snapshot` may say what of it too, as `<snapshot>:path`. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. */
export async function findSnapshot(
  { caller }: CallContext,
  repository: Repository,
  { snapshot: reference, source }: InSnapshot,
): Promise<SnapshotReference> {
  const isWhole = /^[0-9a-f]{64}(?::|$)/.test(reference);
  const { snapshots } = isWhole
    ? await loadNamedSnapshots(repository, [reference.slice(0, 64)])
    : await listSnapshots(repository);
  const own = snapshots.filter(
    ({ file: { tags } }) =>
      readFact(tags, 'kind') !== 'configuration' && (readFact(tags, 'tenant') ?? caller.tenant) === caller.tenant,
  );
  return resolveReference(own, reference, isWhole ? undefined : source);
}
