/** Repositories given back to folders of this machine: bare, checked out, or as a bundle. There whole, or not at all. */
import { cp, lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Ref, RefsManifest } from '../../../../shared/model/git-refs.ts';
import { isScratch } from '../drills/scratch.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { GitProcess } from './git-process.ts';
import { materialise } from './materialise.ts';
import { configuration, makeEmpty, type ObjectFormat } from './plain-bare.ts';
import { presentObjects, serverRefs } from './refs.ts';
import { readManifest, type FoundRepository } from './snapshot-tree.ts';
import { isUnpacked, withUnpacked, type GitSource } from './unpacked.ts';
import { setRefs } from './view.ts';

export type MadeRepository = {
  readonly git: GitProcess;
  readonly format: ObjectFormat;
  /** The refs it was to have, of which those are missing whose objects are not in the snapshot. */
  readonly manifest: RefsManifest;
  readonly missing: readonly Ref[];
  /** What of Git LFS could not be put in place. */
  readonly problem: string | null;
};

/** TARGET_UNUSABLE where there is something already. */
export async function refuseUsed(place: string): Promise<void> {
  const found = await lstat(place).catch(() => null);
  if (found === null || (found.isDirectory() && (await readdir(place)).length === 0)) return;
  throw new HoldfastError('TARGET_UNUSABLE', `There is something at ${place} already.`);
}

/** Makes `place` the repository. TARGET_UNUSABLE. */
export async function makeFolder(
  source: GitSource,
  found: FoundRepository,
  { place, isCheckedOut }: { readonly place: string; readonly isCheckedOut: boolean },
): Promise<MadeRepository> {
  await refuseUsed(place);
  return besides(place, async (work) => {
    const out = join(work, 'out');
    const folder = isCheckedOut ? join(out, '.git') : out;
    if (isCheckedOut) await mkdir(out);
    const { signal } = source;
    const format = await putThere(source, found, { folder, workFolder: join(work, 'work') });
    const git = new GitProcess({ folder, signal });
    const manifest = (await readManifest(source.tree, found.path)) ?? (await serverRefs(git));
    const present = await presentObjects(
      git,
      manifest.refs.map(([, id]) => id),
    );
    const refs = manifest.refs.filter(([, id]) => present.has(id));
    await setRefs(git, refs, manifest.head);
    const missing = manifest.refs.filter(([, id]) => !present.has(id));
    const problem = isCheckedOut ? await checkOut(git, out, format, manifest) : null;
    await rmdir(place).catch(() => undefined);
    await rename(out, place);
    const gitFolder = isCheckedOut ? join(place, '.git') : place;
    return { git: new GitProcess({ folder: gitFolder, signal }), format, manifest, missing, problem };
  });
}

/** Copied where it was unpacked before, which is sooner done. */
async function putThere(
  source: GitSource,
  found: FoundRepository,
  { folder, workFolder }: { readonly folder: string; readonly workFolder: string },
): Promise<ObjectFormat> {
  if (await isUnpacked(source, found)) {
    return withUnpacked(source, found, async ({ folder: from, format }) => {
      await cp(from, folder, { recursive: true });
      return format;
    });
  }
  await mkdir(workFolder);
  return materialise({ ...source, path: found.path, workFolder, isOwnFolder: isScratch(source.home, folder) }, folder);
}

/** As `makeFolder`, of one that has no commit yet. */
export async function makeEmptyFolder(place: string, isCheckedOut: boolean, format: ObjectFormat): Promise<void> {
  await refuseUsed(place);
  const folder = isCheckedOut ? join(place, '.git') : place;
  await makeFolders(place, 0o755);
  await makeEmpty(folder, format);
  if (isCheckedOut) await writeFile(join(folder, 'config'), configuration(format, false));
}

/** Writes a bundle of all refs of the repository `git`. TARGET_UNUSABLE. */
export async function makeBundle(git: GitProcess, place: string): Promise<void> {
  await refuseUsed(place);
  await besides(place, async (work) => {
    const file = join(work, 'bundle');
    const head = await git.ask(['rev-parse', '--verify', '--quiet', 'HEAD']);
    await git.run(['bundle', 'create', '--quiet', file, ...(head.code === 0 ? ['HEAD'] : []), '--all']);
    await rename(file, place);
  });
}

/** Nothing of the repository runs: no hook, and no filter but that of Git LFS, which takes what is there. */
async function checkOut(
  git: GitProcess,
  folder: string,
  format: ObjectFormat,
  { head, refs }: RefsManifest,
): Promise<string | null> {
  await writeFile(join(git.folder, 'config'), configuration(format, false));
  if (head === null || !refs.some(([name]) => name === head)) return null;
  const inFolder = git.withEnvironment({ GIT_WORK_TREE: folder });
  await inFolder.run(['reset', '--hard', '--quiet', 'HEAD', '--']);
  if ((await lstat(join(git.folder, 'lfs', 'objects')).catch(() => null)) === null) return null;
  if ((await git.ask(['lfs', 'version'])).code !== 0) return 'git-lfs is not installed, so large files are pointers.';
  await inFolder.run(['lfs', 'install', '--local', '--skip-repo']);
  await inFolder.run(['lfs', 'checkout']);
  return null;
}

/** A folder beside the place, on its file system. What a killed run has left in it goes. */
async function besides<Result>(place: string, work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = join(dirname(place), `.${basename(place)}.holdfast-restore`);
  await makeFolders(dirname(place), 0o755);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
