/** Recovery plans in all their versions, and what this machine knows of each: whether its commands may run, how it was found. */
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { hasCommands, runTheSame, type RecoveryPlan } from '../../../shared/model/recovery-plans.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

/** Times are epoch milliseconds. */
export type PlanRow = {
  readonly plan: RecoveryPlan;
  readonly version: number;
  readonly author: string;
  readonly savedAtMs: number;
};

/** How a plan stood when it was last held against what is there. */
export type PlanCheckRow = {
  readonly step: string | null;
  readonly level: 'ok' | 'warning' | 'blocker';
  readonly detail: string;
};

export type KnownPlan = PlanRow & {
  /** Null where it has no commands. */
  readonly approved: boolean | null;
  readonly check: { readonly atMs: number; readonly checks: readonly PlanCheckRow[] } | null;
};

type Stored = Omit<PlanRow, 'plan'> & { readonly definition: string };
type Facts = {
  readonly name: string;
  readonly approvedVersion: number | null;
  readonly checkedAt: number | null;
  readonly checkedVersion: number | null;
  readonly checks: string | null;
};

const columns = 'definition, version, actor AS author, saved_at AS savedAtMs';

export const recoveryPlans = {
  writes: {
    /** Whoever types a command in here has approved it. PLAN_EXISTS. */
    add(scope: Scope, { plan, atMs }: { plan: RecoveryPlan; atMs: number }): KnownPlan {
      if (find(scope, plan.name) !== null)
        throw new HoldfastError('PLAN_EXISTS', `A plan called ${plan.name} is there already.`);
      if (newest(scope).length >= limits.plans)
        throw new HoldfastError('BAD_USAGE', `There are ${limits.plans} plans already, as many as there can be.`);
      return save(scope, { plan, version: 1, atMs, approved: true });
    },

    /** A new version. Commands that came from elsewhere and stay as they are do not become approved by it. PLAN_UNKNOWN. */
    update(scope: Scope, { plan, atMs }: { plan: RecoveryPlan; atMs: number }): KnownPlan {
      const before = mustFind(scope, plan.name);
      const approved = before.approved !== false || !runTheSame(before.plan, plan);
      return save(scope, { plan, version: before.version + 1, atMs, approved });
    },

    /** PLAN_UNKNOWN. */
    remove(scope: Scope, { name }: { name: string }): void {
      mustFind(scope, name);
      const { tenant } = scope.caller;
      for (const table of ['recovery_plans', 'recovery_plan_facts'] as const)
        scope.sql(`DELETE FROM ${table} WHERE tenant = ? AND name = ?`).run(tenant, name);
      advanceRevision(scope);
    },

    /** A fact about this machine, which no other one learns of. PLAN_UNKNOWN, BAD_USAGE. */
    approve(scope: Scope, { name, version }: { name: string; version: number }): KnownPlan {
      const { version: newestVersion } = mustFind(scope, name);
      if (version !== newestVersion)
        throw new HoldfastError('BAD_USAGE', `Version ${version} of ${name} is not the newest: read that one first.`);
      setApproved(scope, name, version);
      return mustFind(scope, name);
    },

    checked(
      { sql, caller }: Scope,
      input: { name: string; version: number; atMs: number; checks: readonly PlanCheckRow[] },
    ): void {
      const { name, version, atMs, checks } = input;
      sql(
        `INSERT INTO recovery_plan_facts (tenant, actor, name, checked_at, checked_version, checks)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (tenant, name) DO UPDATE SET checked_at = excluded.checked_at,
           checked_version = excluded.checked_version, checks = excluded.checks`,
      ).run(caller.tenant, caller.actor, name, atMs, version, JSON.stringify(checks));
    },
  },

  reads: {
    /** The newest version of each, by name. */
    list(scope: Scope, _input: null): KnownPlan[] {
      return newest(scope);
    },

    find(scope: Scope, { name }: { name: string }): KnownPlan | null {
      return find(scope, name);
    },

    /** Newest first. */
    versions({ sql, caller }: Scope, { name }: { name: string }): PlanRow[] {
      return sql<Stored>(`SELECT ${columns} FROM recovery_plans WHERE tenant = ? AND name = ? ORDER BY version DESC`)
        .all(caller.tenant, name)
        .map(present);
    },

    /** All versions of all. */
    all({ sql, caller }: Scope, _input: null): PlanRow[] {
      return sql<Stored>(`SELECT ${columns} FROM recovery_plans WHERE tenant = ? ORDER BY name, version`)
        .all(caller.tenant)
        .map(present);
    },
  },
};

export function insertPlan(
  { sql, caller }: Pick<Scope, 'sql' | 'caller'>,
  { plan, version, author, savedAtMs }: PlanRow,
): void {
  sql('INSERT INTO recovery_plans (tenant, actor, name, version, definition, saved_at) VALUES (?, ?, ?, ?, ?, ?)').run(
    caller.tenant,
    author,
    plan.name,
    version,
    JSON.stringify(plan),
    savedAtMs,
  );
}

type Saving = {
  readonly plan: RecoveryPlan;
  readonly version: number;
  readonly atMs: number;
  readonly approved: boolean;
};

function save(scope: Scope, { plan, version, atMs, approved }: Saving): KnownPlan {
  const { sql, caller } = scope;
  insertPlan(scope, { plan, version, author: caller.actor, savedAtMs: atMs });
  sql('DELETE FROM recovery_plans WHERE tenant = ? AND name = ? AND version <= ?').run(
    caller.tenant,
    plan.name,
    version - limits.planVersions,
  );
  setApproved(scope, plan.name, approved ? version : null);
  advanceRevision(scope);
  return mustFind(scope, plan.name);
}

function setApproved({ sql, caller }: Scope, name: string, version: number | null): void {
  sql(
    `INSERT INTO recovery_plan_facts (tenant, actor, name, approved_version) VALUES (?, ?, ?, ?)
     ON CONFLICT (tenant, name) DO UPDATE SET actor = excluded.actor, approved_version = excluded.approved_version`,
  ).run(caller.tenant, caller.actor, name, version);
}

function newest({ sql, caller }: Scope): KnownPlan[] {
  const facts = new Map(
    sql<Facts>(
      `SELECT name, approved_version AS approvedVersion, checked_at AS checkedAt, checked_version AS checkedVersion, checks
       FROM recovery_plan_facts WHERE tenant = ?`,
    )
      .all(caller.tenant)
      .map((row) => [row.name, row]),
  );
  return sql<Stored>(
    `SELECT ${columns} FROM recovery_plans p WHERE tenant = ? AND version =
       (SELECT max(version) FROM recovery_plans WHERE tenant = p.tenant AND name = p.name) ORDER BY name`,
  )
    .all(caller.tenant)
    .map((row) => known(present(row), facts));
}

function known(row: PlanRow, facts: ReadonlyMap<string, Facts>): KnownPlan {
  const own = facts.get(row.plan.name);
  // What was found of another version says nothing of this one.
  const isChecked = own?.checks !== undefined && own.checks !== null && own.checkedVersion === row.version;
  return {
    ...row,
    approved: hasCommands(row.plan) ? own?.approvedVersion === row.version : null,
    check: isChecked ? { atMs: own.checkedAt ?? 0, checks: JSON.parse(own.checks ?? '[]') as PlanCheckRow[] } : null,
  };
}

function find(scope: Scope, name: string): KnownPlan | null {
  return newest(scope).find(({ plan }) => plan.name === name) ?? null;
}

function mustFind(scope: Scope, name: string): KnownPlan {
  const found = find(scope, name);
  if (found === null) throw new HoldfastError('PLAN_UNKNOWN', `No recovery plan is called ${name}.`);
  return found;
}

function present({ definition, ...row }: Stored): PlanRow {
  return { ...row, plan: JSON.parse(definition) as RecoveryPlan };
}
