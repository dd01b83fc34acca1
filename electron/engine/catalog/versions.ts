/** The versions of every path: written snapshot by snapshot from what differs, read path by path. */
import { randomInt } from 'node:crypto';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import { typeOf, type Content, type NodeType } from './content.ts';
import {
  neighboursOf,
  placeOf,
  snapshotColumns,
  undoHalfIndexed,
  undoIndexing,
  type Neighbour,
  type SnapshotRow,
} from './indexing-state.ts';
import { addVersion, assignVersion, type Place } from './intervals.ts';
import type { Scope } from './operations.ts';
import { findPath, mergeNames, pathBelow, rootOf } from './path-rows.ts';
import { repositoryRow } from './snapshots.ts';
import { SnapshotTimes, type SnapshotTime } from './snapshot-times.ts';
import { contentAt, entryGone, entryKept, rootHandle, type VersionBatch } from './version-batch.ts';

/** A snapshot that is to be taken in: what it has is to be held against its neighbours. */
export type IndexJob = {
  /** Stands for the job in all further calls. */
  readonly job: number;
  readonly snapshot: string;
  readonly source: string;
  readonly hostname: string;
  readonly tree: string;
  readonly previous: Neighbour | null;
  readonly next: Neighbour | null;
};

/** Which snapshots are meant. */
export type IndexScope = { readonly repository: string; readonly source?: string; readonly hostname?: string };

export type PathVersion = {
  readonly source: string;
  readonly hostname: string;
  readonly type: NodeType;
  readonly size: number;
  /** Microseconds since 1970. */
  readonly mtime: number;
  /** See content.ts; hexadecimal. */
  readonly digest: string | null;
  readonly first: SnapshotTime;
  readonly last: SnapshotTime;
  /** Snapshots that have it. */
  readonly snapshots: number;
  /** Whether the newest snapshot of the source has it. */
  readonly current: boolean;
  /** Where the next page begins. */
  readonly cursor: VersionCursor;
};

export type VersionCursor = { readonly source: number; readonly first: number };

/** A job under way, in the memory of the writer: when that is lost, the job is begun again. */
type Session = {
  readonly row: SnapshotRow;
  readonly place: Place;
  readonly attempt: number;
  /** Rows of folders by handle; the row is negative where it was made by this job, 0 where there is none. */
  readonly folders: Map<number, number>;
};

const sessions = new Map<number, Session>();
const stepEntries = 16;

export const versions = {
  writes: {
    /** The next snapshot to take in: one that was left half done, else the newest. Null when there is none. */
    *begin(scope: Scope, input: IndexScope): Generator<void, IndexJob | null, void> {
      const row = nextRow(scope, input);
      if (row === null) return null;
      yield* undoHalfIndexed(scope, row.source, row.id);
      scope.sql("UPDATE snapshots SET state = 'indexing', attempt = attempt + 1 WHERE id = ?").run(row.id);
      const neighbours = neighboursOf(scope, row);
      const attempt = attemptOf(scope, row);
      const root = rootOf(scope, row.source);
      const job = randomInt(2 ** 47);
      const folders = new Map([[rootHandle, root.isNew ? -root.id : root.id]]);
      sessions.set(job, { row, place: placeOf(row, neighbours), attempt, folders });
      return { job, snapshot: row.snapshot, source: row.name, hostname: row.hostname, tree: row.tree, ...neighbours };
    },

    /** Takes in a part of what differs. */
    *apply(scope: Scope, { job, batch }: { job: number; batch: VersionBatch }): Generator<void, void, void> {
      const session = sessionOf(scope, job);
      for (let at = 0; at < batch.count; at++) {
        applyEntry(scope, session, batch, at);
        if (at % stepEntries === stepEntries - 1) yield;
      }
      for (const handle of batch.released) session.folders.delete(handle);
      yield* mergeNames(scope, 8);
    },

    /** All of it is there. `problem` says what of the snapshot could not be read, if anything. */
    finish(scope: Scope, { job, problem }: { job: number; problem: string | null }): void {
      const { row } = sessionOf(scope, job);
      scope.sql("UPDATE snapshots SET state = 'indexed', problem = ? WHERE id = ?").run(problem, row.id);
      sessions.delete(job);
    },

    /** The job ends here, half done; it is the next to be begun. */
    leave(_scope: Scope, { job }: { job: number }): void {
      sessions.delete(job);
    },

    /** The snapshot cannot be read: what it had is taken back out, and it is not tried again by itself. */
    *refuse(
      scope: Scope,
      input: { repository: string; snapshot: string; problem: string },
    ): Generator<void, void, void> {
      const query = `SELECT ${snapshotColumns} FROM snapshots WHERE repository = ? AND snapshot = ?`;
      const row = scope.sql<SnapshotRow>(query).get(repositoryRow(scope, input.repository), input.snapshot);
      if (row !== undefined) yield* undoIndexing(scope, row, input.problem);
    },
  },

  reads: {
    /** What was at a path, newest first, source by source. The path is absolute. */
    ofPath(
      scope: Scope,
      input: { repository: string; source?: string; path: RawPath; after?: VersionCursor; limit: number },
    ): PathVersion[] {
      const found: PathVersion[] = [];
      const times = new SnapshotTimes(scope);
      for (const source of sourcesFrom(scope, input)) {
        const path = resolvePath(scope, source.id, input.path);
        if (path === null) continue;
        const before = input.after?.source === source.id ? input.after.first : Number.MAX_SAFE_INTEGER;
        for (const row of versionsBefore(scope, path, before)) {
          const span = times.span(source.id, row.first, row.last);
          if (span === null) continue;
          found.push(present(source, row, span));
          if (found.length >= input.limit) return found;
        }
      }
      return found;
    },
  },
};

type VersionRow = Content & { readonly first: number; readonly last: number };
type SourceRow = { readonly id: number; readonly name: string; readonly hostname: string };

function nextRow(scope: Scope, { repository, source, hostname }: IndexScope) {
  type Next = SnapshotRow & { readonly name: string; readonly hostname: string };
  const query = `SELECT ${snapshotColumns}, name, hostname FROM snapshots JOIN sources ON sources.id = snapshots.source
    WHERE snapshots.repository = ? AND state IN ('indexing', 'listed') AND (? IS NULL OR name = ?) AND (? IS NULL OR hostname = ?)
    ORDER BY state = 'listed', position DESC LIMIT 1`;
  const own = repositoryRow(scope, repository);
  const [name, host] = [source ?? null, hostname ?? null];
  return scope.sql<Next>(query).get(own, name, name, host, host) ?? null;
}

function attemptOf({ sql }: Scope, { id }: SnapshotRow): number {
  return sql<{ attempt: number }>('SELECT attempt FROM snapshots WHERE id = ?').get(id)?.attempt ?? -1;
}

/** Another process may have begun the same snapshot again, or undone it: then this job has nothing more to say. */
function sessionOf(scope: Scope, job: number): Session {
  const session = sessions.get(job);
  if (session !== undefined && attemptOf(scope, session.row) === session.attempt) return session;
  sessions.delete(job);
  throw new HoldfastError('CATALOG_BUSY', 'Another process takes the same snapshots into the catalog.');
}

function applyEntry(scope: Scope, { row, place, folders }: Session, batch: VersionBatch, at: number): void {
  const folder = folders.get(batch.folders[at] as number);
  if (folder === undefined) throw new TypeError('an entry lies in a folder that was not announced');
  const handle = batch.handles[at] as number;
  const kind = batch.kinds[at] as number;
  const name = batch.names[at] as RawPath;
  if (folder === 0 || kind === entryGone) {
    const path = folder === 0 ? null : findPath(scope, Math.abs(folder), name);
    if (path !== null) assignVersion(scope, path, place, null);
    if (handle !== 0) folders.set(handle, path ?? 0);
    return;
  }
  const path = pathBelow(scope, row.source, Math.abs(folder), name, folder < 0);
  if (handle !== 0) folders.set(handle, path.isNew ? -path.id : path.id);
  const content = kind === entryKept ? null : contentAt(batch, at);
  if (content === null) return;
  if (path.isNew) addVersion(scope, path.id, place, content);
  else assignVersion(scope, path.id, place, content);
}

function sourcesFrom(scope: Scope, input: { repository: string; source?: string; after?: VersionCursor }): SourceRow[] {
  const query =
    'SELECT id, name, hostname FROM sources WHERE repository = ? AND id >= ? AND (? IS NULL OR name = ?) ORDER BY id';
  const name = input.source ?? null;
  return scope.sql<SourceRow>(query).all(repositoryRow(scope, input.repository), input.after?.source ?? 0, name, name);
}

function resolvePath(scope: Scope, source: number, path: RawPath): number | null {
  let row = findPath(scope, -source, '');
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    if (row === null) return null;
    row = findPath(scope, row, name);
  }
  return row;
}

function versionsBefore({ sql }: Scope, path: number, before: number): IterableIterator<VersionRow> {
  const query =
    'SELECT first, last, type, size, mtime, digest FROM versions WHERE path = ? AND first < ? ORDER BY first DESC';
  return sql<VersionRow>(query).iterate(path, before);
}

function present(
  source: SourceRow,
  row: VersionRow,
  span: NonNullable<ReturnType<SnapshotTimes['span']>>,
): PathVersion {
  const { type, size, mtime, digest, first } = row;
  return {
    source: source.name,
    hostname: source.hostname,
    type: typeOf(type),
    size,
    mtime,
    digest: digest === null ? null : Buffer.from(digest).toString('hex'),
    ...span,
    cursor: { source: source.id, first },
  };
}
