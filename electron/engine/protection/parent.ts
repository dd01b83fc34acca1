/** The snapshots a run builds on, and is held against. */
import { processIdentity } from '../platform/identity.ts';
import { displayRaw, rawFromDisplay, type RawPath } from '../platform/raw-path.ts';
import { readFact } from '../repository/format/snapshot.ts';
import { isConfiguration } from '../repository/configuration.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { contains } from '../sources/folder/roots.ts';

export type ParentQuery = { readonly source: string; readonly roots: readonly RawPath[]; readonly tenant: string };

/** Of all snapshots, those of the same source on this machine: ours by name, those that restic made by their paths. */
export function findEarlier(snapshots: readonly StoredSnapshot[], query: ParentQuery): readonly StoredSnapshot[] {
  const { hostname } = processIdentity();
  const paths = query.roots.map(displayRaw).toSorted().join('\n');
  return snapshots.filter(({ file }) => {
    if (file.hostname !== hostname || isConfiguration(file.tags)) return false;
    const source = readFact(file.tags, 'source');
    if (source === undefined) return file.paths.toSorted().join('\n') === paths;
    return source === query.source && (readFact(file.tags, 'tenant') ?? query.tenant) === query.tenant;
  });
}

/** The newest in which the root was captured: the last one may be partial, and know nothing of it. */
export function newestWith(root: RawPath, earlier: readonly StoredSnapshot[]): StoredSnapshot | null {
  const holds = ({ file }: StoredSnapshot): boolean => file.paths.some((path) => contains(rawFromDisplay(path), root));
  return earlier.findLast(holds) ?? earlier.at(-1) ?? null;
}
