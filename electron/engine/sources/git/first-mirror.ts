/** The first copy of a repository: made in a temporary place, so that a mirror is there whole or not at all. */
import { createHash } from 'node:crypto';
import { rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../platform/make-folders.ts';
import type { GitAccess } from './git.ts';
import { runGit } from './git-process.ts';
import type { Followed } from './follow.ts';
import { readHead } from './head.ts';
import { endGitsOf } from './leftovers.ts';
import { gitOn, isStorable, writeConfiguration, type MirrorPlace } from './mirror-git.ts';
import { readClonedRefs } from './refs.ts';

export type FirstMirror = MirrorPlace & {
  readonly work: string;
  readonly url: string;
  readonly access: GitAccess | null;
  readonly pullRefs: boolean;
  readonly onWords: (text: string) => void;
};

/** Where the first copy of a mirror is made. The same in each run, so that one that was cut off leaves nothing for ever. */
export function firstPlace({ work, folder }: { readonly work: string; readonly folder: string }): string {
  return join(work, `new-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
}

/**
 * `git clone --bare` takes heads and tags, and what its configuration names besides. It packs the refs at once, and looks
 * whether all objects are there while they come.
 */
export async function makeFirstMirror(request: FirstMirror): Promise<Followed> {
  const place = firstPlace(request);
  await clearPlace(request, place);
  await makeFolders(place);
  try {
    const more = ['refs/notes/*', ...(request.pullRefs ? ['refs/pull/*'] : [])];
    const git = gitOn(request, request.access, { cwd: place });
    const refspecs = more.flatMap((refs) => ['-c', `remote.origin.fetch=+${refs}:${refs}`]);
    const words = ['clone', '--bare', '--template=', '--progress', ...refspecs, '--', request.url, 'new.git'];
    await runGit(git, words, { onWords: request.onWords });
    const made = join(place, 'new.git');
    await writeConfiguration(made);
    const followed = await asMade(request, made);
    await makeFolders(dirname(request.folder));
    await rename(made, request.folder);
    return followed;
  } finally {
    // Of a copy that is in its place, only the folder is left.
    await rmdir(place).catch(() => rm(place, { recursive: true, force: true }));
  }
}

/** What the first copy has is what the server had. */
async function asMade({ folder, signal }: FirstMirror, made: string): Promise<Followed> {
  const local = await readClonedRefs(gitOn({ folder, signal }, null, { cwd: made }));
  const head = await readHead(made);
  const skipped = [...local.ids.keys()].filter((name) => !isStorable(name));
  return { local, head: head !== null && local.ids.has(head) ? head : null, lost: [], skipped, moved: true };
}

/** A clone whose engine is gone may still be at work there. */
async function clearPlace({ folder }: FirstMirror, place: string): Promise<void> {
  if ((await stat(place).catch(() => null)) === null) return;
  await endGitsOf(folder);
  await rm(place, { recursive: true, force: true });
}
