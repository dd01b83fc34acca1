/**
 * Large files that a repository keeps with Git LFS: a mirror has only their names, and git-lfs fetches the rest. They are
 * asked for at the repository's own server; where a repository names another one, that is not followed.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { lastLines } from './failures.ts';
import { GitFailure, type Git, type GitAccess } from './git.ts';
import { runGit } from './git-process.ts';
import { gitOn, settleConfiguration, type MirrorPlace } from './mirror-git.ts';
import type { RefTable } from './refs.ts';

export type LfsRequest = MirrorPlace & {
  readonly meta: string;
  readonly url: string;
  readonly access: GitAccess | null;
  readonly ids: RefTable;
  readonly head: RawPath | null;
  /** Whether anything is different from when it was looked last. */
  readonly changed: boolean;
  readonly onWords: (text: string) => void;
};

export type MirrorProblem = { readonly code: ErrorCode; readonly message: string };

/** What `lfs.json` says; without the file, no large file has been seen. */
type LfsState = 'none' | 'complete' | 'incomplete';

/** What is missing afterwards. Once a repository has had large files, it is asked for them after each change. */
export async function fetchLargeFiles(request: LfsRequest): Promise<readonly MirrorProblem[]> {
  const state = await readState(request.meta);
  if (state === 'complete' && !request.changed) return [];
  if (state === 'none' && !(await usesLfs(gitOn(request), request))) return [];
  // Until all are there: the next run takes it from here.
  await saveState(request.meta, 'incomplete');
  const problem = await fetchAll(request);
  await settleConfiguration(request.folder);
  if (problem !== null) return [problem];
  for (const name of ['tmp', 'incomplete', 'cache']) {
    await rm(join(request.folder, 'lfs', name), { recursive: true, force: true });
  }
  await saveState(request.meta, 'complete');
  return [];
}

/** All of them are asked for again: the mirror is another one. */
export async function forgetLargeFiles(meta: string): Promise<void> {
  if ((await readState(meta)) !== 'none') await saveState(meta, 'incomplete');
}

async function fetchAll(request: LfsRequest): Promise<MirrorProblem | null> {
  const { url, access, onWords } = request;
  const configuration = {
    'remote.origin.url': url,
    // These keep what a file of the repository says from counting.
    'lfs.url': largeFilesAt(url),
    'lfs.skipdownloaderrors': 'false',
    'lfs.fetchinclude': '',
    'lfs.fetchexclude': '',
    'lfs.locksverify': 'false',
    'lfs.allowincompletepush': 'false',
    // Without it nothing is said until all is there, and what is silent for long is given up.
    'lfs.forceprogress': 'true',
  };
  try {
    const onOutput = (part: Buffer): void => onWords(part.toString('latin1'));
    await runGit(gitOn(request, access, { configuration }), ['lfs', 'fetch', '--all', 'origin'], { onOutput });
    return null;
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (/'lfs' is not a git command/.test(error.message)) {
      return { code: 'GIT_LFS_MISSING', message: 'The repository has large files, and git-lfs cannot be started.' };
    }
    const message = `Not all large files could be fetched: ${lastLines(error.message)}`;
    return { code: 'GIT_LFS_INCOMPLETE', message };
  }
}

/** By ssh, git-lfs asks the server for the address. */
function largeFilesAt(url: string): string {
  return /^https?:/i.test(url) ? `${url.replace(/\/+$/, '').replace(/\.git$/, '')}.git/info/lfs` : url;
}

/** Whether any head names the filter of LFS: at its root, and on the default branch in any folder. */
async function usesLfs(git: Git, { ids, head, changed, folder }: LfsRequest): Promise<boolean> {
  if ((await readdir(join(folder, 'lfs', 'objects')).catch(() => [])).length > 0) return true;
  const tips = new Set(ids.values());
  const main = head === null ? undefined : ids.get(head);
  const deeper = main === undefined || !changed ? [] : await attributesIn(git, main);
  const asked = [...[...tips].map((tip) => `${tip}:.gitattributes`), ...deeper];
  return asked.length > 0 && holdsFilter(git, asked);
}

const mostAttributes = 1_000;

/** Ids of files below the root. */
async function attributesIn(git: Git, commit: string): Promise<readonly string[]> {
  const found: string[] = [];
  let rest = '';
  await runGit(git, ['ls-tree', '-r', '-z', commit], {
    onOutput: (part) => {
      const entries = (rest + part.toString('latin1')).split('\0');
      rest = entries.pop() ?? '';
      for (const entry of entries) {
        const [, id] = /^\d+ blob ([0-9a-f]+)\t.*\/\.gitattributes$/s.exec(entry) ?? [];
        if (id !== undefined && found.length < mostAttributes) found.push(id);
      }
    },
  });
  return found;
}

class Found extends Error {}

async function holdsFilter(git: Git, names: readonly string[]): Promise<boolean> {
  const sought = 'filter=lfs';
  let rest = '';
  const onOutput = (part: Buffer): void => {
    const text = rest + part.toString('latin1');
    if (text.includes(sought)) throw new Found();
    rest = text.slice(-sought.length);
  };
  try {
    await runGit(git, ['cat-file', '--batch'], { input: `${names.join('\n')}\n`, onOutput });
    return false;
  } catch (error) {
    if (error instanceof Found) return true;
    throw error;
  }
}

async function readState(meta: string): Promise<LfsState> {
  const text = await readSmallFile(join(meta, 'lfs.json'), 1_000).catch(() => '');
  if (text === null) return 'none';
  return /"complete":true/.test(text) ? 'complete' : 'incomplete';
}

async function saveState(meta: string, state: 'complete' | 'incomplete'): Promise<void> {
  const file = join(meta, 'lfs.json');
  const text = `{"version":1,"complete":${state === 'complete'}}\n`;
  if ((await readSmallFile(file, 1_000).catch(() => '')) !== text) await writeFileAtomically(file, text);
}
