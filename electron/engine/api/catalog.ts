import type { FoundPath, PathVersion, RebuildResult } from '../../../shared/contract/catalog.ts';
import type { Issue } from '../../../shared/contract/common.ts';
import { HoldfastError, throwIfCancelled } from '../../../shared/model/errors.ts';
import type { FoundPath as CatalogPath, SearchPage } from '../catalog/search.ts';
import type { SnapshotTime } from '../catalog/snapshot-times.ts';
import type { PathVersion as CatalogVersion, VersionCursor } from '../catalog/versions.ts';
import { rebuildConfiguration } from '../configuration/save.ts';
import { bringUpToDate, forgetRepository, type UpdateRequest } from '../indexing/bring-up-to-date.ts';
import { displayRaw, rawFromDisplay } from '../platform/raw-path.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess, repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import type { Verdict } from '../jobs/job.ts';
import type { Voice } from '../jobs/voice.ts';
import { streamAnswer, streamJob } from './stream-job.ts';
import { takenInWords } from './take-in.ts';

const pageEntries = 500;
/** What fills a screen comes first. */
const firstEntries = 100;

type Page = { cursor: string | null };
type FoundEvent = { type: 'found'; paths: FoundPath[] };
type VersionsEvent = { type: 'versions'; versions: PathVersion[] };

export const catalogHandlers = {
  find: handlers.catalog.find.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(context, input.repository);
    yield* streamAnswer<Page, FoundEvent>(signal, async (voice) => {
      await catchUp(context, repository, voice, input.source);
      return find(context, repository.config.id, input, voice);
    });
  }),
  versions: handlers.catalog.versions.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(context, input.repository);
    yield* streamAnswer<Page, VersionsEvent>(signal, async (voice) => {
      await catchUp(context, repository, voice, input.source);
      return listVersions(context, repository.config.id, input, voice);
    });
  }),
  rebuild: handlers.catalog.rebuild.handler(async function* ({ input, context, signal }) {
    const use = await repositoryUse(context, input.repository, 'read');
    const job = {
      kind: 'rebuild-catalog',
      title: use.location,
      priority: 'normal' as const,
      repository: use,
      detach: false,
      judge: ({ indexed, unreadable }: RebuildResult): Verdict => ({
        state: unreadable > 0 ? 'partial' : 'done',
        summary: takenInWords(indexed),
      }),
    };
    yield* streamJob({ context, signal }, job, async (voice) => {
      const repository = await openAccess(context, input.repository);
      const startedAt = performance.now();
      const issues: Issue[] = [];
      const onIssue = (issue: Issue): void => {
        issues.push(issue);
        voice.onIssue(issue);
      };
      const request = { ...updateRequest(context, repository, voice), onIssue, retry: true };
      await rebuildConfiguration(context, repository, request.onNotice);
      if (input.fresh) await forgetRepository(request);
      const result = await bringUpToDate(request);
      const id = { repository: repository.config.id };
      const counts = await context.catalog.read('snapshots.counts', context.caller, id);
      const durationMs = performance.now() - startedAt;
      return { ...result, searchable: counts.indexed, unreadable: counts.unreadable, durationMs, issues };
    });
  }),
};

function updateRequest({ catalog, caller }: CallContext, repository: Repository, voice: Voice): UpdateRequest {
  return {
    catalog,
    caller,
    repository,
    signal: voice.signal,
    onProgress: (progress) => voice.onProgress(progress),
    onIssue: (issue) => voice.onIssue(issue),
    onNotice: (text) => voice.onNotice(text),
  };
}

/** An answer from a catalog that lacks snapshots would be a wrong one. */
async function catchUp(
  context: CallContext,
  repository: Repository,
  voice: Voice,
  source: string | undefined,
): Promise<void> {
  if (await isListedOfLate(context, repository)) return;
  await bringUpToDate({
    ...updateRequest(context, repository, voice),
    ...(source !== undefined && { source: { name: source } }),
    onBegin: (count) =>
      voice.onNotice(
        count === 1
          ? 'One snapshot is not in the catalog yet; it is taken in first.'
          : `${count} snapshots are not in the catalog yet; they are taken in first.`,
      ),
  });
  listedAt.set(repository, performance.now());
}

/** When the snapshots of a repository that stays open were last looked through, on the clock that only grows. */
const listedAt = new WeakMap<Repository, number>();
/** What another program has stored or removed may be as old as this before a search in the console knows of it. */
const listingHoldsMs = 30_000;

/**
 * Whoever types a word asks several times, and looking through a hundred thousand snapshots takes seconds. What this
 * engine itself stores or removes is in the catalog at once, listing or not.
 */
async function isListedOfLate({ catalog, caller }: CallContext, repository: Repository): Promise<boolean> {
  const before = listedAt.get(repository);
  if (before === undefined || performance.now() - before > listingHoldsMs) return false;
  const counts = await catalog.read('snapshots.counts', caller, { repository: repository.config.id });
  return counts.listed + counts.indexing === 0;
}

type FindInput = {
  readonly pattern: string;
  readonly source?: string | undefined;
  readonly snapshot?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
};

async function find(
  { catalog, caller }: CallContext,
  repository: string,
  input: FindInput,
  voice: Voice<FoundEvent>,
): Promise<Page> {
  const source = input.source === undefined ? {} : { source: input.source };
  const snapshot =
    input.snapshot === undefined
      ? {}
      : {
          snapshot: await catalog.read('snapshots.resolve', caller, {
            repository,
            reference: input.snapshot,
            ...source,
          }),
        };
  const query = { repository, pattern: input.pattern, ...source, ...snapshot };
  let after: number | null = input.after === undefined ? 0 : readNumber(input.after);
  for (let wanted = input.limit; wanted > 0 && after !== null;) {
    throwIfCancelled(voice.signal);
    const limit = Math.min(wanted, wanted === input.limit ? firstEntries : pageEntries);
    const page: SearchPage = await catalog.read('search.find', caller, { ...query, limit, after });
    if (page.found.length > 0) await voice.say({ type: 'found', paths: page.found.map(presentPath) });
    wanted -= page.found.length;
    after = page.cursor;
  }
  return { cursor: after === null ? null : String(after) };
}

type VersionsInput = {
  readonly path: string;
  readonly source?: string | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
};

async function listVersions(
  { catalog, caller }: CallContext,
  repository: string,
  input: VersionsInput,
  voice: Voice<VersionsEvent>,
): Promise<Page> {
  const source = input.source === undefined ? {} : { source: input.source };
  const query = { repository, path: rawFromDisplay(input.path), ...source };
  let after = input.after === undefined ? null : readCursor(input.after);
  for (let wanted = input.limit; wanted > 0;) {
    throwIfCancelled(voice.signal);
    const limit = Math.min(wanted, pageEntries);
    const page = await catalog.read('versions.ofPath', caller, { ...query, limit, ...(after !== null && { after }) });
    if (page.length > 0) await voice.say({ type: 'versions', versions: page.map(presentVersion) });
    if (page.length < limit) return { cursor: null };
    wanted -= page.length;
    after = page.at(-1)?.cursor ?? null;
  }
  return { cursor: after === null ? null : `${after.source}-${after.first}` };
}

function readNumber(text: string): number {
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new HoldfastError('BAD_USAGE', 'The place to go on at is none that was given out.');
}

function readCursor(text: string): VersionCursor {
  const [source = '', first = ''] = text.split('-');
  return { source: readNumber(source), first: readNumber(first) };
}

function presentPath({ path, mtime, first, last, ...rest }: CatalogPath): FoundPath {
  return {
    path: displayRaw(path),
    ...rest,
    modifiedAt: isoTime(mtime),
    first: presentTime(first),
    last: presentTime(last),
  };
}

function presentVersion({ mtime, first, last, cursor: _cursor, ...rest }: CatalogVersion): PathVersion {
  return { ...rest, modifiedAt: isoTime(mtime), first: presentTime(first), last: presentTime(last) };
}

function presentTime({ snapshot, takenAtMs }: SnapshotTime): FoundPath['first'] {
  return { id: snapshot, takenAt: isoTime(takenAtMs * 1000) };
}

/** A forged time may lie beyond all calendars. */
function isoTime(microseconds: number): string {
  const latest = 8.64e15;
  return new Date(Math.max(-latest, Math.min(latest, Math.floor(microseconds / 1000)))).toISOString();
}
