/** The snapshot a run builds on. */
import { processIdentity } from '../platform/identity.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';

export type ParentQuery = { readonly source: string; readonly roots: readonly RawPath[]; readonly tenant: string };

/** The newest snapshot of the same source on this machine: ours by name, one that restic made by its paths. */
export async function findParent(repository: Repository, query: ParentQuery): Promise<StoredSnapshot | null> {
  const { hostname } = processIdentity();
  const { snapshots } = await listSnapshots(repository);
  const paths = query.roots.map(displayRaw).toSorted().join('\n');
  const matches = snapshots.filter(({ file }) => {
    if (file.hostname !== hostname) return false;
    const source = readFact(file.tags, 'source');
    if (source === undefined) return file.paths.toSorted().join('\n') === paths;
    return source === query.source && (readFact(file.tags, 'tenant') ?? query.tenant) === query.tenant;
  });
  return matches.at(-1) ?? null;
}
