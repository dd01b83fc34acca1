/**
 * What a killed run leaves in a mirror: locks that would refuse every later one, half files, and sometimes a Git that goes
 * on without its engine. One engine works on a mirror at a time, so whatever is found is of a run that is over.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { mirrorMark } from './mirror-git.ts';

const lock = /\.lock$/;
/** Folders of a mirror, and which files in them are of a run alone. */
const places: readonly (readonly [folder: string, name: RegExp])[] = [
  ['.', /\.lock$|^packed-refs\.new$|^gc\.pid|^config-tmp-/],
  ['objects', /^tmp_objdir-|^incoming-|\.lock$/],
  // A pack is kept from being repacked until its refs are written.
  ['objects/pack', /^\.?tmp[-_]|\.lock$|\.keep$/],
  ['objects/info', /^tmp_|\.lock$/],
  ['objects/info/commit-graphs', /^tmp_|\.lock$/],
  ['lfs/tmp', /./],
];
const halfMeta = /-tmp-[0-9a-f]{12}$/;

const endsWithinMs = 5_000;
const pollMs = 20;
/** Where processes cannot be asked: Git writes to what it has locked all the time. */
const surelyOverMs = 60 * 60_000;

export type Leftovers = { readonly folder: string; readonly meta: string; readonly nowMs: () => number };

/** GIT_MIRROR_BUSY where a Git that is at work cannot be ended. */
export async function clearLeftovers({ folder, meta, nowMs }: Leftovers): Promise<void> {
  await endStrays(folder);
  const halves = (await namesIn(meta)).filter((name) => halfMeta.test(name)).map((name) => join(meta, name));
  const isThere = (await stat(folder).catch(() => null)) !== null;
  const found = [...(isThere ? await findLeftovers(folder) : []), ...halves];
  if (found.length === 0) return;
  if (process.platform === 'linux') await endGitsOf(folder);
  else await refuseRecent(found, nowMs());
  await Promise.all(found.map((path) => rm(path, { recursive: true, force: true })));
}

/** Mirrors that a Git of an earlier engine works on; looked for once, before this engine has started any of its own. */
let strays: Promise<Set<string>> | null = null;

/** One that is at work without having locked anything, such as one that removes old packs, is not seen otherwise. */
export async function endStrays(folder: string): Promise<void> {
  strays ??= marked().then((gits) => new Set(gits.map((git) => git.folder)));
  if ((await strays).delete(folder)) await endGitsOf(folder);
}

/** Ends what an engine that is gone has started on this mirror. */
export async function endGitsOf(folder: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const deadline = performance.now() + endsWithinMs;
  for (;;) {
    const left = (await marked()).filter((git) => git.folder === folder);
    if (left.length === 0) return;
    if (performance.now() > deadline) {
      throw new HoldfastError('GIT_MIRROR_BUSY', `Git still works on ${folder}, and does not end.`);
    }
    for (const { pid } of left) kill(pid);
    await sleep(pollMs);
  }
}

async function findLeftovers(folder: string): Promise<readonly string[]> {
  const listed = await Promise.all(
    places.map(async ([place, pattern]) => {
      const names = await namesIn(join(folder, place));
      return names.filter((name) => pattern.test(name)).map((name) => join(folder, place, name));
    }),
  );
  return [...listed.flat(), ...(await locksBelow(join(folder, 'refs'))), ...(await halfObjects(folder))];
}

/** No ref ends so. */
async function locksBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return locksBelow(path);
      return lock.test(entry.name) ? [path] : [];
    }),
  );
  return found.flat();
}

async function halfObjects(folder: string): Promise<readonly string[]> {
  const fans = (await namesIn(join(folder, 'objects'))).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const found = await Promise.all(
    fans.map(async (fan) => {
      const names = await namesIn(join(folder, 'objects', fan));
      return names.filter((name) => name.startsWith('tmp_obj_')).map((name) => join(folder, 'objects', fan, name));
    }),
  );
  return found.flat();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

/** All that have the mark of a mirror in their environment. */
async function marked(): Promise<readonly { readonly pid: number; readonly folder: string }[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await namesIn('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      // Of other accounts it cannot be read, and of what is over it is empty.
      const variables = (await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')).split('\0');
      const key = variables.find((variable) => variable.endsWith(`=${mirrorMark}`));
      const number = /^GIT_CONFIG_KEY_(\d+)=/.exec(key ?? '')?.[1];
      const start = `GIT_CONFIG_VALUE_${number}=`;
      const folder = variables.find((variable) => variable.startsWith(start))?.slice(start.length);
      return number === undefined || folder === undefined ? [] : [{ pid, folder }];
    }),
  );
  return found.flat();
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

async function refuseRecent(paths: readonly string[], nowMs: number): Promise<void> {
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found !== null && nowMs - found.mtimeMs < surelyOverMs) {
      throw new HoldfastError('GIT_MIRROR_BUSY', `${path} is of a Git that may still be at work.`);
    }
  }
}
