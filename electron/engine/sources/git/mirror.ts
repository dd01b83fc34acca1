/**
 * The working mirror of one repository: a bare repository that has what the server has, and in which nothing is lost that
 * the server loses. It can be cloned as it lies.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isGitUrl } from '../../../../shared/model/git-url.ts';
import { makeFolders } from '../../platform/make-folders.ts';
import { displayRaw, rawFromUtf8, type RawPath } from '../../platform/raw-path.ts';
import { saveCheckNote } from './check-notes.ts';
import { gitError } from './failures.ts';
import { makeFirstMirror } from './first-mirror.ts';
import { followServer, type Followed } from './follow.ts';
import type { GitAccess } from './git.ts';
import { readHead, writeHead } from './head.ts';
import { clearLeftovers } from './leftovers.ts';
import { fetchLargeFiles, type MirrorProblem } from './lfs.ts';
import type { LostHistory } from './lost-history.ts';
import { gitOn, isStorable, patientMs, settleConfiguration } from './mirror-git.ts';
import { progressReader, type MirrorProgress } from './progress.ts';
import { describeRefs, encodeManifest, readManifest, saveManifest } from './refs.ts';
import { finishRepair } from './repair.ts';
import { repackMirror } from './repack.ts';
import { verifyMirror } from './verify.ts';

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

export type MirrorOutcome = {
  /** The default branch; null where the server names none. */
  readonly head: string | null;
  readonly refs: number;
  /** Whether anything is different from what the run before left. */
  readonly changed: boolean;
  readonly lost: readonly LostHistory[];
  /** What is not in the mirror although it should be: the repository is partial. */
  readonly problems: readonly MirrorProblem[];
};

const underWay = new Set<string>();

/**
 * Brings the mirror up to date, or makes it. Raises GIT_… errors; what was there before stays. It may be cut off at any
 * moment: the next run goes on from whatever was left.
 */
export async function updateMirror(request: MirrorRequest): Promise<MirrorOutcome> {
  const { url, folder } = request;
  if (!isGitUrl(url)) throw new HoldfastError('GIT_URL_REFUSED', 'That is no address of a Git server.');
  if (underWay.has(folder)) throw new HoldfastError('RUN_UNDER_WAY', `${url} is being fetched already.`);
  underWay.add(folder);
  try {
    return await update(request);
  } catch (error) {
    throw await understood(request, gitError(`${url} could not be mirrored`, error));
  } finally {
    underWay.delete(folder);
  }
}

/** Git says the same of what a server sends and of what lies here: so the mirror itself is looked at. */
async function understood(request: MirrorRequest, error: HoldfastError): Promise<HoldfastError> {
  const { folder, signal } = request;
  const isOpen = error.code === 'GIT_FAILED' || error.code === 'GIT_REPOSITORY_DAMAGED';
  if (!isOpen || !(await isThere(folder))) return error;
  const { ok, problems } = await verifyMirror(folder, { full: false, signal });
  return ok ? error : damaged(request, problems, error);
}

async function update(request: MirrorRequest): Promise<MirrorOutcome> {
  const { folder, meta, onProgress } = request;
  const onWords = progressReader(onProgress);
  await makeFolders(meta);
  await finishRepair(request);
  await clearLeftovers(request);
  const isNew = !(await isThere(folder));
  if (!isNew) await settleConfiguration(folder);
  const followed = await (isNew ? makeFirstMirror : followServer)({ ...request, onWords });
  return settle(request, followed, { isNew, onWords });
}

async function isThere(folder: string): Promise<boolean> {
  return (await stat(folder).catch(() => null)) !== null;
}

/** Until the list of refs is written, the mirror counts as changed: so whatever is cut off here is done by the next run. */
async function settle(
  request: MirrorRequest,
  { local, head: named, lost, skipped }: Followed,
  { isNew, onWords }: { readonly isNew: boolean; readonly onWords: (text: string) => void },
): Promise<MirrorOutcome> {
  const { meta } = request;
  const head = await settleHead(request, named);
  const manifest = describeRefs(head, local);
  const file = join(meta, 'refs.json');
  const changed = (await readManifest(file)) !== encodeManifest(manifest);
  // What comes with the first copy is looked at while it comes.
  if (changed && !isNew) await mustBeWhole(request, onWords);
  const missing = request.lfs ? await fetchLargeFiles({ ...request, ids: local.ids, head, changed, onWords }) : [];
  if (changed && !isNew) await repackMirror(gitOn(request, null, { silenceMs: patientMs }));
  if (changed) await saveManifest(file, manifest);
  // Git holds every object that it is sent against its name.
  if (isNew) await saveCheckNote(meta, { at: new Date(request.nowMs()).toISOString(), how: 'received', problems: [] });
  const problems = [...missing, ...skipped.slice(0, toldNames).map(notStored)];
  return { head: manifest.head, refs: manifest.refs.length, changed, lost, problems };
}

const toldNames = 10;
const toldLength = 100;

function notStored(name: RawPath): MirrorProblem {
  const shown = name.length > toldLength ? `${displayRaw(name.slice(0, toldLength))}…` : displayRaw(name);
  return { code: 'GIT_REF_SKIPPED', message: `A ref cannot have the name ${shown} here.` };
}

/** The default branch follows the server's; where that names none, it is what an API has named. */
async function settleHead(
  { folder, head: given = null }: MirrorRequest,
  named: RawPath | null,
): Promise<RawPath | null> {
  const head = named ?? (given === null || given === '' ? null : rawFromUtf8(wholeName(given)));
  // An API can say anything, and what stands in `HEAD` decides whether a folder is a repository.
  if (head === null || !isStorable(head)) return null;
  if ((await readHead(folder)) !== head) await writeHead(folder, head);
  return head;
}

function wholeName(branch: string): string {
  return branch.startsWith('refs/') ? branch : `refs/heads/${branch}`;
}

async function mustBeWhole(request: MirrorRequest, onWords: (text: string) => void): Promise<void> {
  const { folder, signal } = request;
  const { ok, problems } = await verifyMirror(folder, { full: false, signal, onWords });
  if (!ok) throw await damaged(request, problems);
}

async function damaged(
  { folder, meta, nowMs }: MirrorRequest,
  problems: readonly string[],
  cause?: unknown,
): Promise<HoldfastError> {
  await saveCheckNote(meta, { at: new Date(nowMs()).toISOString(), how: 'connectivity', problems });
  return new HoldfastError('GIT_MIRROR_DAMAGED', `The mirror in ${folder} is damaged: ${problems[0] ?? ''}`, { cause });
}
