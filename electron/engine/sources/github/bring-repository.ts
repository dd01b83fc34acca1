/** One repository brought up to date: its mirror where something was pushed, its wiki, and what GitHub knows of it. */
import { rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { isAbsent } from '../git/absent.ts';
import type { LostHistory } from '../git/lost-history.ts';
import { bringMirror, type BringMirror } from '../git/bring-mirror.ts';
import { metaOf } from '../git/check-notes.ts';
import type { MirrorOutcome } from '../git/mirror.ts';
import type { MirrorProgress } from '../git/progress.ts';
import { type GitHubClient } from './client.ts';
import { type ListedRepository, type Owner } from './listing.ts';
import { measureMirror } from './measure-mirror.ts';
import { fetchMetadata, type MetadataProblem } from './metadata.ts';
import { workFolder } from './names.ts';
import { type Slots } from '../parallel.ts';
import { type RepositoryRecord } from './state.ts';

export type Parts = {
  readonly wiki: boolean;
  readonly lfs: boolean;
  /** Heads of pull requests, of forks too. */
  readonly pullRefs: boolean;
  readonly issues: boolean;
  readonly releases: boolean;
};

export type BringRequest = {
  readonly client: GitHubClient;
  readonly owner: Owner;
  readonly repository: ListedRepository;
  readonly record: RepositoryRecord;
  /** All that is of the source lies below it. */
  readonly root: string;
  /** What the folders of the repository are called before the suffix. */
  readonly folder: string;
  readonly parts: Parts;
  /** When the list was sent in which the repository stands. */
  readonly sentMs: number;
  /** For processes of Git. */
  readonly slots: Slots;
  readonly nowMs: () => number;
  readonly onProgress: (progress: MirrorProgress) => void;
  /** Of the mirror with that suffix: `.wiki`, or none. */
  readonly repairing: (suffix: string) => Pick<BringMirror, 'inSnapshots' | 'onRepaired'>;
};

export type Brought = {
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[];
  /** Of metadata, by part. */
  readonly unread: readonly MetadataProblem[];
  readonly lost: readonly LostHistory[];
  /** What kept its history from being mirrored; all else was fetched. */
  readonly failure: HoldfastError | null;
};

type Problem = Brought['problems'][number];

/** What is wrong with a history alone, and keeps nothing else of the repository back. */
const ofHistoryAlone: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'GIT_FAILED',
  'GIT_MIRROR_BUSY',
  'GIT_MIRROR_DAMAGED',
  'GIT_REPOSITORY_DAMAGED',
  'GIT_TOO_MANY_REFS',
]);

/** A list is late by less; and what GitHub says of times is whole seconds. */
const settledMs = 2_000;
/** Not every change is told by the list: all is looked at once a day. */
const wholeMs = 24 * 60 * 60_000;

/** Raises what would keep all else of the repository back too. */
export async function bringRepository(request: BringRequest): Promise<Brought> {
  const { record, repository, root, folder, parts, nowMs } = request;
  record.folder ??= folder;
  const outcomes: MirrorOutcome[] = [];
  const isDue = await isMirrorDue(request);
  const failure = isDue ? await failureOf(async () => void outcomes.push(await mirror(request))) : null;
  const wiki = await bringWiki(request);
  if (wiki.outcome !== null) outcomes.push(wiki.outcome);
  const meta = join(root, `${folder}.meta`);
  const { client, owner } = request;
  const metadata = await fetchMetadata({ client, owner, repository, record, meta, parts, nowMs: nowMs() });
  const mayHaveMoved = metadata.releasesChanged || (parts.pullRefs && metadata.pullsChanged);
  if (mayHaveMoved && !isDue) outcomes.push(await mirror(request));
  return {
    problems: [...outcomes.flatMap(({ problems }) => problems), ...wiki.problems],
    unread: metadata.problems,
    lost: outcomes.flatMap(({ lost }) => lost),
    failure,
  };
}

async function failureOf(work: () => Promise<void>): Promise<HoldfastError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof HoldfastError && ofHistoryAlone.has(error.code)) return error;
    throw error;
  }
}

/** No process of Git is started to find out. */
async function isMirrorDue(request: BringRequest): Promise<boolean> {
  const { record, repository, nowMs } = request;
  const { mirrored } = record;
  if (mirrored === null || !mirrored.settled || mirrored.parts !== partsOf(request)) return true;
  if (mirrored.pushedAt !== repository.pushedAt || mirrored.defaultBranch !== repository.defaultBranch) return true;
  return nowMs() - mirrored.atMs >= wholeMs || !(await isThere(join(placeOf(request), 'HEAD')));
}

async function mirror(request: BringRequest): Promise<MirrorOutcome> {
  const { record, repository, root, folder, sentMs, nowMs } = request;
  const outcome = await update(request, '');
  Object.assign(record, await measureMirror(placeOf(request), join(root, `${folder}.meta`)));
  const pushedMs = Date.parse(repository.pushedAt ?? '');
  record.mirrored = {
    pushedAt: repository.pushedAt,
    updatedAt: repository.updatedAt,
    defaultBranch: repository.defaultBranch,
    parts: partsOf(request),
    settled: outcome.problems.length === 0 && !(sentMs - pushedMs < settledMs),
    atMs: nowMs(),
  };
  return outcome;
}

type Wiki = { readonly outcome: MirrorOutcome | null; readonly problems: readonly Problem[] };
const noWiki: Wiki = { outcome: null, problems: [] };

/** Without an outcome where there is none, or nothing hints at a change. */
async function bringWiki(request: BringRequest): Promise<Wiki> {
  const { record, repository, parts, nowMs } = request;
  if (!parts.wiki || !repository.hasWiki) return noWiki;
  const { wiki } = record;
  const isSame = wiki?.updatedAt === repository.updatedAt && wiki.pushedAt === repository.pushedAt;
  if (isSame && nowMs() - wiki.atMs < wholeMs) return noWiki;
  try {
    const outcome = await mirrorWiki(request);
    // What is not whole is looked at again.
    if ((outcome?.problems ?? []).length === 0) {
      record.wiki = { updatedAt: repository.updatedAt, pushedAt: repository.pushedAt, atMs: nowMs() };
    }
    return { outcome, problems: [] };
  } catch (error) {
    if (!(error instanceof HoldfastError) || !error.code.startsWith('GIT_') || error.code === 'GIT_MISSING')
      throw error;
    return { outcome: null, problems: [{ code: error.code, message: `The wiki: ${error.message}` }] };
  }
}

/** Null where there is none: most repositories may have a wiki, and have none. */
async function mirrorWiki(request: BringRequest): Promise<MirrorOutcome | null> {
  const { root, folder } = request;
  const place = join(root, `${folder}.wiki.git`);
  const meta = join(root, `${folder}.meta`, 'wiki');
  if (!(await isThere(place)) && (await hasNoWiki(request))) return null;
  try {
    return await update(request, '.wiki');
  } catch (error) {
    const isNone = error instanceof HoldfastError && error.code === 'GIT_NOT_FOUND';
    if (!isNone || (await isThere(place))) throw error;
    await rmdir(meta).catch(() => undefined);
    return null;
  }
}

async function hasNoWiki({ client, owner, repository }: BringRequest): Promise<boolean> {
  return isAbsent(urlOf(client, owner, repository.name, '.wiki'), await client.gitAccess(), client.signal);
}

function urlOf(client: GitHubClient, owner: Owner, name: string, suffix: string): string {
  return `${client.addresses.web}/${owner.login}/${name}${suffix}.git`;
}

function update(request: BringRequest, suffix: string): Promise<MirrorOutcome> {
  return request.slots.hold(async () => {
    const bringing = await mirrorOf({ ...request, name: request.repository.name }, suffix);
    const head = suffix === '' ? request.repository.defaultBranch : null;
    return bringMirror({ ...bringing, head, url: bringing.url });
  });
}

export type MirrorOf = Pick<
  BringRequest,
  'client' | 'owner' | 'root' | 'folder' | 'parts' | 'nowMs' | 'onProgress' | 'repairing'
> & {
  /** What the repository is called. */
  readonly name: string;
};

/** `suffix`: `.wiki` for the wiki. */
export async function mirrorOf(of: MirrorOf, suffix: string): Promise<BringMirror & { readonly url: string }> {
  const { client, owner, root, folder, parts, nowMs, onProgress, repairing, name } = of;
  return {
    folder: join(root, `${folder}${suffix}.git`),
    meta: join(root, metaOf(`${folder}${suffix}.git`)),
    work: join(root, workFolder),
    url: urlOf(client, owner, name, suffix),
    access: await client.gitAccess(),
    pullRefs: parts.pullRefs && suffix === '',
    lfs: parts.lfs && suffix === '',
    signal: client.signal,
    nowMs,
    onProgress,
    ...repairing(suffix),
  };
}

function placeOf({ root, folder }: BringRequest): string {
  return join(root, `${folder}.git`);
}

function partsOf({ parts }: BringRequest): string {
  return [parts.lfs ? 'lfs' : '', parts.pullRefs ? 'pulls' : ''].filter((part) => part !== '').join('+');
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
