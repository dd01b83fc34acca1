/** Keeping the catalog in step with a repository: what is new is taken in, what is gone is forgotten. */
import type { Caller, Issue, Progress } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { FoundSnapshot } from '../catalog/snapshots.ts';
import type { IndexScope } from '../catalog/versions.ts';
import { readLabels } from '../repository/format/snapshot-labels.ts';
import { readConsistency, readFact } from '../repository/format/snapshot.ts';
import { configHandle } from '../repository/backend/backend.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import { ReadPool } from '../repository/read-pool.ts';
import type { Repository } from '../repository/repository.ts';
import { loadNamedSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import type { IndexNews } from './index-protocol.ts';
import { IndexThread } from './index-thread.ts';

export type UpdateRequest = {
  readonly catalog: Catalog;
  readonly repository: Repository;
  readonly caller: Caller;
  /** Takes in only the snapshots of this source; all are listed in any case. */
  readonly source?: { readonly name: string; readonly hostname?: string };
  /** Takes in nothing where more snapshots than this are waiting: there is no time for them now. */
  readonly atMost?: number;
  /** Tries again what could not be read before. */
  readonly retry?: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  /** Says, before it begins, how many snapshots will be taken in; not called where there is nothing to do. */
  readonly onBegin?: (snapshots: number) => void;
};

export type UpdateResult = {
  /** Snapshots that were new, forgotten, and taken in by this run. */
  readonly listed: number;
  readonly forgotten: number;
  readonly indexed: number;
  /** Entries of folders that were held against each other. */
  readonly entries: number;
};

/**
 * Resolves when every readable snapshot is in the catalog. What was done before a cancel or a kill stays; the next call
 * goes on there. Runs for one repository wait for each other.
 */
export async function bringUpToDate(request: UpdateRequest): Promise<UpdateResult> {
  return inTurn(request.catalog, request.repository.config.id, () => update(request));
}

/** Only takes down which snapshots there are, which is quick; what is in them is taken in by `bringUpToDate`. */
export async function noteSnapshots(request: UpdateRequest): Promise<void> {
  const { catalog, repository, caller } = request;
  await inTurn(catalog, repository.config.id, async () => {
    await catalog.write('repositories.see', caller, {
      repository: repository.config.id,
      location: repository.backend.location,
    });
    await list(request);
  });
}

/** Forgets all that the catalog holds of the repository, so that the next update begins anew. */
export async function forgetRepository(request: UpdateRequest): Promise<void> {
  const { catalog, repository, caller } = request;
  const { id } = repository.config;
  await inTurn(catalog, id, async () => {
    const { gone } = await catalog.read('snapshots.compare', caller, { repository: id, present: [] });
    // Oldest last: what is left is then always a run of snapshots up to the newest.
    for (let at = 0; at < gone.length; at += forgottenAtOnce) {
      request.signal.throwIfAborted();
      const part = gone.slice(at, at + forgottenAtOnce);
      await catalog.write('snapshots.forget', caller, { repository: id, gone: part });
      say(request, 'Forgetting', Math.min(gone.length, at + forgottenAtOnce), gone.length, null, 0);
    }
  });
}

const forgottenAtOnce = 16;
const addedAtOnce = 200;
/** Who wrote the snapshot may have been anybody. */
const longestSuspicion = 1000;

const turns = new WeakMap<Catalog, Map<string, Promise<unknown>>>();

async function inTurn<Result>(catalog: Catalog, repository: string, work: () => Promise<Result>): Promise<Result> {
  const waiting = turns.get(catalog) ?? new Map<string, Promise<unknown>>();
  turns.set(catalog, waiting);
  const before = waiting.get(repository) ?? Promise.resolve();
  const mine = before.then(work, work);
  waiting.set(repository, mine);
  return mine.finally(() => {
    if (waiting.get(repository) === mine) waiting.delete(repository);
  });
}

async function update(request: UpdateRequest): Promise<UpdateResult> {
  const { catalog, repository, caller, source, signal } = request;
  const { id } = repository.config;
  signal.throwIfAborted();
  await catalog.write('repositories.see', caller, { repository: id, location: repository.backend.location });
  for (const notice of catalog.takeNotices()) request.onNotice(notice);
  const { listed, forgotten } = await list(request);
  if (request.retry === true) await catalog.write('snapshots.retry', caller, { repository: id });
  const scope: IndexScope = {
    repository: id,
    ...(source?.name !== undefined && { source: source.name }),
    ...(source?.hostname !== undefined && { hostname: source.hostname }),
  };
  const counts = await catalog.read('snapshots.counts', caller, scope);
  const waiting = counts.listed + counts.indexing;
  if (waiting === 0 || waiting > (request.atMost ?? waiting)) return { listed, forgotten, indexed: 0, entries: 0 };
  request.onBegin?.(waiting);
  return { listed, forgotten, ...(await index(request, scope, waiting)) };
}

/** Takes down which snapshots there are. Ones that were known are not read again. */
async function list(request: UpdateRequest): Promise<Pick<UpdateResult, 'listed' | 'forgotten'>> {
  const { catalog, repository, caller, signal } = request;
  const { id } = repository.config;
  const present = (await repository.backend.list('snapshots')).map(({ name }) => name);
  const { unknown, gone } = await catalog.read('snapshots.compare', caller, { repository: id, present });
  if (gone.length > 0) await mustBeThere(repository);
  for (let at = 0; at < gone.length; at += forgottenAtOnce) {
    signal.throwIfAborted();
    const part = gone.slice(at, at + forgottenAtOnce);
    await catalog.write('snapshots.forget', caller, { repository: id, gone: part });
  }
  let listed = 0;
  for (let at = 0; at < unknown.length; at += addedAtOnce) {
    signal.throwIfAborted();
    const { snapshots, unreadable } = await loadNamedSnapshots(repository, unknown.slice(at, at + addedAtOnce));
    const found: FoundSnapshot[] = [];
    const others: string[] = [];
    for (const snapshot of snapshots) {
      if (isOwn(snapshot, caller)) found.push(describe(snapshot));
      else others.push(snapshot.id);
    }
    await catalog.write('snapshots.add', caller, { repository: id, found, others });
    listed += found.length;
    unreadable.forEach(request.onIssue);
    say(request, 'Listing', Math.min(unknown.length, at + addedAtOnce), unknown.length, null, 0);
  }
  return { listed, forgotten: gone.length };
}

/** Where a disk goes away, little or nothing is listed: that says nothing of snapshots. REPOSITORY_UNREACHABLE. */
async function mustBeThere({ backend }: Repository): Promise<void> {
  try {
    await backend.load(configHandle);
  } catch (error) {
    const what = `There is no repository at ${backend.location} now.`;
    throw new HoldfastError('REPOSITORY_UNREACHABLE', what, { cause: error });
  }
}

/** Data of the caller's tenant; what does not name a tenant, as restic's, belongs to whoever holds the password. */
function isOwn({ file }: StoredSnapshot, { tenant }: Caller): boolean {
  if (readFact(file.tags, 'kind') === 'configuration') return false;
  return (readFact(file.tags, 'tenant') ?? tenant) === tenant;
}

function describe({ id, file, takenAtMs, source }: StoredSnapshot): FoundSnapshot {
  return {
    snapshot: id,
    source,
    hostname: file.hostname ?? '',
    takenAtMs,
    tree: file.tree,
    status: readFact(file.tags, 'status') ?? 'unknown',
    actor: readFact(file.tags, 'actor') ?? file.username ?? '',
    files: file.summary?.total_files_processed ?? null,
    bytes: file.summary?.total_bytes_processed ?? null,
    labels: readLabels(file.tags),
    original: file.original ?? null,
    ...readConsistency(file.tags),
    suspicion: readFact(file.tags, 'suspect')?.slice(0, longestSuspicion) ?? null,
  };
}

async function index(
  request: UpdateRequest,
  scope: IndexScope,
  waiting: number,
): Promise<Pick<UpdateResult, 'indexed' | 'entries'>> {
  const { catalog, repository, caller, signal } = request;
  const catalogPort = await catalog.connect();
  let thread: IndexThread | null = null;
  const start = (table: BlobIndex): IndexThread =>
    (thread ??= new IndexThread({ repository, index: table, catalogPort, caller, scope }));
  try {
    const pool = await ReadPool.open(repository, { keep: true, signal, helper: start });
    try {
      // The threads have filled the index, which is all that is needed of them.
      await pool.endThreads();
      const indexing = start(pool.index);
      const result = await follow(request, pool, indexing, waiting);
      await pool.kept(signal);
      return result;
    } finally {
      await pool.close();
    }
  } finally {
    // What nobody has taken, or ended, would keep the process alive.
    const started = thread as IndexThread | null;
    if (started === null) catalogPort.close();
    else await started.terminate();
  }
}

async function follow(
  request: UpdateRequest,
  pool: ReadPool,
  thread: IndexThread,
  waiting: number,
): Promise<Pick<UpdateResult, 'indexed' | 'entries'>> {
  let indexed = 0;
  let total = waiting;
  let entries = 0;
  let issues = 0;
  const listen = (news: IndexNews): void => {
    switch (news.type) {
      case 'snapshot':
        say(request, 'Indexing', indexed, total, `snapshot ${news.snapshot.slice(0, 8)} of ${news.source}`, issues);
        return;
      case 'progress':
        say(request, 'Indexing', indexed, total, news.currentItem, issues);
        return;
      case 'issue':
        issues += 1;
        request.onIssue(news.issue);
        return;
      case 'refused':
        issues += 1;
        request.onIssue({ path: `snapshots/${news.snapshot}`, code: news.code, message: news.message });
        return;
      case 'indexed':
        indexed += 1;
        total = Math.max(total, indexed);
        entries += news.entries;
    }
  };
  try {
    for (const { error, name } of pool.damagedIndexes)
      request.onIssue({ path: `index/${name}`, code: error.code, message: error.message });
    await thread.run(request.signal, listen);
  } finally {
    await thread.terminate();
  }
  return { indexed, entries };
}

function say(
  { onProgress }: UpdateRequest,
  phase: string,
  doneItems: number,
  totalItems: number,
  currentItem: string | null,
  issues: number,
): void {
  onProgress({ phase, doneItems, totalItems, doneBytes: 0, totalBytes: null, currentItem, issues });
}
