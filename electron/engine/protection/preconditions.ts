/** Why a run may not start: absence is an alarm, and a repository must not swallow itself. */
import { realpathSync } from 'node:fs';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { displayRaw, rawFromDisplay, rawFromUtf8, type RawPath } from '../platform/raw-path.ts';
import type { BlobReader } from '../repository/blob-reader.ts';
import { readFacts } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { findNode, loadTree } from '../repository/tree-lookup.ts';
import { compileExcludes } from '../sources/folder/excludes.ts';
import { isEmptyFolder, refuseUnmounted } from '../sources/folder/guards.ts';
import { contains } from '../sources/folder/roots.ts';
import { newestWith } from './parent.ts';
import type { ProtectRequest } from './protect.ts';

/**
 * The console's home, where a root contains it: it is left out with a notice. Throws DESTINATION_INSIDE_SOURCE when the
 * repository would be stored in itself, and SOURCE_UNREADABLE for a root in the home: keys and sessions lie there, which
 * nobody is to read by way of a snapshot. What was fetched into the home may be protected from there.
 */
export function ownPlaces(
  request: ProtectRequest,
  { backend }: Repository,
  roots: readonly RawPath[],
): readonly RawPath[] {
  const home = realPath(request.home);
  const place = backend.localFolder === null ? null : realPath(backend.localFolder);
  const isFetched = (request.fetched ?? null) !== null;
  const inHome = isFetched ? undefined : roots.find((root) => contains(home, root));
  if (inHome !== undefined) {
    const text = `${displayRaw(inHome)} lies in the home of Holdfast, which is never part of a snapshot.`;
    throw new HoldfastError('SOURCE_UNREADABLE', text);
  }
  const insideHome = place !== null && contains(home, place);
  for (const root of roots) {
    if (place === null) break;
    if (contains(place, root)) {
      throw new HoldfastError('DESTINATION_INSIDE_SOURCE', `${displayRaw(root)} is part of the repository itself.`);
    }
    if (!contains(root, place) || insideHome || isExcluded(request.excludes, root, place)) continue;
    const text = `The repository at ${backend.location} lies inside ${displayRaw(root)}.`;
    throw new HoldfastError('DESTINATION_INSIDE_SOURCE', text);
  }
  if (!roots.some((root) => contains(root, home) && root !== home)) return [];
  request.onNotice(`${displayRaw(home)} is left out: it is where Holdfast itself lives.`);
  return [home];
}

/** Throws SOURCE_NOT_MOUNTED. */
export function refuseLostMounts(roots: readonly RawPath[], earlier: readonly StoredSnapshot[]): void {
  for (const root of roots) {
    const tags = newestWith(root, earlier)?.file.tags ?? [];
    refuseUnmounted([root], readFacts(tags, 'mount-point').map(rawFromDisplay));
  }
}

/** Throws SOURCE_EMPTIED for a root that holds nothing now and held something when it was last captured. */
export async function refuseEmptied(
  roots: readonly RawPath[],
  earlier: readonly StoredSnapshot[],
  reader: BlobReader,
): Promise<void> {
  for (const root of roots.filter(isEmptyFolder)) {
    const before = newestWith(root, earlier);
    if (before === null || !(await wasFilled(before, root, reader))) continue;
    throw new HoldfastError('SOURCE_EMPTIED', `${displayRaw(root)} is empty.`);
  }
}

/** When that snapshot cannot be read, the doubt counts against the empty folder. */
async function wasFilled({ file }: StoredSnapshot, root: RawPath, reader: BlobReader): Promise<boolean> {
  try {
    const node = await findNode(reader, file.tree, root, displayRaw(root));
    const tree = node === null ? file.tree : node.subtree;
    if (tree === null) return false;
    for (const { nodes } of await loadTree(reader, tree)) if (nodes.length > 0) return true;
    return false;
  } catch (error) {
    return !(error instanceof HoldfastError) || error.code !== 'PATH_NOT_IN_SNAPSHOT';
  }
}

function isExcluded(excludes: readonly string[], root: RawPath, path: RawPath): boolean {
  const rules = compileExcludes(excludes, { root });
  const names = path.slice(root === '/' ? 1 : root.length + 1).split('/');
  return names.some((_, depth) => rules.matches(names.slice(0, depth + 1).join('/'), true));
}

function realPath(path: string): RawPath {
  try {
    return realpathSync(path, { encoding: 'buffer' }).toString('latin1');
  } catch {
    return rawFromUtf8(path);
  }
}
