/** The folder of a drill: all it brings back to this machine lies in it, beside a mark that says whose it is. */
import { chmod, lstat, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { makeFolders } from '../../platform/make-folders.ts';

export type Scratch = {
  readonly folder: string;
  /** Stands for the home where a restore keeps notes of its own, so that they go too. */
  readonly home: string;
  /** What is brought back. */
  readonly data: string;
};

const markName = 'holdfast-drill';

/** Whether a target lies in a drill's folder of the home, where nothing else ever is. */
export function isScratch(home: string, target: string | null): boolean {
  return target !== null && resolve(target).startsWith(`${join(home, 'drills')}/`);
}

/** `root` is made where it is not there. TARGET_UNUSABLE where something is there already. */
export async function makeScratch(root: string, drill: string): Promise<Scratch> {
  await makeFolders(root);
  const scratch = scratchOf(root, drill);
  await mkdir(scratch.folder, { mode: 0o700 });
  await writeFile(join(scratch.folder, markName), `${drill}\n`, { mode: 0o600, flag: 'wx', flush: true });
  await mkdir(scratch.home, { mode: 0o700 });
  await mkdir(scratch.data, { mode: 0o700 });
  return scratch;
}

export function scratchOf(root: string, drill: string): Scratch {
  const folder = join(root, drill);
  return { folder, home: join(folder, 'home'), data: join(folder, 'data') };
}

/** Whatever state it is in, also where this was stopped before. DRILL_NOT_OURS where the mark is not in it. */
export async function removeScratch(root: string, drill: string): Promise<void> {
  const { folder } = scratchOf(root, drill);
  const found = await lstat(folder).catch(() => null);
  if (found === null) return;
  if (!found.isDirectory()) throw notOurs(folder);
  const names = await readdir(folder);
  // Killed before the mark was written: then nothing else is in it.
  if (names.length > 0 && !(await isMarked(folder, drill, names))) throw notOurs(folder);
  for (const name of names) if (name !== markName) await removeAll(join(folder, name));
  await rm(join(folder, markName), { force: true });
  await rmdir(folder);
}

async function isMarked(folder: string, drill: string, names: readonly string[]): Promise<boolean> {
  const mark = join(folder, markName);
  const found = await lstat(mark).catch(() => null);
  if (found?.isFile() !== true) return false;
  const text = await readFile(mark, 'utf8');
  // Cut off by a kill, it is alone.
  return text === `${drill}\n` || (text === '' && names.length === 1);
}

function notOurs(folder: string): HoldfastError {
  return new HoldfastError('DRILL_NOT_OURS', `${folder} was not made by this drill, or somebody has changed it.`);
}

/** Never through a link. Folders that were restored may forbid their owner to remove what is in them. */
async function removeAll(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EACCES' && code !== 'EPERM') throw error;
    await makeWritable(Buffer.from(path));
    await rm(path, { recursive: true, force: true });
  }
}

const slash = Buffer.from('/');

async function makeWritable(folder: Buffer): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true, encoding: 'buffer' }))
    if (entry.isDirectory()) await makeWritable(Buffer.concat([folder, slash, entry.name]));
}
