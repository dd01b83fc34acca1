/** Clones for development, until they are removed or kept for good. */
import type { CloneOf, ClonePlace } from '../../../shared/contract/clones.ts';
import type { CloneState, CloneTrouble } from '../../../shared/model/clones.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';

export type CloneDefinition = { readonly of: CloneOf; readonly place: ClonePlace };

/** `items`: the first of what was changed. */
export type KnownTrouble = {
  readonly kind: CloneTrouble;
  readonly atMs: number;
  readonly count: number;
  readonly detail: string;
  readonly items: readonly string[];
};

/** Inodes, as text: of its own folder, and of the one that this lies in. */
export type CloneRoot = { readonly own: string; readonly parent: string };

/** Times are epoch milliseconds. */
export type CloneRow = CloneDefinition & {
  readonly id: string;
  readonly author: string;
  readonly state: CloneState;
  readonly root: CloneRoot | null;
  readonly items: number;
  readonly bytes: number;
  readonly madeAtMs: number;
  readonly expiresAtMs: number;
  readonly trouble: KnownTrouble | null;
};

type Row = Omit<CloneRow, 'of' | 'place' | 'root' | 'trouble'> & {
  readonly definition: string;
  readonly root: string | null;
  readonly trouble: string | null;
};

/** Of what is left out nothing changes. */
export type CloneChange = { readonly id: string } & Partial<
  Pick<CloneRow, 'state' | 'root' | 'items' | 'bytes' | 'madeAtMs' | 'expiresAtMs' | 'trouble'>
>;

const maximum = 1000;
const columns = `id, actor AS author, definition, state, root, items, bytes, made_at AS madeAtMs,
  expires_at AS expiresAtMs, trouble`;

export const clones = {
  writes: {
    add(
      { sql, caller }: Scope,
      { id, of, place, madeAtMs, expiresAtMs }: CloneDefinition & Pick<CloneRow, 'id' | 'madeAtMs' | 'expiresAtMs'>,
    ): void {
      const { count } = sql<{ count: number }>('SELECT count(*) AS count FROM clones WHERE tenant = ?').get(
        caller.tenant,
      ) ?? { count: 0 };
      if (count >= maximum) throw new HoldfastError('BAD_USAGE', `There are ${count} clones, as many as there can be.`);
      sql(
        `INSERT INTO clones (id, tenant, actor, definition, state, items, bytes, made_at, expires_at)
         VALUES (?, ?, ?, ?, 'making', 0, 0, ?, ?)`,
      ).run(id, caller.tenant, caller.actor, JSON.stringify({ of, place }), madeAtMs, expiresAtMs);
    },

    /** Nothing where it is gone by now. */
    change({ sql, caller }: Scope, { id, ...change }: CloneChange): void {
      const known = find(sql, caller.tenant, id);
      if (known === null) return;
      const { state, root, items, bytes, madeAtMs, expiresAtMs, trouble } = { ...known, ...change };
      sql(
        `UPDATE clones SET state = ?, root = ?, items = ?, bytes = ?, made_at = ?, expires_at = ?, trouble = ?
         WHERE tenant = ? AND id = ?`,
      ).run(
        state,
        root === null ? null : JSON.stringify(root),
        items,
        bytes,
        madeAtMs,
        expiresAtMs,
        trouble === null ? null : JSON.stringify(trouble),
        caller.tenant,
        id,
      );
    },

    remove({ sql, caller }: Scope, { id }: { id: string }): void {
      sql('DELETE FROM clones WHERE tenant = ? AND id = ?').run(caller.tenant, id);
    },
  },

  reads: {
    /** Newest first: there is a limit to their number. */
    list({ sql, caller }: Scope, _input: null): CloneRow[] {
      return sql<Row>(`SELECT ${columns} FROM clones WHERE tenant = ? ORDER BY made_at DESC, id`)
        .all(caller.tenant)
        .map(present);
    },
  },
};

function find(sql: Scope['sql'], tenant: string, id: string): CloneRow | null {
  const row = sql<Row>(`SELECT ${columns} FROM clones WHERE tenant = ? AND id = ?`).get(tenant, id);
  return row === undefined ? null : present(row);
}

function present({ definition, root, trouble, ...row }: Row): CloneRow {
  return {
    ...row,
    ...(JSON.parse(definition) as CloneDefinition),
    root: root === null ? null : (JSON.parse(root) as CloneRoot),
    trouble: trouble === null ? null : (JSON.parse(trouble) as KnownTrouble),
  };
}
