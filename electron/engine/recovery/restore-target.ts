/** Where a restore goes: the folder it is made below, what must not be written into, and how much room there is. */
import { constants, statSync } from 'node:fs';
import { access, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { makeFolders } from '../platform/make-folders.ts';
import { rawFromUtf8, type RawPath } from '../platform/raw-path.ts';
import type { RestoreRequest } from './restore-request.ts';

export type Room = {
  readonly freeBytes: number;
  /** Bytes of which it is certain that no more can be written; null where files may take less than they hold. */
  readonly mostBytes: number | null;
};

/** The real path of the folder to restore below. Throws TARGET_UNUSABLE. */
export async function prepareTarget({
  target,
  dryRun,
  repository,
  home,
  isOwnFolder,
}: RestoreRequest): Promise<RawPath> {
  if (target === null) return '/';
  const folder = resolve(target);
  const nearest = await existing(folder);
  const { localFolder } = repository.backend;
  await refuseOurs(target, { home, localFolder, isOwnFolder: isOwnFolder === true });
  if (nearest.given === folder && !nearest.isFolder)
    throw new HoldfastError('TARGET_UNUSABLE', `${target} is not a folder.`);
  if (dryRun) return rawFromUtf8(nearest.real);
  try {
    await makeFolders(folder);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    throw new HoldfastError(
      await whyNotMade(nearest, code),
      `${target} could not be made: ${message.replace(/\.$/, '')}.`,
      {
        cause: error,
      },
    );
  }
  return rawFromUtf8(await realpath(folder));
}

/** What nothing is restored into: who is signed in, and what leads to the repositories, lies in the one; the data in the other. */
export type OwnFolders = { readonly home: string; readonly localFolder: string | null };

/**
 * TARGET_UNUSABLE for a path that lies in one of them, or that a link leads there. With `isOwnFolder` it may be a folder of
 * the home, which no link leads to another one of.
 */
export async function refuseOurs(
  path: string,
  { home, localFolder, isOwnFolder = false }: OwnFolders & { readonly isOwnFolder?: boolean },
): Promise<void> {
  const folder = resolve(path);
  const nearest = await existing(folder);
  const real = nearest.real + folder.slice(nearest.given.length);
  for (const [one, what] of [
    [localFolder, 'the repository'],
    [home, 'the home of Holdfast'],
  ] as const) {
    if (one === null) continue;
    const place = await realpath(one).catch(() => one);
    if (real !== place && !real.startsWith(`${place}/`)) continue;
    if (one === home && isOwnFolder && real === place + folder.slice(resolve(home).length)) continue;
    throw new HoldfastError('TARGET_UNUSABLE', `${path} is part of ${what}.`);
  }
}

/** As `TargetFolder.identity`; of those that are there. What leads down to them from above is known by that. */
export function identitiesOf({ home, localFolder }: OwnFolders): string[] {
  return [home, localFolder].flatMap((folder) => {
    const stats = folder === null ? undefined : statSync(folder, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? [] : [`${stats.dev} ${stats.ino}`];
  });
}

/** A full or read-only disk has a word of its own; else the place is no good. */
async function whyNotMade({ given }: Nearest, code: ErrorCode): Promise<ErrorCode> {
  if (code !== 'IO_ERROR' && code !== 'PLACE_UNUSABLE') return code;
  try {
    await access(given, constants.W_OK);
    return 'TARGET_UNUSABLE';
  } catch (error) {
    const { code: reason } = toHoldfastError(error);
    return reason === 'IO_ERROR' ? 'TARGET_UNUSABLE' : reason;
  }
}

type Nearest = { readonly given: string; readonly real: string; readonly isFolder: boolean };

async function existing(path: string): Promise<Nearest> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null) return { given: at, real: await realpath(at), isFolder: found.isDirectory() };
    if (at === '/') return { given: '/', real: '/', isFolder: true };
  }
}

/** File systems that may compress, or share what is equal: Btrfs, ZFS, bcachefs, F2FS. */
const frugalFileSystems: ReadonlySet<number> = new Set([0x9123683e, 0x2fc12fc1, 0xca451a4e, 0xf2f52010]);

/** Null where nobody knows. */
export async function roomAt(target: RawPath): Promise<Room | null> {
  const { given } = await existing(Buffer.from(target, 'latin1').toString('utf8'));
  const found = await statfs(given).catch(() => null);
  if (found === null) return null;
  const isNew = target !== '/' && (await readdir(given).catch(() => ['?'])).length === 0;
  // Root may use what is kept back for it. Where something is there already, less may have to be written.
  const most = process.geteuid?.() === 0 ? found.bfree : found.bavail;
  const mostBytes = isNew && !frugalFileSystems.has(found.type) ? most * found.bsize : null;
  return { freeBytes: found.bavail * found.bsize, mostBytes };
}
