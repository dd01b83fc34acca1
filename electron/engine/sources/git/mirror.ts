/**
 * The working mirror of one repository: a bare repository that has what the server has, and in which nothing is lost that
 * the server loses. It can be cloned as it lies.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { isGitUrl } from '../../../../shared/model/git-url.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { gitError } from './failures.ts';
import { makeFirstMirror } from './first-mirror.ts';
import type { GitAccess } from './git.ts';
import { readHead, writeHead } from './head.ts';
import { gitOn, settleConfiguration, wantedRefs } from './mirror-git.ts';
import { fetchObjects, moveRefs, planMoves } from './move-refs.ts';
import { describeRefs, listServerRefs, readLocalRefs, saveManifest, type ServerRefs } from './refs.ts';

export type MirrorRequest = {
  /** The bare repository: `…/<name>.git`. */
  readonly folder: string;
  /** What is known of it: `…/<name>.meta`. */
  readonly meta: string;
  /** For temporary places, on the same file system. */
  readonly work: string;
  readonly url: string;
  readonly access: GitAccess | null;
  readonly pullRefs: boolean;
  readonly lfs: boolean;
  /** The default branch that an API named. */
  readonly head?: string | null;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly onProgress?: (progress: MirrorProgress) => void;
};

export type MirrorProgress = { readonly phase: string; readonly percent: number | null; readonly bytes: number | null };

/** History that the server no longer has; the mirror keeps it. */
export type LostHistory = {
  readonly at: string;
  readonly ref: string;
  readonly kind: 'forced' | 'deleted';
  readonly from: string;
  readonly to: string | null;
  /** The ref of the mirror by which it is kept. */
  readonly keptAs: string;
  /** How many commits no ref of the server leads to any more. */
  readonly commits: number;
};

export type MirrorOutcome = {
  /** The default branch; null where the server names none. */
  readonly head: string | null;
  readonly refs: number;
  /** Whether anything is different from what the run before left. */
  readonly changed: boolean;
  readonly lost: readonly LostHistory[];
  /** What is not in the mirror although it should be: the repository is partial. */
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[];
};

/**
 * Brings the mirror up to date, or makes it. Raises GIT_… errors; what was there before stays. It may be cut off at any
 * moment: the next run goes on from whatever was left.
 */
export async function updateMirror(request: MirrorRequest): Promise<MirrorOutcome> {
  const { url, folder, meta } = request;
  if (!isGitUrl(url)) throw new HoldfastError('GIT_URL_REFUSED', 'That is no address of a Git server.');
  try {
    await makeFolders(meta);
    const isNew = !(await isThere(folder));
    if (isNew) await makeFirstMirror({ ...request, onWords: () => undefined });
    else await settleConfiguration(folder);
    const server = isNew ? null : await followServer(request);
    return await settle(request, isNew, server);
  } catch (error) {
    throw gitError(`The repository at ${url} could not be mirrored`, error);
  }
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null)) !== null;
}

async function followServer(request: MirrorRequest): Promise<ServerRefs & { readonly moved: boolean }> {
  const { access, url, pullRefs } = request;
  const isWanted = wantedRefs(pullRefs);
  const git = gitOn(request, access);
  const [server, local] = await Promise.all([listServerRefs(git, url, isWanted), readLocalRefs(gitOn(request))]);
  const moves = planMoves(local.ids, server.ids, isWanted);
  if (moves.length > 0) {
    await fetchObjects(git, url, moves, () => undefined);
    await moveRefs(gitOn(request), moves);
    await gitOn(request).run('pack-refs', '--all');
  }
  return { ...server, moved: moves.length > 0 };
}

async function settle(
  request: MirrorRequest,
  isNew: boolean,
  server: (ServerRefs & { readonly moved: boolean }) | null,
): Promise<MirrorOutcome> {
  const local = await readLocalRefs(gitOn(request));
  const current = await readHead(request.folder);
  const named = rawHead(request.head ?? null);
  const wanted = [server === null ? current : server.head, named].find((head) => head !== null && local.ids.has(head));
  const head = wanted ?? named;
  if (head !== null && head !== current) await writeHead(request.folder, head);
  const manifest = describeRefs(head, local);
  const changed = await saveManifest(join(request.meta, 'refs.json'), manifest);
  return { head: manifest.head, refs: manifest.refs.length, changed: changed || isNew, lost: [], problems: [] };
}

function rawHead(head: string | null): RawPath | null {
  if (head === null || head === '') return null;
  return rawFromUtf8(head.startsWith('refs/') ? head : `refs/heads/${head}`);
}
