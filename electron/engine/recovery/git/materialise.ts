/** Bare repositories of snapshots, written out to be read by Git. */
import { chmod, lstat, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { dirRaw, displayRaw, fsPath, joinRaw, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import type { Repository } from '../../repository/repository.ts';
import { restore } from '../restore.ts';
import { makePlain, type ObjectFormat } from './plain-bare.ts';

export type MaterialiseRequest = {
  readonly repository: Repository;
  readonly home: string;
  /** Whole id. */
  readonly snapshot: string;
  /** Absolute, in the snapshot. */
  readonly path: RawPath;
  /** There, empty, and on the file system of the folder that the repository becomes. */
  readonly workFolder: string;
  /** Whether that lies in the home, where nothing else is ever restored to. */
  readonly isOwnFolder: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};

/**
 * Makes `folder`, which must not be there, the repository at that path: whole or not at all. GIT_REPOSITORY_INVALID, and
 * what of it could not be read as the failure it is.
 */
export async function materialise(request: MaterialiseRequest, folder: string): Promise<ObjectFormat> {
  const { path, workFolder } = request;
  const target = join(workFolder, 'restored');
  const issues = await writeOut(request, [path], target);
  return takeOut(issues, path, { from: target, workFolder }, folder);
}

/**
 * Writes paths of the snapshot below `target`, which is made, by one restore, each by its own absolute path. Gives what
 * could not be read.
 */
export async function writeOut(
  { repository, home, snapshot, isOwnFolder, signal, onProgress }: Omit<MaterialiseRequest, 'path' | 'workFolder'>,
  paths: readonly RawPath[],
  target: string,
): Promise<readonly Issue[]> {
  const issues: Issue[] = [];
  await mkdir(target, { mode: 0o700 });
  await restore({
    repository,
    home,
    selections: paths.map((path) => `${snapshot}:${displayRaw(path)}`),
    source: undefined,
    target,
    isOwnFolder,
    overwrite: 'never',
    dryRun: false,
    verify: true,
    ignoreFreeSpace: false,
    signal,
    onProgress: (progress) => onProgress({ ...progress, phase: 'Unpacking' }),
    // Attributes and owners are not what a history is made of.
    onIssue: (issue) => void (issue.code === 'NO_PERMISSION' || issues.push(issue)),
    onNotice: () => undefined,
    say: () => Promise.resolve(),
  });
  return issues;
}

/** Makes `folder` the repository that was written out below `from`, as `materialise` does. */
export async function takeOut(
  issues: readonly Issue[],
  path: RawPath,
  { from, workFolder }: { readonly from: string; readonly workFolder: string },
  folder: string,
): Promise<ObjectFormat> {
  const [first] = issues;
  // A history with a hole in it would be given back as if it were whole.
  if (first !== undefined) throw new HoldfastError(first.code, `${first.path}: ${first.message}`);
  const restored = joinRaw(rawFromUtf8(from), path.slice(1));
  // They have the modes that they had.
  await makeWritable(dirRaw(restored));
  await makeWritable(restored);
  const plain = join(workFolder, 'plain');
  await rename(fsPath(restored), plain);
  const format = await makePlain(plain, displayRaw(path));
  await rename(plain, folder);
  return format;
}

async function makeWritable(path: RawPath): Promise<void> {
  const { mode } = await lstat(fsPath(path));
  if ((mode & 0o700) !== 0o700) await chmod(fsPath(path), (mode & 0o777) | 0o700);
}
