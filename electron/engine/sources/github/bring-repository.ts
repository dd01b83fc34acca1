/** One repository brought up to date: its mirror where something was pushed, its wiki, and what GitHub knows of it. */
import { rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { LostHistory } from '../git/lost-history.ts';
import { updateMirror, type MirrorOutcome } from '../git/mirror.ts';
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
};

export type Brought = {
  readonly problems: readonly { readonly code: ErrorCode; readonly message: string }[];
  /** Of metadata, by part. */
  readonly unread: readonly MetadataProblem[];
  readonly lost: readonly LostHistory[];
};

/** A list is late by less; and what GitHub says of times is whole seconds. */
const settledMs = 2_000;
/** Not every change is told by the list: all is looked at once a day. */
const wholeMs = 24 * 60 * 60_000;

/** Raises what keeps the repository itself from being mirrored. */
export async function bringRepository(request: BringRequest): Promise<Brought> {
  const { record, repository, root, folder, parts, nowMs } = request;
  record.folder ??= folder;
  const outcomes: MirrorOutcome[] = [];
  const isDue = await isMirrorDue(request);
  if (isDue) outcomes.push(await mirror(request));
  const wiki = await bringWiki(request);
  if (wiki !== null) outcomes.push(wiki);
  const meta = join(root, `${folder}.meta`);
  const { client, owner } = request;
  const metadata = await fetchMetadata({ client, owner, repository, record, meta, parts, nowMs: nowMs() });
  const mayHaveMoved = metadata.releasesChanged || (parts.pullRefs && metadata.pullsChanged);
  if (mayHaveMoved && !isDue) outcomes.push(await mirror(request));
  return {
    problems: outcomes.flatMap(({ problems }) => problems),
    unread: metadata.problems,
    lost: outcomes.flatMap(({ lost }) => lost),
  };
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
  const meta = join(root, `${folder}.meta`);
  const outcome = await update(request, '', placeOf(request), meta);
  Object.assign(record, await measureMirror(placeOf(request), meta));
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

/** Null where there is none, or nothing hints at a change. */
async function bringWiki(request: BringRequest): Promise<MirrorOutcome | null> {
  const { record, repository, root, folder, parts, nowMs } = request;
  if (!parts.wiki || !repository.hasWiki) return null;
  const { wiki } = record;
  const isSame = wiki?.updatedAt === repository.updatedAt && wiki.pushedAt === repository.pushedAt;
  if (isSame && nowMs() - wiki.atMs < wholeMs) return null;
  const place = join(root, `${folder}.wiki.git`);
  const meta = join(root, `${folder}.meta`, 'wiki');
  let outcome: MirrorOutcome | null = null;
  try {
    outcome = await update(request, '.wiki', place, meta);
  } catch (error) {
    // Most repositories may have a wiki, and have none.
    const isAbsent = error instanceof HoldfastError && error.code === 'GIT_NOT_FOUND';
    if (!isAbsent || (await isThere(place))) throw error;
    await rmdir(meta).catch(() => undefined);
  }
  record.wiki = { updatedAt: repository.updatedAt, pushedAt: repository.pushedAt, atMs: nowMs() };
  return outcome;
}

function update(request: BringRequest, suffix: string, folder: string, meta: string): Promise<MirrorOutcome> {
  const { client, owner, repository, root, parts, slots, nowMs, onProgress } = request;
  return slots.hold(async () =>
    updateMirror({
      folder,
      meta,
      work: join(root, workFolder),
      url: `${client.addresses.web}/${owner.login}/${repository.name}${suffix}.git`,
      access: await client.gitAccess(),
      pullRefs: parts.pullRefs && suffix === '',
      lfs: parts.lfs && suffix === '',
      head: suffix === '' ? repository.defaultBranch : null,
      signal: client.signal,
      nowMs,
      onProgress,
    }),
  );
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
