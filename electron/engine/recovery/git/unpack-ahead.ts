/**
 * Small repositories that are needed one after the other, unpacked together: what a restore takes to begin is most of what a
 * small one costs. Large ones are left to be unpacked when they are needed, so that no more lies on the disk than has to.
 */
import { join } from 'node:path';
import { displayRaw, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { takeOut, writeOut } from './materialise.ts';
import { bearable } from './parts.ts';
import type { FoundRepository, SnapshotTree } from './snapshot-tree.ts';
import { isUnpacked, type GitSource } from './unpacked.ts';

const smallBytes = 32 * 1024 * 1024;
/** Of one repository: one that was never packed has hundreds, and each has to be looked into. */
const smallFolders = 64;
const together = { repositories: 64, bytes: 512 * 1024 * 1024 };

/** Unpacks as many of the first of them as go together; gives how many of them it has looked at, at least one. */
export async function unpackAhead(source: GitSource, repositories: readonly FoundRepository[]): Promise<number> {
  const group: FoundRepository[] = [];
  let bytes = 0;
  let looked = 0;
  for (const found of repositories.slice(0, together.repositories)) {
    const own = (await isUnpacked(source, found)) ? 0 : await sizeIfSmall(source.tree, found.path);
    if (looked > 0 && bytes + (own ?? 0) > together.bytes) break;
    looked += 1;
    if (own === null || own === 0) continue;
    bytes += own;
    group.push(found);
  }
  // One by itself is unpacked as well when it is needed.
  if (group.length > 1) await unpackTogether(source, group);
  return Math.max(1, looked);
}

/** One that fails is not there afterwards; whoever needs it unpacks it again, and is told why it cannot be. */
async function unpackTogether(source: GitSource, group: readonly FoundRepository[]): Promise<void> {
  const { cache, repository } = source;
  await cache.temporary(async (work) => {
    const target = join(work, 'restored');
    const paths = group.map(({ path }) => path);
    try {
      const issues = await writeOut({ ...source, isOwnFolder: true }, paths, target);
      // Issues name files by where they were to be written.
      const shown = new Map(paths.map((path) => [path, `${target}${displayRaw(path)}`]));
      // What is of none of them may be of each.
      const common = issues.filter((issue) => ![...shown.values()].some((path) => isIn(issue.path, path)));
      for (const { path, tree } of group) {
        const own = [...common, ...issues.filter((issue) => isIn(issue.path, shown.get(path) ?? ''))];
        const key = { repository: repository.config.id, tree };
        const make = async (folder: string): Promise<void> => {
          await takeOut(own, path, { from: target, workFolder: join(folder, '..') }, folder);
        };
        await cache.use(key, make, () => Promise.resolve()).catch(bearable);
      }
    } catch (error) {
      bearable(error);
    }
  });
}

function isIn(path: string, repository: string): boolean {
  return path === repository || path.startsWith(`${repository}/`);
}

/** Bytes of all its files; null where it is not small. */
async function sizeIfSmall(tree: SnapshotTree, root: RawPath): Promise<number | null> {
  const waiting = [root];
  let bytes = 0;
  for (let folders = 0; waiting.length > 0; folders += 1) {
    const path = waiting.pop() ?? root;
    if (folders >= smallFolders) return null;
    for (const { size } of await tree.files(path)) bytes += size;
    if (bytes > smallBytes) return null;
    waiting.push(...((await tree.folders(path)) ?? []).map(({ name }) => joinRaw(path, name)));
  }
  return bytes;
}
