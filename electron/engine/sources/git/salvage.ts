/**
 * Brings history from a repository that is damaged into one that is sound: all of it that can still be read, and nothing
 * that is not what its name says.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, readdir, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolders } from '../../platform/make-folders.ts';
import { GitFailure } from './git.ts';
import { runGit } from './git-process.ts';
import { gitOn, type MirrorPlace } from './mirror-git.ts';

export type Salvage = MirrorPlace & {
  /** The repository that objects are read from, besides its own. */
  readonly donor: string;
};

/** Of the ids, those whose objects and all that these lead to are not to be had. */
export async function bringObjects(salvage: Salvage, ids: readonly string[]): Promise<readonly string[]> {
  const missing = await missingOf(salvage, [...new Set(ids)]);
  return bring(salvage, missing);
}

/** Of the ids, those that are not there. */
export async function missingOf({ folder, signal }: MirrorPlace, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const git = gitOn({ folder, signal });
  const input = ids.map((id) => `${id}\n`).join('');
  const lines = (await runGit(git, ['cat-file', '--batch-check=%(objecttype)'], { input })).toString('latin1');
  const kinds = lines.split('\n');
  return ids.filter((_id, index) => (kinds[index] ?? '').endsWith(' missing'));
}

/** All at once, and where that fails by halves: one that is damaged keeps no other from being brought. */
async function bring(salvage: Salvage, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0 || (await bringPack(salvage, ids))) return [];
  if (ids.length === 1) return ids;
  const middle = Math.ceil(ids.length / 2);
  const first = await bring(salvage, ids.slice(0, middle));
  return [...first, ...(await bring(salvage, ids.slice(middle)))];
}

async function bringPack({ folder, donor, signal }: Salvage, ids: readonly string[]): Promise<boolean> {
  const packs = join(folder, 'objects', 'pack');
  const before = new Set(await readdir(packs));
  const git = gitOn({ folder, signal }, null, {
    environment: { GIT_ALTERNATE_OBJECT_DIRECTORIES: join(donor, 'objects') },
  });
  try {
    const known = (await runGit(gitOn({ folder, signal }), ['for-each-ref', '--format=^%(objectname)'])).toString();
    const input = `${ids.join('\n')}\n${known}`;
    await runGit(git, ['pack-objects', '--revs', '--quiet', join('objects', 'pack', 'pack')], { input });
    const made = (await readdir(packs)).filter((name) => !before.has(name) && name.endsWith('.idx'));
    // What was packed is what was asked for by name; whether it is that, only this looks at.
    for (const name of made) await runGit(gitOn({ folder, signal }), ['verify-pack', '--', join(packs, name)]);
    return true;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    const made = (await readdir(packs)).filter((name) => !before.has(name));
    await Promise.all(made.map((name) => rm(join(packs, name), { force: true })));
    return false;
  }
}

/** Files of Git LFS that are what their names say, and not there yet. How many were brought. */
export async function bringLargeFiles({ folder, donor, signal }: Salvage): Promise<number> {
  const objects = join(donor, 'lfs', 'objects');
  const entries = await readdir(objects, { recursive: true, withFileTypes: true }).catch(() => []);
  let count = 0;
  for (const entry of entries) {
    if (!entry.isFile() || !/^[0-9a-f]{64}$/.test(entry.name)) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(folder, 'lfs', 'objects', relative(objects, entry.parentPath), entry.name);
    if (await isThere(to)) continue;
    if ((await hashOf(from, signal)) !== entry.name) continue;
    await makeFolders(join(to, '..'));
    await link(from, to).catch(() => copyFile(from, to));
    count += 1;
  }
  return count;
}

async function hashOf(file: string, signal: AbortSignal): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash, { signal });
    return hash.digest('hex');
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
