/** Paths as rows: a name below the row of its folder, stored once for each source and kept while a version names it. */
import type { RawPath } from '../platform/raw-path.ts';
import type { Scope } from './operations.ts';
import { nameEnd, searchText } from './search-text.ts';

export type PathRow = { readonly id: number; readonly isNew: boolean };

/** The row all paths of a source are below. */
export function rootOf(scope: Scope, source: number): PathRow {
  return pathBelow(scope, source, -source, '', false);
}

/** The row of a name in a folder, or null where there is none. */
export function findPath({ sql }: Scope, folder: number, name: RawPath): number | null {
  const query = 'SELECT id FROM paths WHERE parent = ? AND name = ?';
  return sql<{ id: number }>(query).get(folder, Buffer.from(name, 'latin1'))?.id ?? null;
}

/** The row of a name in a folder, made where there is none; `folderIsNew` saves looking for what cannot be there. */
export function pathBelow(
  { sql }: Scope,
  source: number,
  folder: number,
  name: RawPath,
  folderIsNew: boolean,
): PathRow {
  const bytes = Buffer.from(name, 'latin1');
  if (!folderIsNew) {
    const found = sql<{ id: number }>('SELECT id FROM paths WHERE parent = ? AND name = ?').get(folder, bytes);
    if (found !== undefined) return { id: found.id, isNew: false };
  }
  const added = sql('INSERT INTO paths (source, parent, name) VALUES (?, ?, ?)').run(source, folder, bytes);
  const id = Number(added.lastInsertRowid);
  if (name !== '') sql('INSERT INTO path_names (rowid, name) VALUES (?, ?)').run(id, searchText(name) + nameEnd);
  return { id, isNew: true };
}

/** Pages of the index that one step merges: a few milliseconds. */
const mergedPages = 32;

/**
 * Merges what recent transactions have added to the index, in steps; at most `steps`, so that it keeps up with what is
 * being added and no more.
 */
export function* mergeNames({ sql }: Scope, steps: number): Generator<void, void, void> {
  const changes = (): number => sql<{ count: number }>('SELECT total_changes() AS count').get()?.count ?? 0;
  for (let step = 0; step < steps; step++) {
    yield;
    const before = changes();
    sql("INSERT INTO path_names (path_names, rank) VALUES ('merge', ?)").run(mergedPages);
    // SQLite's own documentation: with less than two changes, there was nothing to merge.
    if (changes() - before < 2) return;
  }
}

/** Forgets the path where no version is left, and the folders above it that were only kept for it. */
export function removePath({ sql }: Scope, path: number): void {
  const needed =
    'SELECT parent, EXISTS (SELECT 1 FROM versions WHERE path = id) OR EXISTS (SELECT 1 FROM paths AS below ' +
    'WHERE below.parent = paths.id) AS needed FROM paths WHERE id = ?';
  for (let id = path; id > 0;) {
    const row = sql<{ parent: number; needed: number }>(needed).get(id);
    if (row === undefined || row.needed !== 0 || row.parent < 0) return;
    sql('DELETE FROM path_names WHERE rowid = ?').run(id);
    sql('DELETE FROM paths WHERE id = ?').run(id);
    id = row.parent;
  }
}

/** Turns rows into whole paths; folders that were needed once are remembered. For one call: rows may change after it. */
export class PathBuilder {
  readonly #sql: Scope['sql'];
  readonly #known = new Map<number, RawPath>();

  constructor({ sql }: Scope) {
    this.#sql = sql;
  }

  /** Absolute. */
  path(folder: number, name: RawPath): RawPath {
    return `${this.folder(folder)}/${name}`;
  }

  /** Empty for the root. */
  folder(id: number): RawPath {
    const names: { id: number; name: RawPath }[] = [];
    let base = '';
    for (let at = id; at > 0;) {
      const known = this.#known.get(at);
      if (known !== undefined) {
        base = known;
        break;
      }
      const row = this.#sql<{ parent: number; name: Buffer }>('SELECT parent, name FROM paths WHERE id = ?').get(at);
      if (row === undefined) break;
      if (row.parent > 0) names.push({ id: at, name: row.name.toString('latin1') });
      at = row.parent;
    }
    for (let entry = names.pop(); entry !== undefined; entry = names.pop()) {
      base = `${base}/${entry.name}`;
      this.#remember(entry.id, base);
    }
    return base;
  }

  /** Paths of hostile depth must not fill the memory. */
  #remember(id: number, path: RawPath): void {
    if (path.length > 16_384) return;
    if (this.#known.size >= 20_000) this.#known.clear();
    this.#known.set(id, path);
  }
}
