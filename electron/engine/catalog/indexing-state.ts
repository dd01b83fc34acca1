/**
 * How snapshots are taken in, one at a time for each source. One whose versions are half written is `indexing`: it does
 * not count as indexed, is the first to go on with, and is undone before anything else in its source is changed.
 */
import { forgetPosition, type Place } from './intervals.ts';
import type { Scope } from './operations.ts';

export type SnapshotRow = {
  readonly id: number;
  readonly source: number;
  readonly snapshot: string;
  readonly position: number;
  readonly tree: string;
  readonly state: string;
};

export const snapshotColumns = 'snapshots.id, snapshots.source, snapshot, position, tree, state';

export type Neighbour = { readonly snapshot: string; readonly position: number; readonly tree: string };
export type Neighbours = { readonly previous: Neighbour | null; readonly next: Neighbour | null };

/** The nearest indexed snapshots of the same source. */
export function neighboursOf({ sql }: Scope, { source, position }: SnapshotRow): Neighbours {
  const query = (comparison: string, order: string) =>
    `SELECT snapshot, position, tree FROM snapshots WHERE source = ? AND state = 'indexed' AND position ${comparison} ?
     ORDER BY position ${order} LIMIT 1`;
  return {
    previous: sql<Neighbour>(query('<', 'DESC')).get(source, position) ?? null,
    next: sql<Neighbour>(query('>', 'ASC')).get(source, position) ?? null,
  };
}

export function placeOf(row: SnapshotRow, { previous, next }: Neighbours): Place {
  return { position: row.position, previous: previous?.position ?? null, next: next?.position ?? null };
}

/** Takes the snapshot's versions back out; afterwards it is only listed, or named as unreadable. */
export function* undoIndexing(scope: Scope, row: SnapshotRow, problem: string | null): Generator<void, void, void> {
  const { sql } = scope;
  if (row.state === 'indexed') yield* undoHalfIndexed(scope, row.source, row.id);
  // From here on it does not count, whatever happens.
  sql("UPDATE snapshots SET state = 'indexing', attempt = attempt + 1 WHERE id = ?").run(row.id);
  yield;
  yield* forgetPosition(scope, row.source, placeOf(row, neighboursOf(scope, row)));
  sql('UPDATE snapshots SET state = ?, problem = ? WHERE id = ?').run(
    problem === null ? 'listed' : 'unreadable',
    problem,
    row.id,
  );
}

/** Nothing else of the source may be half written when intervals around a snapshot change. */
export function* undoHalfIndexed(scope: Scope, source: number, except: number): Generator<void, void, void> {
  const query = `SELECT ${snapshotColumns} FROM snapshots WHERE source = ? AND state = 'indexing' AND id <> ?`;
  for (const half of scope.sql<SnapshotRow>(query).all(source, except)) yield* undoIndexing(scope, half, null);
}

/** Forgets a snapshot of a repository, whatever state it is in. */
export function* forgetSnapshot(scope: Scope, repository: number, snapshot: string): Generator<void, void, void> {
  const query = `SELECT ${snapshotColumns} FROM snapshots WHERE repository = ? AND snapshot = ?`;
  const row = scope.sql<SnapshotRow>(query).get(repository, snapshot);
  if (row === undefined) return;
  if (row.state === 'indexed' || row.state === 'indexing') yield* undoIndexing(scope, row, null);
  scope.sql('DELETE FROM snapshots WHERE id = ?').run(row.id);
}
