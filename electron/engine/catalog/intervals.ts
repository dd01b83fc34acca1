/**
 * Versions as intervals of snapshots. A row covers all indexed snapshots of its source between two positions; two rows
 * of a path never overlap, and neighbouring snapshots with equal content share one. A row that reaches back to the
 * oldest indexed snapshot begins at `unbegun`, one that the newest still has ends at `unended`: an older or a newer
 * snapshot that has the same content then needs no change at all. That is why a snapshot with ten changed files costs
 * ten rows, whatever else it holds, and why snapshots may be indexed in any order.
 */
import { isSameContent, type Content } from './content.ts';
import type { Scope } from './operations.ts';
import { removePath } from './path-rows.ts';

export const unbegun = 0;
export const unended = Number.MAX_SAFE_INTEGER;

/** A snapshot among the indexed ones of its source: its position and those of its neighbours. */
export type Place = { readonly position: number; readonly previous: number | null; readonly next: number | null };

type Row = Content & { readonly first: number; readonly last: number };

/** A version of a path that had none. */
export function addVersion({ sql }: Scope, path: number, place: Place, content: Content): void {
  const { position, previous, next } = place;
  insert(sql, path, previous === null ? unbegun : position, next === null ? unended : position, content);
}

/** From now on the snapshot has this content at the path, or nothing. Repeating it changes nothing. */
export function assignVersion(scope: Scope, path: number, place: Place, content: Content | null): void {
  const { sql } = scope;
  const { position, previous, next } = place;
  const current = rowAt(sql, path, position);
  if (current === undefined ? content === null : content !== null && isSameContent(current, content)) return;
  if (current !== undefined) cutOut(sql, path, place, current);
  if (content === null) {
    removePath(scope, path);
    return;
  }
  let first = previous === null ? unbegun : position;
  let last = next === null ? unended : position;
  const left = previous === null ? undefined : rowAt(sql, path, previous);
  if (left !== undefined && isSameContent(left, content)) {
    first = left.first;
    remove(sql, path, left.first);
  }
  const right = next === null ? undefined : rowAt(sql, path, next);
  if (right !== undefined && isSameContent(right, content)) {
    last = right.last;
    remove(sql, path, right.first);
  }
  insert(sql, path, first, last, content);
}

/** Undoes all that the snapshot is in the intervals: as if it had never been indexed. Repeating it does no harm. */
export function* forgetPosition(scope: Scope, source: number, place: Place): Generator<void, void, void> {
  const { position, previous, next } = place;
  if (previous === null && next === null) {
    yield* forgetSource(scope, source);
    return;
  }
  yield* endBefore(scope, place, position);
  yield* beginAfter(scope, place, position);
  if (next === null && previous !== null) yield* unend(scope, previous);
  if (previous === null && next !== null) yield* unbegin(scope, next);
  if (previous !== null && next !== null) yield* joinEqual(scope, previous, next);
}

/** Rows of one step of a long change. */
const batchRows = 64;

type Sql = Scope['sql'];
type Key = { readonly path: number; readonly first: number; readonly last: number };

// The second comparison is what lets SQLite take the index, which leaves out the rows of all unchanged paths.
const beginAt =
  'SELECT path, first, last FROM versions WHERE first = ? AND first > 0 AND path > ? ORDER BY path LIMIT ?';
const endAt =
  'SELECT path, first, last FROM versions WHERE last = ? AND last < 9007199254740991 AND path > ? ORDER BY path LIMIT ?';

function* rowsOf({ sql }: Scope, query: string, position: number): Generator<Key | null> {
  for (let after = -1; ;) {
    const rows = sql<Key>(query).all(position, after, batchRows);
    yield* rows;
    if (rows.length < batchRows) return;
    after = rows.at(-1)?.path ?? after;
    yield null;
  }
}

/** Rows that begin with the snapshot begin with the next one, or were its own. */
function* beginAfter(scope: Scope, { next }: Place, position: number): Generator<void, void, void> {
  for (const row of rowsOf(scope, beginAt, position)) {
    if (row === null) yield;
    else if (next === null || row.last < next) drop(scope, row);
    else scope.sql('UPDATE versions SET first = ? WHERE path = ? AND first = ?').run(next, row.path, row.first);
  }
}

/** Rows that end with the snapshot end with the previous one, or were its own. */
function* endBefore(scope: Scope, { previous }: Place, position: number): Generator<void, void, void> {
  for (const row of rowsOf(scope, endAt, position)) {
    if (row === null) yield;
    else if (previous === null || row.first > previous) drop(scope, row);
    else setLast(scope.sql, row, previous);
  }
}

function* unend(scope: Scope, newest: number): Generator<void, void, void> {
  for (const row of rowsOf(scope, endAt, newest)) {
    if (row === null) yield;
    else setLast(scope.sql, row, unended);
  }
}

function* unbegin(scope: Scope, oldest: number): Generator<void, void, void> {
  for (const row of rowsOf(scope, beginAt, oldest)) {
    if (row === null) yield;
    else scope.sql('UPDATE versions SET first = ? WHERE path = ? AND first = ?').run(unbegun, row.path, row.first);
  }
}

function* joinEqual(scope: Scope, previous: number, next: number): Generator<void, void, void> {
  const { sql } = scope;
  for (const row of rowsOf(scope, endAt, previous)) {
    if (row === null) {
      yield;
      continue;
    }
    const [left, right] = [rowAt(sql, row.path, previous), rowAt(sql, row.path, next)];
    if (left === undefined || right === undefined || !isSameContent(left, right)) continue;
    remove(sql, row.path, right.first);
    setLast(sql, row, right.last);
  }
}

/**
 * What was added last goes first: no path ever stands without its folder, also where this is cut off and the snapshot is
 * taken in again from there.
 */
function* forgetSource(scope: Scope, source: number): Generator<void, void, void> {
  const { sql } = scope;
  for (let before = Number.MAX_SAFE_INTEGER; ;) {
    const query = 'SELECT id FROM paths WHERE source = ? AND id < ? ORDER BY id DESC LIMIT ?';
    const paths = sql<{ id: number }>(query).all(source, before, batchRows);
    for (const { id } of paths) {
      sql('DELETE FROM versions WHERE path = ?').run(id);
      sql('DELETE FROM path_names WHERE rowid = ?').run(id);
      sql('DELETE FROM paths WHERE id = ?').run(id);
    }
    if (paths.length < batchRows) return;
    before = paths.at(-1)?.id ?? before;
    yield;
  }
}

function rowAt(sql: Sql, path: number, position: number): Row | undefined {
  const query =
    'SELECT first, last, type, size, mtime, digest FROM versions WHERE path = ? AND first <= ? ORDER BY first DESC LIMIT 1';
  const row = sql<Row>(query).get(path, position);
  return row !== undefined && row.last >= position ? row : undefined;
}

/** Leaves what the row says about the other snapshots. */
function cutOut(sql: Sql, path: number, { previous, next }: Place, row: Row): void {
  remove(sql, path, row.first);
  if (previous !== null && row.first <= previous) insert(sql, path, row.first, previous, row);
  if (next !== null && row.last >= next) insert(sql, path, next, row.last, row);
}

function insert(sql: Sql, path: number, first: number, last: number, { type, size, mtime, digest }: Content): void {
  sql('INSERT INTO versions (path, first, last, type, size, mtime, digest) VALUES (?, ?, ?, ?, ?, ?, ?)').run(
    path,
    first,
    last,
    type,
    size,
    mtime,
    digest,
  );
}

function remove(sql: Sql, path: number, first: number): void {
  sql('DELETE FROM versions WHERE path = ? AND first = ?').run(path, first);
}

function drop(scope: Scope, { path, first }: Key): void {
  remove(scope.sql, path, first);
  removePath(scope, path);
}

function setLast(sql: Sql, { path, first }: Key, last: number): void {
  sql('UPDATE versions SET last = ? WHERE path = ? AND first = ?').run(last, path, first);
}
