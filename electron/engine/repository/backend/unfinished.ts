/** What saves that were killed have left in a folder: files under temporary names, which no program ever looks at again. */
import type { Stats } from 'node:fs';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { UnfinishedFile } from './backend.ts';

/** Ours and that of restic's local backend; restic's for SFTP; that of its REST server. */
const temporaryEnding = String.raw`(?:-tmp-[0-9a-f]+|-restic-temp-[0-9a-f]+|\.rest-server-temp[0-9]*)`;
const storedFolders = ['keys', 'locks', 'snapshots', 'index'];
const inFolder = new RegExp(String.raw`^[0-9a-f]{64}${temporaryEnding}$`);
const inRoot = new RegExp(`^config${temporaryEnding}$`);
const prefix = /^[0-9a-f]{2}$/;

export async function listUnfinished(root: string): Promise<readonly UnfinishedFile[]> {
  const packFolders = (await names(join(root, 'data'))).filter((name) => prefix.test(name));
  const folders = [...storedFolders, ...packFolders.map((name) => `data/${name}`)];
  const found: { readonly path: string; readonly details: Stats }[] = [];
  for (const folder of ['', ...folders]) {
    for (const name of (await names(join(root, folder))).filter((entry) => isUnfinished(folder, entry))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const details = await lstat(join(root, path)).catch(() => null);
      if (details?.isFile() === true) found.push({ path, details });
    }
  }
  if (found.length === 0) return [];
  const nowMs = await readClock(root);
  return found.map(({ path, details }) => ({ path, size: details.size, ageMs: nowMs - details.mtimeMs }));
}

/** Throws for every path below a repository that no killed save leaves. */
export function mustBeUnfinished(path: string): void {
  const [folder, name] = [path.slice(0, Math.max(0, path.lastIndexOf('/'))), path.slice(path.lastIndexOf('/') + 1)];
  const isKnown = storedFolders.includes(folder) || /^data\/[0-9a-f]{2}$/.test(folder);
  if (isKnown ? isUnfinished(folder, name) : folder === '' && isUnfinished('', name)) return;
  throw new HoldfastError('INTERNAL', 'A temporary file was to be removed by a name it cannot have.');
}

/** Whether a name in a folder of a repository, or in its root, is that of a save's temporary file. */
export function isUnfinished(folder: string, name: string): boolean {
  return (folder === '' ? inRoot : inFolder).test(name);
}

/** Nothing else can be removed this way. */
export async function removeUnfinished(root: string, path: string): Promise<void> {
  mustBeUnfinished(path);
  await unlink(join(root, path)).catch((error: unknown) => {
    if (!isMissing(error)) throw error;
  });
}

/**
 * The time of day where the files lie: a server's clock may be behind. Who removes them has just written a lock. Where no
 * lock is, or that clock is ahead, this machine's own makes files look younger, which spares them.
 */
async function readClock(root: string): Promise<number> {
  const times: number[] = [];
  for (const name of await names(join(root, 'locks'))) {
    const details = await lstat(join(root, 'locks', name)).catch(() => null);
    if (details !== null) times.push(details.mtimeMs);
  }
  return Math.min(Date.now(), times.length === 0 ? Infinity : Math.max(...times));
}

async function names(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
