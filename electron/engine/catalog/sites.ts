/** Sites and rules of sync, which are configuration; who told a site to wait, and when it last answered, which are not. */
import { randomBytes } from 'node:crypto';
import type { SiteDefinition } from '../../../shared/contract/sites.ts';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { findLoop, type SyncRuleDefinition } from '../../../shared/model/sync-rules.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type SiteRow = { readonly definition: SiteDefinition; readonly author: string; readonly addedAtMs: number };

export type SyncRuleRow = {
  /** 16 hexadecimal digits. */
  readonly rule: string;
  readonly definition: SyncRuleDefinition;
  readonly author: string;
  readonly addedAtMs: number;
};

export type SitePause = {
  readonly site: string;
  /** Null: until somebody ends it. */
  readonly untilMs: number | null;
  readonly reason: string;
  readonly sinceMs: number;
  readonly author: string;
};

export type SiteLook = {
  readonly site: string;
  readonly seenAtMs: number | null;
  /** Null: it answers. */
  readonly silentSinceMs: number | null;
  readonly problem: { readonly code: ErrorCode; readonly message: string } | null;
};

type Stored<Row> = Omit<Row, 'definition'> & { readonly definition: string };
type NewRule = {
  readonly definition: SyncRuleDefinition;
  /** The repository that protection writes to: one of the places that a loop may lead through. */
  readonly primary: string;
  readonly atMs: number;
};

const siteColumns = 'definition, actor AS author, added_at AS addedAtMs';
const ruleColumns = 'rule, definition, actor AS author, added_at AS addedAtMs';

export const sites = {
  writes: {
    /** SITE_EXISTS. */
    add(scope: Scope, { definition, atMs }: { definition: SiteDefinition; atMs: number }): SiteRow {
      const others = allSites(scope);
      const twin = others.find(
        (one) => one.definition.name === definition.name || one.definition.repository === definition.repository,
      );
      if (twin !== undefined)
        throw new HoldfastError('SITE_EXISTS', `The site ${twin.definition.name} has that name or that repository.`);
      if (others.length >= limits.sites)
        throw new HoldfastError('BAD_USAGE', `There are ${others.length} sites already, as many as there can be.`);
      const row = { definition, author: scope.caller.actor, addedAtMs: atMs };
      insertSite(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** Another definition under the same name. SITE_UNKNOWN. */
    update(scope: Scope, { definition }: { definition: SiteDefinition }): SiteRow {
      const before = mustFindSite(scope, definition.name);
      const row = { ...before, definition };
      insertSite(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** SITE_UNKNOWN, SITE_IN_USE. */
    remove(scope: Scope, { name }: { name: string }): SiteRow {
      const { sql, caller } = scope;
      const row = mustFindSite(scope, name);
      const rules = allRules(scope).filter(({ definition: { from, to } }) => from === name || to === name);
      if (rules.length > 0)
        throw new HoldfastError(
          'SITE_IN_USE',
          `${name} is named by ${rules.length === 1 ? 'a rule' : 'rules'} of sync.`,
        );
      sql('DELETE FROM sites WHERE tenant = ? AND name = ?').run(caller.tenant, name);
      for (const table of ['site_pauses', 'site_looks', 'sync_items'] as const)
        sql(`DELETE FROM ${table} WHERE tenant = ? AND site = ?`).run(caller.tenant, name);
      advanceRevision(scope);
      return row;
    },

    /** SITE_UNKNOWN, PROFILE_UNKNOWN, SYNC_LOOP. */
    addRule(scope: Scope, { definition, primary, atMs }: NewRule): SyncRuleRow {
      const rules = allRules(scope);
      if (rules.length >= limits.syncRules)
        throw new HoldfastError('BAD_USAGE', `There are ${rules.length} rules already, as many as there can be.`);
      const { actor, tenant } = scope.caller;
      const row = { rule: randomBytes(8).toString('hex'), definition, author: actor, addedAtMs: atMs };
      mustBeSound(scope, definition, rules, primary);
      insertRule(scope.sql, tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** As `addRule`; SYNC_RULE_UNKNOWN. */
    updateRule(scope: Scope, { rule, definition, primary }: Omit<NewRule, 'atMs'> & { rule: string }): SyncRuleRow {
      const row = { ...mustFindRule(scope, rule), definition };
      const others = allRules(scope).filter((one) => one.rule !== rule);
      mustBeSound(scope, definition, others, primary);
      insertRule(scope.sql, scope.caller.tenant, row);
      advanceRevision(scope);
      return row;
    },

    /** What it had asked for and was not sent yet is not sent any more. SYNC_RULE_UNKNOWN. */
    removeRule(scope: Scope, { rule }: { rule: string }): SyncRuleRow {
      const row = mustFindRule(scope, rule);
      const { tenant } = scope.caller;
      scope.sql('DELETE FROM sync_rules WHERE tenant = ? AND rule = ?').run(tenant, rule);
      scope
        .sql(
          `DELETE FROM sync_items WHERE tenant = ? AND rule = ? AND state IN ('queued', 'paused', 'retrying', 'failed')`,
        )
        .run(tenant, rule);
      advanceRevision(scope);
      return row;
    },

    /** Takes the place of the one that is there. SITE_UNKNOWN. */
    pause(scope: Scope, pause: Omit<SitePause, 'author'>): void {
      mustFindSite(scope, pause.site);
      const { tenant, actor } = scope.caller;
      scope
        .sql(
          `INSERT OR REPLACE INTO site_pauses (tenant, actor, site, until_at, reason, since) VALUES (?, ?, ?, ?, ?, ?)`,
        )
        .run(tenant, actor, pause.site, pause.untilMs, pause.reason, pause.sinceMs);
    },

    /** SITE_UNKNOWN. */
    resume(scope: Scope, { site }: { site: string }): void {
      mustFindSite(scope, site);
      scope.sql('DELETE FROM site_pauses WHERE tenant = ? AND site = ?').run(scope.caller.tenant, site);
    },

    /** It has answered, or has not: `problem`. */
    look(
      { sql, caller }: Scope,
      { site, atMs, problem }: { site: string; atMs: number; problem: SiteLook['problem'] },
    ): void {
      const { tenant, actor } = caller;
      sql(
        `INSERT INTO site_looks (tenant, actor, site, seen_at, silent_since, problem_code, problem_message)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, site) DO UPDATE SET actor = excluded.actor, problem_code = excluded.problem_code,
           problem_message = excluded.problem_message, seen_at = coalesce(excluded.seen_at, seen_at),
           silent_since = CASE WHEN excluded.silent_since IS NULL THEN NULL ELSE coalesce(silent_since, excluded.silent_since) END`,
      ).run(
        tenant,
        actor,
        site,
        problem === null ? atMs : null,
        problem === null ? null : atMs,
        problem?.code ?? null,
        problem?.message.slice(0, 2_000) ?? null,
      );
    },
  },

  reads: {
    /** In the order in which they were added: there is a limit to their number. */
    list(scope: Scope, _input: null): SiteRow[] {
      return allSites(scope);
    },

    find(scope: Scope, { name }: { name: string }): SiteRow | null {
      return findSite(scope, name);
    },

    /** All of them, those that go first at the beginning. */
    rules(scope: Scope, _input: null): SyncRuleRow[] {
      return allRules(scope);
    },

    /** Those that hold at that moment. */
    pauses({ sql, caller }: Scope, { nowMs }: { nowMs: number }): SitePause[] {
      return sql<SitePause>(
        `SELECT site, until_at AS untilMs, reason, since AS sinceMs, actor AS author FROM site_pauses
         WHERE tenant = ? AND (until_at IS NULL OR until_at > ?) ORDER BY site`,
      ).all(caller.tenant, nowMs);
    },

    looks({ sql, caller }: Scope, _input: null): SiteLook[] {
      type Row = Omit<SiteLook, 'problem'> & { code: ErrorCode | null; message: string | null };
      return sql<Row>(
        `SELECT site, seen_at AS seenAtMs, silent_since AS silentSinceMs, problem_code AS code,
           problem_message AS message FROM site_looks WHERE tenant = ?`,
      )
        .all(caller.tenant)
        .map(({ code, message, ...row }) => ({
          ...row,
          problem: code === null ? null : { code, message: message ?? '' },
        }));
    },
  },
};

/** In place of one of the same name. */
export function insertSite(sql: Scope['sql'], tenant: string, { definition, author, addedAtMs }: SiteRow): void {
  sql('INSERT OR REPLACE INTO sites (tenant, actor, name, definition, added_at) VALUES (?, ?, ?, ?, ?)').run(
    tenant,
    author,
    definition.name,
    JSON.stringify(definition),
    addedAtMs,
  );
}

export function insertRule(sql: Scope['sql'], tenant: string, row: SyncRuleRow): void {
  sql('INSERT OR REPLACE INTO sync_rules (tenant, actor, rule, definition, added_at) VALUES (?, ?, ?, ?, ?)').run(
    tenant,
    row.author,
    row.rule,
    JSON.stringify(row.definition),
    row.addedAtMs,
  );
}

function allSites({ sql, caller }: Scope): SiteRow[] {
  return sql<Stored<SiteRow>>(`SELECT ${siteColumns} FROM sites WHERE tenant = ? ORDER BY added_at, name`)
    .all(caller.tenant)
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as SiteDefinition }));
}

function findSite({ sql, caller }: Scope, name: string): SiteRow | null {
  const row = sql<Stored<SiteRow>>(`SELECT ${siteColumns} FROM sites WHERE tenant = ? AND name = ?`).get(
    caller.tenant,
    name,
  );
  return row === undefined ? null : { ...row, definition: JSON.parse(row.definition) as SiteDefinition };
}

function mustFindSite(scope: Scope, name: string): SiteRow {
  const row = findSite(scope, name);
  if (row !== null) return row;
  throw new HoldfastError('SITE_UNKNOWN', `No site is known as ${name}.`);
}

function allRules({ sql, caller }: Scope): SyncRuleRow[] {
  return sql<Stored<SyncRuleRow>>(`SELECT ${ruleColumns} FROM sync_rules WHERE tenant = ? ORDER BY added_at, rule`)
    .all(caller.tenant)
    .map((row) => ({ ...row, definition: JSON.parse(row.definition) as SyncRuleDefinition }))
    .toSorted((a, b) => a.definition.priority - b.definition.priority);
}

function mustFindRule(scope: Scope, rule: string): SyncRuleRow {
  const row = allRules(scope).find((one) => one.rule === rule);
  if (row !== undefined) return row;
  throw new HoldfastError('SYNC_RULE_UNKNOWN', `There is no rule ${rule}.`);
}

function mustBeSound(
  scope: Scope,
  definition: SyncRuleDefinition,
  others: readonly SyncRuleRow[],
  primary: string,
): void {
  const names = new Map<string, string>([[primary, 'the primary repository']]);
  const placeOf = (name: string | null): string => {
    if (name === null) return primary;
    const { repository } = mustFindSite(scope, name).definition;
    if (!names.has(repository)) names.set(repository, name);
    return repository;
  };
  if (definition.scope.kind === 'period') mustKnowProfile(scope, definition.scope.profile);
  const edges = [definition, ...others.map((row) => row.definition)].map(({ from, to, scope: of }) => ({
    from: placeOf(from),
    to: placeOf(to),
    scope: of,
  }));
  const loop = findLoop(edges);
  if (loop === null) return;
  const way = loop.map((place) => names.get(place) ?? place.slice(0, 8)).join(' → ');
  throw new HoldfastError('SYNC_LOOP', `The rules would make a loop: ${way}.`);
}

function mustKnowProfile({ sql, caller }: Scope, profile: string): void {
  const row = sql('SELECT 1 FROM profiles WHERE tenant = ? AND profile = ?').get(caller.tenant, profile);
  if (row === undefined) throw new HoldfastError('PROFILE_UNKNOWN', `There is no profile ${profile}.`);
}
