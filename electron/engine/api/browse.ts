/** Quick looks at snapshots: from the catalog, and through threads that keep a repository open. */
import type { Caller, RepositoryAccess, RunStatus } from '../../../shared/contract/common.ts';
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import { systemIdSchema } from '../../../shared/contract/systems.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { lastDays } from '../../../shared/model/days.ts';
import type { HeldSnapshot } from '../catalog/browse.ts';
import { processIdentity } from '../platform/identity.ts';
import { displayRaw, rawFromDisplay, type RawPath } from '../platform/raw-path.ts';
import { readConsistency, readFact } from '../repository/format/snapshot.ts';
import { readLabels } from '../repository/format/snapshot-labels.ts';
import type { Repository } from '../repository/repository.ts';
import { loadNamedSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import { probeFolders } from '../sources/folder/probe.ts';
import { listMachineFolders } from '../sources/folder/machine-folders.ts';
import { openAccess } from './access.ts';
import { caseOfSource } from '../../../shared/model/hold-cases.ts';
import { holdByCase, presentHold } from './holds.ts';
import { handlers, type CallContext } from './context.ts';
import { streamAnswer } from './stream-job.ts';

/** Of one picture; nobody can tell more of them apart. */
const timelinePoints = 10_000;

export const browseHandlers = {
  snapshots: handlers.browse.snapshots.handler(async ({ input, context }) => {
    const { repository: access, after, ...query } = input;
    const repository = await open(context, access);
    const { snapshots, total } = await context.catalog.read('browse.page', context.caller, {
      repository: repository.config.id,
      ...sourceOf(query),
      limit: query.limit,
      ...(after !== undefined && { before: readPosition(after) }),
    });
    const last = snapshots.length < query.limit ? undefined : snapshots.at(-1);
    return {
      snapshots: await withCases(context, snapshots.map(present)),
      cursor: last === undefined ? null : String(last.position),
      total,
    };
  }),
  snapshot: handlers.browse.snapshot.handler(async ({ input, context }) => {
    const repository = await open(context, input.repository);
    const { known } = await findSnapshot(context, repository, input.snapshot);
    return (await withCases(context, [known]))[0] ?? known;
  }),
  timeline: handlers.browse.timeline.handler(async ({ input, context }) => {
    const repository = await open(context, input.repository);
    // Who looks at this picture opens one of the snapshots in it.
    context.browsers.prepare(repository);
    const { takenAtMs, statuses, ...columns } = await context.catalog.read('browse.timeline', context.caller, {
      repository: repository.config.id,
      ...sourceOf(input),
      limit: timelinePoints,
    });
    return {
      ...columns,
      takenAt: takenAtMs.map((at) => Math.floor(at / 1000)),
      statuses: statuses.map(statusOf),
    };
  }),
  folder: handlers.browse.folder.handler(async ({ input, context, signal }) => {
    const repository = await open(context, input.repository);
    const { known, tree, newest } = await findSnapshot(context, repository, input.snapshot);
    const path = normalise(rawFromDisplay(input.path));
    const { sort, descending, filter, foldersOnly, from, limit } = input;
    const against = newest.snapshot === known.id ? 'newest' : newest.tree;
    const part = await context.browsers.page(
      repository,
      {
        tree,
        path,
        from,
        limit,
        view: { sort, descending, filter, foldersOnly },
        against: input.compare ? against : null,
      },
      signal,
    );
    return { path: displayRaw(path), snapshot: known.id, takenAt: known.takenAt, source: known.source, ...part };
  }),
  days: handlers.browse.days.handler(async ({ input, context }) => {
    const span = lastDays(Date.now(), input.days, input.zone);
    if (span === null) throw new HoldfastError('BAD_USAGE', `There is no time zone called ${input.zone}.`);
    const { hostname } = processIdentity();
    const query = { keys: input.sources, bounds: span.bounds, ownHostname: hostname };
    return { first: span.first, sources: await context.catalog.read('browse.days', context.caller, query) };
  }),
  machineFolders: handlers.browse.machineFolders.handler(async ({ input, context: { bounds }, signal }) => {
    const given = await bounds.givenFolders();
    if (given === null) return listMachineFolders(input.path, signal);
    const path = input.path ?? given[0] ?? '/';
    await bounds.shownFolders([path]);
    const { parent, ...seen } = await listMachineFolders(path, signal);
    const mayGoUp =
      parent !== null &&
      (await bounds
        .shownFolders([parent])
        .then(() => true)
        .catch(() => false));
    const places = given.map((folder) => ({ name: folder, path: folder, freeBytes: null }));
    return { ...seen, parent: mayGoUp ? parent : null, places };
  }),
  probe: handlers.browse.probe.handler(async function* ({ input, context, signal }) {
    await context.bounds.shownFolders(input.paths);
    const answer = streamAnswer(signal, (voice) =>
      probeFolders({
        ...input,
        neverRead: [context.home],
        signal: voice.signal,
        onProgress: (progress) => voice.onProgress(progress),
      }),
    );
    for await (const event of answer) if (event.type === 'progress' || event.type === 'done') yield event;
  }),
};

/** The one place that knows how a repository is reached. */
async function open(context: CallContext, access: RepositoryAccess): Promise<Repository> {
  return openAccess(context, access);
}

function sourceOf({ source, hostname }: { source?: string | undefined; hostname?: string | undefined }): {
  source?: string;
  hostname?: string;
} {
  return { ...(source !== undefined && { source }), ...(hostname !== undefined && { hostname }) };
}

function readPosition(cursor: string): number {
  const position = Number(cursor);
  if (/^\d{1,16}$/.test(cursor) && Number.isSafeInteger(position)) return position;
  throw new HoldfastError('BAD_USAGE', 'The place to go on at is none that was given out.');
}

type FoundSnapshot = {
  readonly known: KnownSnapshot;
  readonly tree: string;
  readonly newest: { readonly snapshot: string; readonly tree: string };
};

/** One that was taken a moment ago, or by another program, is not in the catalog yet. SNAPSHOT_NOT_FOUND. */
async function findSnapshot(context: CallContext, repository: Repository, id: string): Promise<FoundSnapshot> {
  const { catalog, caller } = context;
  const query = { repository: repository.config.id, snapshot: id };
  const found = await catalog.read('browse.one', caller, query);
  if (found !== null) return { known: present(found.own), tree: found.own.tree, newest: found.newest };
  const { snapshots, unreadable } = await loadNamedSnapshots(repository, [id]);
  const [stored] = snapshots;
  const [issue] = unreadable;
  if (issue !== undefined) throw new HoldfastError(issue.code, issue.message);
  if (stored === undefined || !isOwn(stored, caller))
    throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${id}.`);
  const known = presentStored(stored);
  const { source, hostname } = known;
  const newest = await catalog.read('browse.newest', caller, { repository: query.repository, source, hostname });
  const own = { snapshot: id, tree: stored.file.tree };
  const isNewest = newest === null || newest.takenAtMs < stored.takenAtMs;
  return { known, tree: own.tree, newest: isNewest ? own : newest };
}

function isOwn({ file }: StoredSnapshot, { tenant }: Caller): boolean {
  return readFact(file.tags, 'kind') !== 'configuration' && (readFact(file.tags, 'tenant') ?? tenant) === tenant;
}

/** A case holds all snapshots of its sources, without a hold for each. */
async function withCases({ catalog, caller, nowMs }: CallContext, all: KnownSnapshot[]): Promise<KnownSnapshot[]> {
  const cases = await catalog.read('holdCases.list', caller, null);
  if (cases.length === 0) return all;
  return all.map((known) => {
    const one = known.hold === null ? caseOfSource(cases, known.source, nowMs()) : null;
    return one === null ? known : { ...known, hold: holdByCase(known.id, one) };
  });
}

function present(known: HeldSnapshot): KnownSnapshot {
  const { snapshot, source, hostname, takenAtMs, status, actor, files, bytes, hold, state, problem } = known;
  const { consistency, consistencyProblem, system } = known;
  return {
    id: snapshot,
    source,
    hostname,
    takenAt: isoTime(takenAtMs),
    status: statusOf(status),
    actor,
    files,
    bytes,
    consistency,
    consistencyProblem,
    hold: hold === null ? null : presentHold(hold),
    system: systemOf(system),
    state,
    problem,
  };
}

function presentStored({ id, source, file, takenAtMs }: StoredSnapshot): KnownSnapshot {
  return {
    id,
    source,
    hostname: file.hostname ?? '',
    takenAt: isoTime(takenAtMs),
    status: statusOf(readFact(file.tags, 'status') ?? 'unknown'),
    actor: readFact(file.tags, 'actor') ?? file.username ?? '',
    files: file.summary?.total_files_processed ?? null,
    bytes: file.summary?.total_bytes_processed ?? null,
    ...readConsistency(file.tags),
    hold: null,
    system: systemOf(readLabels(file.tags)?.system ?? null),
    state: 'listed',
    problem: null,
  };
}

/** Whoever writes to a repository can state anything in it. */
function systemOf(label: string | null): string | null {
  return systemIdSchema.safeParse(label).data ?? null;
}

const statuses: ReadonlySet<string> = new Set<RunStatus>(['complete', 'completeWithExceptions', 'partial', 'pending']);

function statusOf(status: string): KnownSnapshot['status'] {
  return statuses.has(status) ? (status as RunStatus) : 'unknown';
}

/** Absolute, single slashes, none at the end. */
function normalise(path: RawPath): RawPath {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return `/${names.join('/')}`;
}

/** A forged time may lie beyond all calendars. */
function isoTime(milliseconds: number): string {
  const latest = 8.64e15;
  return new Date(Math.max(-latest, Math.min(latest, milliseconds))).toISOString();
}
