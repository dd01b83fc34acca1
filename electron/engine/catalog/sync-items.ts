/** The queue of sync: what is to be sent to which site, what was sent, and what was not worth it. */
import { randomBytes } from 'node:crypto';
import type { SyncFigures } from '../../../shared/contract/sync.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { QueuedItem, SyncState } from '../../../shared/model/sync-queue.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds. */
export type SyncItemRow = QueuedItem & {
  readonly site: string;
  /** Name of the site it is read from; null: the repository that protection writes to. */
  readonly origin: string | null;
  /** As it is called where it was taken. */
  readonly snapshot: string;
  readonly source: string;
  readonly hostname: string;
  readonly rule: string | null;
  /** Waits for no window. */
  readonly atOnce: boolean;
  readonly author: string;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly note: string | null;
  readonly errorCode: ErrorCode | null;
  readonly errorMessage: string | null;
  readonly job: string | null;
  readonly sentAs: string | null;
  readonly figures: SyncFigures | null;
  readonly throttle: number | null;
};

export type NewSyncItem = Pick<
  SyncItemRow,
  'site' | 'origin' | 'snapshot' | 'source' | 'hostname' | 'takenAtMs' | 'rule' | 'priority' | 'atOnce'
>;

export type SentOutcome = 'sent' | 'skipped' | 'dropped';

/** What has become of items; those that are over are `done`, `failed` or `skipped`. */
export type SyncOutcome = {
  readonly item: string;
  readonly state: SyncState;
  readonly atMs: number;
  readonly attempts?: number;
  readonly nextAtMs?: number | null;
  readonly note?: string | null;
  readonly error?: { readonly code: ErrorCode; readonly message: string } | null;
  readonly sentAs?: string | null;
  readonly figures?: SyncFigures | null;
  readonly throttle?: number | null;
  /** To be remembered of the site's repository, with the id in its config. */
  readonly sent?: { readonly repository: string; readonly outcome: SentOutcome };
};

type StoredRow = Omit<SyncItemRow, 'figures' | 'atOnce'> & { readonly figures: string | null; readonly atOnce: number };

const columns = `item, priority, state, asked_at AS askedAtMs, taken_at AS takenAtMs, attempts, next_at AS nextAtMs,
  site, origin, snapshot, source, hostname, rule, at_once AS atOnce, actor AS author, started_at AS startedAtMs,
  ended_at AS endedAtMs, note, error_code AS errorCode, error_message AS errorMessage, job, sent_as AS sentAs, figures,
  throttle`;
const open = `('queued', 'running', 'paused', 'retrying')`;
const waiting = `('queued', 'running', 'paused', 'retrying', 'failed')`;
const over = `('done', 'skipped', 'failed')`;
const stepRows = 50;
const keptMs = 400 * 24 * 3_600_000;

export const syncItems = {
  writes: {
    /**
     * What is on its way already stays as it is; where it is asked for by hand, with the better of the two priorities, and
     * at once with all its tries where it had failed. The ids of all that is on its way now, in the order given.
     */
    *ask(
      scope: Scope,
      { items, atMs }: { items: readonly NewSyncItem[]; atMs: number },
    ): Generator<void, readonly string[]> {
      const ids: string[] = [];
      for (const [count, item] of items.entries()) {
        ids.push(askFor(scope, item, atMs));
        if (count % stepRows === 0) yield;
      }
      return ids;
    },

    /** They are being sent from now on, by that job. One that is not ready any more is left out. */
    begin(
      { sql, caller }: Scope,
      { items, job, atMs }: { items: readonly string[]; job: string; atMs: number },
    ): readonly string[] {
      return items.filter((item) => {
        const { changes } = sql(
          `UPDATE sync_items SET state = 'running', job = ?, started_at = ?, next_at = NULL
           WHERE tenant = ? AND item = ? AND state IN ('queued', 'retrying')`,
        ).run(job, atMs, caller.tenant, item);
        return changes === 1;
      });
    },

    /** What somebody has decided about an item meanwhile stands: only what runs is changed by how it went. */
    *end(scope: Scope, { outcomes }: { outcomes: readonly SyncOutcome[] }): Generator<void, void> {
      for (const [count, outcome] of outcomes.entries()) {
        endOne(scope, outcome);
        if (count % stepRows === 0) yield;
      }
    },

    /** An engine was killed or told to end: what it was sending is to be sent. All of them, or of one site. */
    putBack({ sql, caller }: Scope, { site }: { site: string | null }): number {
      return sql(
        `UPDATE sync_items SET state = 'queued', job = NULL
         WHERE tenant = ? AND state = 'running' AND (? IS NULL OR site = ?)`,
      ).run(caller.tenant, site, site).changes;
    },

    /** SYNC_ITEM_UNKNOWN where one is over or was never there; none is changed then. */
    pause(scope: Scope, { items }: { items: readonly string[] }): SyncItemRow[] {
      return change(scope, items, `state = 'paused'`, open);
    },

    resume(scope: Scope, { items }: { items: readonly string[] }): SyncItemRow[] {
      return change(scope, items, `state = CASE state WHEN 'paused' THEN 'queued' ELSE state END`, open);
    },

    setPriority(scope: Scope, { items, priority }: { items: readonly string[]; priority: number }): SyncItemRow[] {
      mustBeThere(scope, items, open);
      for (const item of items)
        scope
          .sql('UPDATE sync_items SET priority = ? WHERE tenant = ? AND item = ?')
          .run(priority, scope.caller.tenant, item);
      return items.map((item) => mustFind(scope, item));
    },

    retry(scope: Scope, { items }: { items: readonly string[] }): SyncItemRow[] {
      const fresh = `state = CASE state WHEN 'running' THEN 'running' ELSE 'queued' END, attempts = 0, next_at = NULL,
        error_code = NULL, error_message = NULL, ended_at = NULL`;
      return change(scope, items, fresh, waiting);
    },

    /** `repositoryOf`: ids in the configs of sites' repositories, by their names; rules do not ask for it again. */
    drop(
      scope: Scope,
      {
        items,
        repositoryOf,
        atMs,
      }: { items: readonly string[]; repositoryOf: Readonly<Record<string, string>>; atMs: number },
    ): SyncItemRow[] {
      mustBeThere(scope, items, waiting);
      return items.map((item) => {
        const row = mustFind(scope, item);
        scope
          .sql(`UPDATE sync_items SET state = 'skipped', ended_at = ?, note = ? WHERE tenant = ? AND item = ?`)
          .run(atMs, 'taken out of the queue', scope.caller.tenant, item);
        const repository = repositoryOf[row.site];
        if (repository !== undefined) noteSent(scope, repository, row.snapshot, 'dropped', atMs);
        return mustFind(scope, item);
      });
    },

    /** Of items that are over for long. */
    trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): void {
      sql(`DELETE FROM sync_items WHERE tenant = ? AND state IN ('done', 'skipped') AND ended_at < ?`).run(
        caller.tenant,
        nowMs - keptMs,
      );
    },
  },

  reads: {
    /** All that is on its way, and what has failed for good. */
    open({ sql, caller }: Scope, { site }: { site: string | null }): SyncItemRow[] {
      return sql<StoredRow>(
        `SELECT ${columns} FROM sync_items WHERE tenant = ? AND (? IS NULL OR site = ?) AND state IN ${waiting}
         ORDER BY id`,
      )
        .all(caller.tenant, site, site)
        .map(present);
    },

    /** Those that are over, newest first. */
    history(
      { sql, caller }: Scope,
      {
        site,
        source,
        before,
        limit,
      }: { site: string | null; source: string | null; before: string | null; limit: number },
    ): SyncItemRow[] {
      return sql<StoredRow>(
        `SELECT ${columns} FROM sync_items WHERE tenant = ? AND state IN ${over} AND (? IS NULL OR site = ?)
           AND (? IS NULL OR source = ?) AND id < coalesce((SELECT id FROM sync_items WHERE item = ?), 9007199254740991)
         ORDER BY id DESC LIMIT ?`,
      )
        .all(caller.tenant, site, site, source, source, before, limit)
        .map(present);
    },

    /** Ids that begin so, of items that are there. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): string[] {
      return sql<{ item: string }>(
        `SELECT item FROM sync_items WHERE tenant = ? AND item >= ? AND item < ? || 'g' LIMIT 2`,
      )
        .all(caller.tenant, beginning, beginning)
        .map(({ item }) => item);
    },

    /** What was sent to the repository once, or is not to be sent. */
    sent({ sql, caller }: Scope, { repository }: { repository: string }): { snapshot: string; outcome: SentOutcome }[] {
      return sql<{ snapshot: string; outcome: SentOutcome }>(
        'SELECT snapshot, outcome FROM site_sent WHERE tenant = ? AND repository = ?',
      ).all(caller.tenant, repository);
    },
  },
};

function askFor(scope: Scope, item: NewSyncItem, atMs: number): string {
  const { sql, caller } = scope;
  const there = sql<StoredRow>(
    `SELECT ${columns} FROM sync_items WHERE tenant = ? AND site = ? AND snapshot = ? AND state IN ${waiting}`,
  ).get(caller.tenant, item.site, item.snapshot);
  if (there !== undefined) {
    if (item.rule !== null) return there.item;
    sql(
      `UPDATE sync_items SET priority = min(priority, ?), at_once = max(at_once, ?), attempts = 0, next_at = NULL,
         state = CASE WHEN state IN ('retrying', 'failed') THEN 'queued' ELSE state END, ended_at = NULL
       WHERE tenant = ? AND item = ?`,
    ).run(item.priority, item.atOnce ? 1 : 0, caller.tenant, there.item);
    return there.item;
  }
  const id = randomBytes(8).toString('hex');
  sql(
    `INSERT INTO sync_items (item, tenant, actor, site, origin, snapshot, source, hostname, taken_at, rule, at_once,
       priority, state, asked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?)`,
  ).run(
    id,
    caller.tenant,
    caller.actor,
    item.site,
    item.origin,
    item.snapshot,
    item.source,
    item.hostname,
    item.takenAtMs,
    item.rule,
    item.atOnce ? 1 : 0,
    item.priority,
    atMs,
  );
  return id;
}

function endOne(scope: Scope, outcome: SyncOutcome): void {
  const { sql, caller } = scope;
  const row = find(scope, outcome.item);
  if (row === null) return;
  const { state, atMs, attempts, nextAtMs, note, error, sentAs, figures, throttle, sent } = outcome;
  if (sent !== undefined) noteSent(scope, sent.repository, row.snapshot, sent.outcome, atMs);
  const isOver = state === 'done' || state === 'failed' || state === 'skipped';
  // What has arrived is done, whatever somebody wanted of it meanwhile.
  if (row.state !== 'running' && state !== 'done' && state !== 'skipped') return;
  sql(
    `UPDATE sync_items SET state = ?, ended_at = ?, attempts = ?, next_at = ?, note = ?, error_code = ?,
       error_message = ?, sent_as = coalesce(?, sent_as), figures = coalesce(?, figures), throttle = ?
     WHERE tenant = ? AND item = ?`,
  ).run(
    state,
    isOver ? atMs : null,
    attempts ?? row.attempts,
    nextAtMs ?? null,
    note ?? null,
    error?.code ?? null,
    error?.message.slice(0, 2_000) ?? null,
    sentAs ?? null,
    figures === undefined || figures === null ? null : JSON.stringify(figures),
    throttle ?? null,
    caller.tenant,
    outcome.item,
  );
}

function noteSent(
  { sql, caller }: Scope,
  repository: string,
  snapshot: string,
  outcome: SentOutcome,
  atMs: number,
): void {
  sql(
    `INSERT OR REPLACE INTO site_sent (tenant, actor, repository, snapshot, outcome, at) VALUES (?, ?, ?, ?, ?, ?)`,
  ).run(caller.tenant, caller.actor, repository, snapshot, outcome, atMs);
}

function change(scope: Scope, items: readonly string[], assignment: string, states: string): SyncItemRow[] {
  mustBeThere(scope, items, states);
  for (const item of items)
    scope
      .sql(`UPDATE sync_items SET ${assignment} WHERE tenant = ? AND item = ? AND state IN ${states}`)
      .run(scope.caller.tenant, item);
  return items.map((item) => mustFind(scope, item));
}

function mustBeThere({ sql, caller }: Scope, items: readonly string[], states: string): void {
  const gone = items.find(
    (item) =>
      sql(`SELECT 1 FROM sync_items WHERE tenant = ? AND item = ? AND state IN ${states}`).get(caller.tenant, item) ===
      undefined,
  );
  if (gone !== undefined) throw new HoldfastError('SYNC_ITEM_UNKNOWN', `The queue has no item ${gone} of that kind.`);
}

function mustFind(scope: Scope, item: string): SyncItemRow {
  const row = find(scope, item);
  if (row === null) throw new HoldfastError('SYNC_ITEM_UNKNOWN', `The queue has no item ${item}.`);
  return row;
}

function find({ sql, caller }: Scope, item: string): SyncItemRow | null {
  const row = sql<StoredRow>(`SELECT ${columns} FROM sync_items WHERE tenant = ? AND item = ?`).get(
    caller.tenant,
    item,
  );
  return row === undefined ? null : present(row);
}

function present({ figures, atOnce, ...row }: StoredRow): SyncItemRow {
  return {
    ...row,
    atOnce: atOnce === 1,
    figures: figures === null ? null : (JSON.parse(figures) as SyncFigures),
  };
}
