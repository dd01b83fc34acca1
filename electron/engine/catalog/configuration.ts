/** The console's own configuration as a whole: which revision it is at, where that was saved, how one is taken in. */
import type { Setting } from '../../../shared/contract/settings.ts';
import { insertAwsAccount, type AwsAccountRow } from './aws-accounts.ts';
import type { HoldCase } from '../../../shared/model/hold-cases.ts';
import { insertCase } from './hold-cases.ts';
import { insertHold, type HoldRow } from './holds.ts';
import { insertRule, insertSite, type SiteRow, type SyncRuleRow } from './sites.ts';
import { insertStandby, type StandbyRow } from './standbys.ts';
import { insertIncident, openIncident, type TakenIncident } from './incidents.ts';
import type { Scope } from './operations.ts';
import { insertSubscription, type SubscriptionRow } from './subscriptions.ts';
import { insertPlan, type PlanRow } from './recovery-plans.ts';
import { insertSource, type StoredSource } from './registered-sources.ts';
import { insertAssignment, insertProfile, type AssignmentRow, type ProfileRow } from './profiles.ts';
import { advanceRevision } from './revision.ts';
import { insertSetting } from './settings.ts';

export type ConfigurationState = {
  /** Which home writes it: 16 hexadecimal digits. */
  readonly console: string;
  readonly replaces: readonly string[];
  /** How often somebody has taken over, as far as it knows: see repository/configuration.ts. */
  readonly epoch: number;
  /** JSON of an object: parts of the document that only a newer version knows. */
  readonly others: string;
  readonly revision: number;
  readonly savedAtMs: number;
};

export type TakenConfiguration = Omit<ConfigurationState, 'revision'> & {
  readonly sources: readonly StoredSource[];
  readonly awsAccounts: readonly AwsAccountRow[];
  readonly settings: readonly Setting[];
  readonly holds: readonly HoldRow[];
  readonly cases: readonly HoldCase[];
  readonly profiles: readonly ProfileRow[];
  readonly assignments: readonly AssignmentRow[];
  readonly sites: readonly SiteRow[];
  readonly syncRules: readonly SyncRuleRow[];
  readonly standbys: readonly StandbyRow[];
  /** All versions. */
  readonly plans: readonly PlanRow[];
  readonly subscriptions: readonly SubscriptionRow[];
  /** Null where nothing was frozen. */
  readonly incident: TakenIncident | null;
};

type StateRow = Omit<ConfigurationState, 'replaces'> & { readonly replaces: string };

const emptied = [
  'configurations',
  'configuration_saves',
  'registered_sources',
  'aws_accounts',
  'settings',
  'holds',
  'hold_cases',
  'profiles',
  'profile_assignments',
  'sites',
  'sync_rules',
  'standbys',
  'recovery_plans',
  'recovery_plan_facts',
  'subscriptions',
] as const;

export const configuration = {
  writes: {
    /** Makes an empty one where the tenant has none. */
    begin({ sql, caller }: Scope, { console }: { console: string }): void {
      sql(
        `INSERT OR IGNORE INTO configurations (tenant, actor, console, replaces, others, revision, saved_at)
         VALUES (?, ?, ?, '[]', '{}', 0, 0)`,
      ).run(caller.tenant, caller.actor, console);
    },

    /** Notes a change of what the catalog itself does not hold. */
    touch(scope: Scope, _input: null): void {
      advanceRevision(scope);
    },

    saved(
      { sql, caller }: Scope,
      input: { repository: string; revision: number; snapshot: string; savedAtMs: number },
    ): void {
      sql(
        `INSERT INTO configuration_saves (tenant, actor, repository, revision, snapshot) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (tenant, repository) DO UPDATE SET actor = excluded.actor, revision = excluded.revision,
           snapshot = excluded.snapshot`,
      ).run(caller.tenant, caller.actor, input.repository, input.revision, input.snapshot);
      sql('UPDATE configurations SET saved_at = max(saved_at, ?) WHERE tenant = ?').run(input.savedAtMs, caller.tenant);
    },

    /**
     * Puts a configuration in the place of whatever the tenant has. Interrupted, it leaves none, which is found out by
     * whoever needs it. Commands are not approved.
     */
    *takeIn(scope: Scope, taken: TakenConfiguration): Generator<void, void> {
      const { sql, caller } = scope;
      const { tenant } = caller;
      const revision =
        (sql<{ revision: number }>('SELECT revision FROM configurations WHERE tenant = ?').get(tenant)?.revision ?? 0) +
        1;
      for (const table of emptied) sql(`DELETE FROM ${table} WHERE tenant = ?`).run(tenant);
      for (const source of taken.sources) {
        insertSource(sql, tenant, source, null);
        yield;
      }
      for (const account of taken.awsAccounts) {
        insertAwsAccount(sql, tenant, account, null);
        yield;
      }
      for (const setting of taken.settings) {
        insertSetting(sql, caller, setting);
        yield;
      }
      for (const hold of taken.holds) {
        insertHold(sql, tenant, hold);
        yield;
      }
      for (const one of taken.cases) {
        insertCase(sql, tenant, one);
        yield;
      }
      for (const profile of taken.profiles) {
        insertProfile(sql, tenant, profile);
        yield;
      }
      for (const assignment of taken.assignments) {
        insertAssignment(sql, tenant, assignment);
        yield;
      }
      for (const site of taken.sites) {
        insertSite(sql, tenant, site);
        yield;
      }
      for (const rule of taken.syncRules) {
        insertRule(sql, tenant, rule);
        yield;
      }
      for (const standby of taken.standbys) {
        insertStandby(sql, tenant, standby);
        yield;
      }
      for (const plan of taken.plans) {
        insertPlan(scope, plan);
        yield;
      }
      for (const subscription of taken.subscriptions) {
        insertSubscription(sql, tenant, subscription);
        yield;
      }
      // What is frozen here stays so, whatever an older configuration says.
      if (taken.incident !== null && openIncident(scope) === null) insertIncident(scope, taken.incident);
      sql(
        `INSERT OR REPLACE INTO configurations (tenant, actor, console, replaces, others, revision, saved_at, epoch)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ).run(
        tenant,
        caller.actor,
        taken.console,
        JSON.stringify(taken.replaces),
        taken.others,
        revision,
        taken.savedAtMs,
        taken.epoch,
      );
    },
  },

  reads: {
    /** Null where the tenant has none. */
    state({ sql, caller }: Scope, _input: null): ConfigurationState | null {
      const row = sql<StateRow>(
        `SELECT console, replaces, epoch, others, revision, saved_at AS savedAtMs FROM configurations WHERE tenant = ?`,
      ).get(caller.tenant);
      return row === undefined ? null : { ...row, replaces: JSON.parse(row.replaces) as string[] };
    },

    /** The revision that a repository has; null where it has none. */
    savedRevision({ sql, caller }: Scope, { repository }: { repository: string }): number | null {
      const row = sql<{ revision: number }>(
        'SELECT revision FROM configuration_saves WHERE tenant = ? AND repository = ?',
      ).get(caller.tenant, repository);
      return row?.revision ?? null;
    },
  },
};
