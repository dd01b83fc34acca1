/**
 * What GitHub knows of a repository beside its Git history, as files of JSON next to the mirror. What was changed is asked
 * for and put in; what was deleted there stays, since no list tells of it.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import { type GitHubClient } from './client.ts';
import { GitHubFailure } from './failures.ts';
import { keepFile, mergeLines } from './kept-files.ts';
import { pathTo, read, settingsIn, type ListedRepository, type Owner } from './listing.ts';
import { changedSince, heldPages, newestFirst, type Batch } from './lists.ts';
import { fetchReleases } from './releases.ts';
import { stableLine, stableText, tidy } from './stable-json.ts';
import { type Cursor, type RepositoryRecord } from './state.ts';

export type MetadataRequest = {
  readonly client: GitHubClient;
  readonly owner: Owner;
  readonly repository: ListedRepository;
  /** Brought up to date step by step, each after its files are. */
  readonly record: RepositoryRecord;
  /** `…/<name>.meta` */
  readonly meta: string;
  readonly parts: { readonly issues: boolean; readonly releases: boolean };
  readonly nowMs: number;
};

export type MetadataOutcome = {
  /** Whether pull requests or releases changed, for which the refs have to be looked at. */
  readonly pullsChanged: boolean;
  readonly releasesChanged: boolean;
  readonly problems: readonly MetadataProblem[];
};

export type MetadataProblem = {
  readonly part: 'settings' | 'issues' | 'pulls' | 'releases' | 'protection';
  readonly code: ErrorCode;
  readonly message: string;
  /** The permission that is missing, where that is the problem. */
  readonly permission: string | null;
};

/** Nothing tells that labels, milestones or the protection of a branch have changed: they are looked at once a day. */
const slowPartsMs = 24 * 60 * 60_000;
/** Lines are put into their file before there are more of them in memory. */
const heldCharacters = 32 * 1024 * 1024;
const reviewsAtOnce = 50;

const namedSchema = z.array(z.looseObject({ name: z.string().max(1000) }));
const numberedSchema = z.looseObject({ id: z.number() });

/** Raises only what ends the whole run; what else fails is a problem of its part, and the other parts go on. */
export async function fetchMetadata(request: MetadataRequest): Promise<MetadataOutcome> {
  const { record, parts, nowMs, repository } = request;
  const problems: MetadataProblem[] = [];
  const isSlowDue = record.slowPartsAtMs === null || nowMs - record.slowPartsAtMs >= slowPartsMs;
  const of = parts.issues ? '' : '/listed';
  const row = `${repository.updatedAt}/${repository.defaultBranch}${of}`;
  const isChanged = record.settingsOf !== row;
  const attempt = async <Value>(part: MetadataProblem['part'], other: Value, work: () => Promise<Value>) => {
    try {
      return await work();
    } catch (error) {
      problems.push(problemOf(part, error));
      return other;
    }
  };
  if (!parts.issues) {
    if (isChanged) await attempt('settings', undefined, () => keepListedSettings(request));
  } else if (isChanged || isSlowDue) {
    await attempt('settings', undefined, () => fetchSettings(request));
    await attempt('protection', undefined, () => fetchProtection(request));
  }
  const issuesChanged = parts.issues && (await attempt('issues', false, () => fetchIssues(request, isSlowDue)));
  const pullsChanged = parts.issues && (await attempt('pulls', false, () => fetchPulls(request, issuesChanged)));
  const releasesChanged =
    parts.releases && (await attempt('releases', false, () => fetchReleases(request, isSlowDue || isChanged)));
  if (problems.length === 0) {
    record.settingsOf = row;
    if (isSlowDue) record.slowPartsAtMs = nowMs;
  }
  return { pullsChanged, releasesChanged, problems };
}

/** Whoever wants the history alone is not worth a request: the list has most of it. */
async function keepListedSettings({ repository, meta }: MetadataRequest): Promise<void> {
  if (repository.settings !== null) await keepFile(join(meta, 'repository.json'), repository.settings);
}

async function fetchSettings(request: MetadataRequest): Promise<void> {
  const { client, repository, meta } = request;
  const { data } = await client.fetch(pathTo(request));
  if (read(numberedSchema, data, 'a repository').id !== repository.id) {
    throw new HoldfastError('GITHUB_ANSWER_INVALID', 'Another repository has taken the name while it was fetched.');
  }
  await keepFile(join(meta, 'repository.json'), settingsIn(data));
}

/** With an answer for each branch that is protected; a plan without protection has none. */
async function fetchProtection(request: MetadataRequest): Promise<void> {
  const { client, meta } = request;
  const branches: [name: string, protection: unknown][] = [];
  for await (const page of heldPages(client, `${pathTo(request, 'branches')}?protected=true`)) {
    for (const { name } of read(namedSchema, page?.data ?? [], 'a list of branches')) {
      branches.push([name, await protectionOf(client, pathTo(request, 'branches'), name)]);
    }
  }
  await keepFile(join(meta, 'protection.json'), stableText(tidy({ branches: Object.fromEntries(branches) })));
}

async function protectionOf(client: GitHubClient, path: string, branch: string): Promise<unknown> {
  try {
    return (await client.fetch(`${path}/${encodeURIComponent(branch)}/protection`)).data;
  } catch (error) {
    const isNone = error instanceof GitHubFailure && error.code === 'GITHUB_NOT_FOUND';
    // GitHub says so where the plan has no such thing.
    const isUnavailable = error instanceof GitHubFailure && /\bupgrade to github\b/i.test(error.message);
    if (isNone || isUnavailable) return null;
    throw error;
  }
}

/** Whether any issue or pull request changed. */
async function fetchIssues(request: MetadataRequest, isSlowDue: boolean): Promise<boolean> {
  const { client, repository, record, meta } = request;
  if (isSlowDue) {
    await keepList(request, 'labels', 'labels.json');
    await keepList(request, 'milestones?state=all', 'milestones.json');
  }
  if (!repository.hasIssues) return false;
  const changes = changedSince(client, `${pathTo(request, 'issues')}?state=all`, record.cursors['issues']);
  const { changed, cursor } = await keepChanges(changes, join(meta, 'issues.jsonl'), 'number');
  if (changed.length > 0) {
    record.pending = { ...record.pending, comments: true, pulls: true };
    if (!isSlowDue) {
      await keepList(request, 'labels', 'labels.json');
      await keepList(request, 'milestones?state=all', 'milestones.json');
    }
  }
  record.cursors = { ...record.cursors, issues: cursor };
  if (record.pending.comments) {
    await fetchComments(request, 'issues/comments', 'comments.jsonl');
    record.pending = { ...record.pending, comments: false };
  }
  return changed.length > 0;
}

/** Where there are issues they tell of pull requests too; else the list of those is looked at itself. */
async function fetchPulls(request: MetadataRequest, issuesChanged: boolean): Promise<boolean> {
  const { client, repository, record, meta } = request;
  const isDue = issuesChanged || record.pending.pulls || !repository.hasIssues;
  let pullsChanged = false;
  if (isDue) {
    const list = newestFirst(
      client,
      `${pathTo(request, 'pulls')}?state=all&sort=updated&direction=desc`,
      record.cursors['pulls'],
    );
    const { changed, cursor } = await keepChanges(list, join(meta, 'pulls.jsonl'), 'number');
    pullsChanged = changed.length > 0;
    const reviews = [...new Set([...record.pending.reviews, ...changed])].sort((a, b) => a - b);
    if (pullsChanged) await fetchComments(request, 'pulls/comments', 'review-comments.jsonl');
    record.cursors = { ...record.cursors, pulls: cursor };
    record.pending = { ...record.pending, pulls: false, reviews };
  }
  await fetchReviews(request);
  return pullsChanged;
}

/** Of each pull request by itself: there is no list of them all. */
async function fetchReviews(request: MetadataRequest): Promise<void> {
  const { client, record, meta } = request;
  for (let { reviews } = record.pending; reviews.length > 0; { reviews } = record.pending) {
    const lines = new Map<number, string>();
    let [done, held] = [0, 0];
    for (const number of reviews.slice(0, reviewsAtOnce)) {
      for await (const page of heldPages(client, pathTo(request, 'pulls', String(number), 'reviews'))) {
        const items = read(z.array(z.looseObject({})), page?.data ?? [], 'a list of reviews');
        held += takeLines(lines, items, 'id', { pull: number });
      }
      done += 1;
      if (held >= heldCharacters) break;
    }
    await mergeLines(join(meta, 'reviews.jsonl'), lines);
    record.pending = { ...record.pending, reviews: reviews.slice(done) };
  }
}

async function fetchComments(request: MetadataRequest, path: string, file: string): Promise<void> {
  const { client, record, meta } = request;
  const changes = changedSince(client, pathTo(request, path), record.cursors[path]);
  const { cursor } = await keepChanges(changes, join(meta, file), 'id', (item) => ({ on: numberOfIssue(item) }));
  record.cursors = { ...record.cursors, [path]: cursor };
}

/** A short list as a whole. */
async function keepList(request: MetadataRequest, path: string, file: string): Promise<void> {
  const items: unknown[] = [];
  for await (const page of heldPages(request.client, pathTo(request, path))) {
    items.push(...read(z.array(z.looseObject({ id: z.number() })), page?.data ?? [], 'a list'));
  }
  const sorted = (items as { id: number }[]).sort((a, b) => a.id - b.id);
  await keepFile(join(request.meta, file), stableText(tidy(sorted)));
}

type Item = Batch[number];

async function keepChanges(
  batches: AsyncGenerator<Batch, Cursor>,
  file: string,
  key: 'number' | 'id',
  more: (item: Item) => Readonly<Record<string, unknown>> = () => ({}),
): Promise<{ readonly changed: readonly number[]; readonly cursor: Cursor }> {
  const changed: number[] = [];
  let lines = new Map<number, string>();
  let held = 0;
  for (let next = await batches.next(); ; next = await batches.next()) {
    if (next.done === true) {
      changed.push(...(await mergeLines(file, lines)));
      return { changed, cursor: next.value };
    }
    for (const item of next.value) held += takeLines(lines, [item], key, more(item));
    if (held < heldCharacters) continue;
    changed.push(...(await mergeLines(file, lines)));
    lines = new Map();
    held = 0;
  }
}

/** The length of the lines. */
function takeLines(
  lines: Map<number, string>,
  items: readonly Readonly<Record<string, unknown>>[],
  key: 'number' | 'id',
  more: Readonly<Record<string, unknown>>,
): number {
  let length = 0;
  for (const item of items) {
    const number = item[key];
    if (typeof number !== 'number' || !Number.isSafeInteger(number)) continue;
    const line = stableLine(tidy({ ...item, ...more }), key);
    lines.set(number, line);
    length += line.length;
  }
  return length;
}

function numberOfIssue(item: Item): number | null {
  const address = item['issue_url'] ?? item['pull_request_url'];
  const [, number] = /\/(\d+)$/.exec(typeof address === 'string' ? address : '') ?? [];
  return number === undefined ? null : Number(number);
}

/** What ends the run is thrown on. */
function problemOf(part: MetadataProblem['part'], error: unknown): MetadataProblem {
  const failure = toHoldfastError(error);
  const { code, message } = failure;
  if (code === 'CANCELLED' || code === 'GITHUB_REFUSED' || code === 'GITHUB_LIMITED' || code === 'NO_SPACE')
    throw failure;
  return { part, code, message, permission: failure instanceof GitHubFailure ? failure.permission : null };
}
