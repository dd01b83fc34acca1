/** Subscriptions, which are configuration, and the letters that are on their way or over. */
import { randomBytes } from 'node:crypto';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Recipient, SubscriptionDefinition } from '../../../shared/model/subscriptions.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type SubscriptionRow = {
  readonly definition: SubscriptionDefinition;
  readonly author: string;
  readonly addedAtMs: number;
  readonly sinceMs: number;
  readonly answeredMs: number | null;
};

/** What is in a letter of one subscription. */
export type LetterItem = Pick<SubscriptionDefinition, 'name' | 'reports' | 'of' | 'period' | 'format' | 'zone'> & {
  /** The time that it is of: its reports are about what was before. */
  readonly atMs: number;
};

export type LetterRow = {
  readonly letter: string;
  readonly author: string;
  readonly recipient: Recipient;
  readonly items: readonly LetterItem[];
  readonly kind: 'scheduled' | 'asked' | 'test';
  readonly late: boolean;
  readonly state: 'queued' | 'sent' | 'failed' | 'dropped';
  readonly attempts: number;
  readonly queuedAtMs: number;
  readonly nextAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly bytes: number | null;
  readonly problem: string | null;
};

export type NewLetter = Pick<LetterRow, 'recipient' | 'items' | 'kind' | 'late'>;

type Stored = Omit<SubscriptionRow, 'definition'> & { readonly definition: string };
type StoredLetter = Omit<LetterRow, 'recipient' | 'items' | 'late'> & {
  readonly recipient: string;
  readonly items: string;
  readonly late: number;
};

const columns = 'definition, actor AS author, added_at AS addedAtMs, since AS sinceMs, answered AS answeredMs';
const letterColumns = `letter, actor AS author, recipient, items, kind, late, state, attempts, queued_at AS queuedAtMs,
  next_at AS nextAtMs, ended_at AS endedAtMs, bytes, problem`;
const keptMs = 400 * 24 * 3_600_000;
const trimmedAtOnce = 200;
/** Nothing waits for longer than an hour: what a clock that was ahead has put off is due. */
const longestWaitMs = 2 * 3_600_000;
/** Of the newest letters, for what became of each subscription last. */
const lookedAtLetters = 2_000;

export const subscriptions = {
  writes: {
    /** SUBSCRIPTION_EXISTS. */
    add(scope: Scope, { definition, atMs }: { definition: SubscriptionDefinition; atMs: number }): SubscriptionRow {
      const others = all(scope);
      if (others.some((one) => one.definition.name === definition.name))
        throw new HoldfastError('SUBSCRIPTION_EXISTS', `There is a subscription called ${definition.name} already.`);
      if (others.length >= limits.subscriptions)
        throw new HoldfastError('BAD_USAGE', `There are ${others.length} subscriptions already, as many as can be.`);
      const row = { definition, author: scope.caller.actor, addedAtMs: atMs, sinceMs: atMs, answeredMs: null };
      insertSubscription(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** Where it comes round otherwise from now on, nothing before is missed. SUBSCRIPTION_UNKNOWN. */
    update(scope: Scope, { definition, atMs }: { definition: SubscriptionDefinition; atMs: number }): SubscriptionRow {
      const before = mustFind(scope, definition.name);
      const row = {
        ...before,
        definition,
        sinceMs: comesOtherwise(before.definition, definition) ? atMs : before.sinceMs,
      };
      insertSubscription(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** What is queued of it alone is not sent. SUBSCRIPTION_UNKNOWN. */
    remove(scope: Scope, { name, atMs }: { name: string; atMs: number }): void {
      mustFind(scope, name);
      const { sql, caller } = scope;
      sql('DELETE FROM subscriptions WHERE tenant = ? AND name = ?').run(caller.tenant, name);
      for (const { letter, items } of queued(scope)) {
        if (items.every((item) => item.name === name))
          settle(scope, { letter, atMs, problem: 'The subscription was removed.', nextAtMs: null, dropped: true });
      }
      advanceRevision(scope);
    },

    /** Letters that have become due, and that their times are dealt with: both, or neither. */
    queue(scope: Scope, { letters, atMs }: { letters: readonly NewLetter[]; atMs: number }): readonly string[] {
      const { sql, caller } = scope;
      return letters.map((letter) => {
        if (letter.kind === 'scheduled')
          for (const { name, atMs: occurrenceMs } of letter.items)
            sql('UPDATE subscriptions SET answered = ? WHERE tenant = ? AND name = ?').run(
              occurrenceMs,
              caller.tenant,
              name,
            );
        return insertLetter(scope, letter, atMs);
      });
    },

    /** Before anything is sent: whether it has arrived is not known from then on. */
    trying({ sql, caller }: Scope, { letter }: { letter: string }): void {
      sql("UPDATE report_letters SET attempts = attempts + 1 WHERE tenant = ? AND letter = ? AND state = 'queued'").run(
        caller.tenant,
        letter,
      );
    },

    settle(scope: Scope, outcome: LetterOutcome): LetterRow {
      settle(scope, outcome);
      return mustFindLetter(scope, outcome.letter);
    },

    /** What waits is due now, or not sent at all; how many there are. */
    flush(scope: Scope, { drop, atMs }: { drop: boolean; atMs: number }): number {
      const waiting = queued(scope);
      for (const { letter } of waiting) {
        if (drop)
          settle(scope, { letter, atMs, problem: 'It was taken out of the queue.', nextAtMs: null, dropped: true });
        else
          scope
            .sql('UPDATE report_letters SET next_at = ? WHERE tenant = ? AND letter = ?')
            .run(atMs, scope.caller.tenant, letter);
      }
      return waiting.length;
    },

    *trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): Generator<void, void> {
      for (;;) {
        const { changes } = sql(
          `DELETE FROM report_letters WHERE id IN (SELECT id FROM report_letters
             WHERE tenant = ? AND state <> 'queued' AND queued_at < ? LIMIT ${trimmedAtOnce})`,
        ).run(caller.tenant, nowMs - keptMs);
        if (changes < trimmedAtOnce) return;
        yield;
      }
    },
  },

  reads: {
    /** By name: there is a limit to their number. */
    list(scope: Scope, _input: null): SubscriptionRow[] {
      return all(scope);
    },

    /** Oldest first. What is asked for by hand is sent by whoever asks. */
    due(scope: Scope, { nowMs, limit }: { nowMs: number; limit: number }): LetterRow[] {
      return scope
        .sql<StoredLetter>(
          `SELECT ${letterColumns} FROM report_letters
           WHERE tenant = ? AND state = 'queued' AND kind = 'scheduled' AND (next_at <= ? OR next_at > ?) ORDER BY id LIMIT ?`,
        )
        .all(scope.caller.tenant, nowMs, nowMs + longestWaitMs, limit)
        .map(presentLetter);
    },

    find(scope: Scope, { letter }: { letter: string }): LetterRow {
      return mustFindLetter(scope, letter);
    },

    /** Newest first, of one subscription or of all; `before` is the id of a letter, for the page after it. */
    log(
      { sql, caller }: Scope,
      { name, before, limit }: { name: string | null; before: string | null; limit: number },
    ): LetterRow[] {
      return sql<StoredLetter>(
        `SELECT ${letterColumns} FROM report_letters WHERE tenant = ?
           AND (? IS NULL OR EXISTS (SELECT 1 FROM json_each(items) WHERE json_extract(value, '$.name') = ?))
           AND id < coalesce((SELECT id FROM report_letters WHERE tenant = ? AND letter = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      )
        .all(caller.tenant, name, name, caller.tenant, before, limit)
        .map(presentLetter);
    },

    /** The newest letter of each subscription that came to an end, by its name; tests are none. */
    lastEnded({ sql, caller }: Scope, _input: null): Record<string, LetterRow> {
      const found = Object.create(null) as Record<string, LetterRow>;
      const newest = sql<StoredLetter>(
        `SELECT ${letterColumns} FROM report_letters
         WHERE tenant = ? AND state IN ('sent', 'failed') ORDER BY id DESC LIMIT ${lookedAtLetters}`,
      ).all(caller.tenant);
      for (const row of newest.map(presentLetter)) for (const { name } of row.items) found[name] ??= row;
      return found;
    },
  },
};

export type LetterOutcome = {
  readonly letter: string;
  readonly atMs: number;
  readonly problem: string | null;
  /** When it is tried again; null: never. */
  readonly nextAtMs: number | null;
  readonly bytes?: number;
  /** It is not to be sent any more. */
  readonly dropped?: boolean;
};

/** As it is kept; takes the place of one of that name. */
export function insertSubscription(sql: Scope['sql'], tenant: string, row: SubscriptionRow): void {
  const { definition, author, addedAtMs, sinceMs, answeredMs } = row;
  sql(
    `INSERT OR REPLACE INTO subscriptions (tenant, actor, name, definition, added_at, since, answered)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  ).run(tenant, author, definition.name, JSON.stringify(definition), addedAtMs, sinceMs, answeredMs);
}

function comesOtherwise(a: SubscriptionDefinition, b: SubscriptionDefinition): boolean {
  const times = ({ when, zone, suspended }: SubscriptionDefinition): string => JSON.stringify([when, zone, suspended]);
  return times(a) !== times(b);
}

function all({ sql, caller }: Scope): SubscriptionRow[] {
  return sql<Stored>(`SELECT ${columns} FROM subscriptions WHERE tenant = ? ORDER BY name`)
    .all(caller.tenant)
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as SubscriptionDefinition }));
}

function mustFind(scope: Scope, name: string): SubscriptionRow {
  const found = all(scope).find(({ definition }) => definition.name === name);
  if (found !== undefined) return found;
  throw new HoldfastError('SUBSCRIPTION_UNKNOWN', `There is no subscription called ${name}.`);
}

function queued({ sql, caller }: Scope): LetterRow[] {
  return sql<StoredLetter>(`SELECT ${letterColumns} FROM report_letters WHERE tenant = ? AND state = 'queued'`)
    .all(caller.tenant)
    .map(presentLetter);
}

function insertLetter({ sql, caller }: Scope, { recipient, items, kind, late }: NewLetter, atMs: number): string {
  const letter = randomBytes(8).toString('hex');
  sql(
    `INSERT INTO report_letters (letter, tenant, actor, recipient, items, kind, late, state, queued_at, next_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
  ).run(
    letter,
    caller.tenant,
    caller.actor,
    JSON.stringify(recipient),
    JSON.stringify(items),
    kind,
    late ? 1 : 0,
    atMs,
    atMs,
  );
  return letter;
}

function settle(
  { sql, caller }: Scope,
  { letter, atMs, problem, nextAtMs, bytes, dropped = false }: LetterOutcome,
): void {
  const state = dropped ? 'dropped' : problem === null ? 'sent' : nextAtMs === null ? 'failed' : 'queued';
  const isOver = state !== 'queued';
  sql(
    `UPDATE report_letters SET state = ?, next_at = ?, ended_at = ?, problem = ?, bytes = coalesce(?, bytes)
     WHERE tenant = ? AND letter = ? AND state = 'queued'`,
  ).run(state, isOver ? null : nextAtMs, isOver ? atMs : null, problem, bytes ?? null, caller.tenant, letter);
}

function mustFindLetter({ sql, caller }: Scope, letter: string): LetterRow {
  const row = sql<StoredLetter>(`SELECT ${letterColumns} FROM report_letters WHERE tenant = ? AND letter = ?`).get(
    caller.tenant,
    letter,
  );
  if (row === undefined) throw new Error(`no letter ${letter}`);
  return presentLetter(row);
}

function presentLetter({ recipient, items, late, ...row }: StoredLetter): LetterRow {
  return {
    ...row,
    recipient: JSON.parse(recipient) as Recipient,
    items: JSON.parse(items) as LetterItem[],
    late: late === 1,
  };
}
