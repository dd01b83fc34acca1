/** Runs of recovery plans, step by step. */
import type { PlanStepState } from '../../../shared/model/plan-runs.ts';
import type { RunState } from '../../../shared/model/run-states.ts';
import type { Scope } from './operations.ts';
import type { SqlValue } from './statements.ts';

/** Times are epoch milliseconds. */
export type PlanRunRow = {
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly plan: string;
  /** JSON. */
  readonly request: string;
  readonly state: RunState;
  readonly pausing: 0 | 1;
  readonly job: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
};

export type PlanRunStepRow = {
  readonly step: string;
  readonly state: PlanStepState;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** JSON. */
  readonly facts: string;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

export type PlanRunWithSteps = { readonly row: PlanRunRow; readonly steps: readonly PlanRunStepRow[] };

type NewPlanRun = Pick<PlanRunRow, 'run' | 'plan' | 'request'> & {
  readonly atMs: number;
  readonly steps: readonly {
    readonly step: string;
    readonly kind: string;
    readonly state: PlanStepState;
    readonly facts: string;
  }[];
};

/** Of what is left out nothing changes. */
type RunChange = { readonly run: string } & Partial<
  Pick<PlanRunRow, 'state' | 'pausing' | 'job' | 'errorCode' | 'errorMessage' | 'startedAt' | 'endedAt'> & {
    readonly engine: string | null;
  }
>;
type StepChange = { readonly run: string; readonly step: string } & Partial<Omit<PlanRunStepRow, 'step'>>;

const columns = `run, tenant, actor, plan, request, state, pausing, job, error_code AS errorCode,
  error_message AS errorMessage, created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;
const stepColumns = `step, state, started_at AS startedAt, ended_at AS endedAt, facts, error_code AS errorCode,
  error_message AS errorMessage`;

const names = {
  state: 'state',
  pausing: 'pausing',
  job: 'job',
  engine: 'engine',
  facts: 'facts',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  startedAt: 'started_at',
  endedAt: 'ended_at',
} as const;

export const planRuns = {
  writes: {
    create({ sql, caller }: Scope, { run, plan, request, atMs, steps }: NewPlanRun): void {
      sql(
        `INSERT INTO plan_runs (run, tenant, actor, plan, request, state, created_at) VALUES (?, ?, ?, ?, ?, 'ready', ?)`,
      ).run(run, caller.tenant, caller.actor, plan, request, atMs);
      for (const [position, { step, kind, state, facts }] of steps.entries())
        sql(
          `INSERT INTO plan_run_steps (run, position, tenant, actor, step, kind, state, facts)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        ).run(run, position, caller.tenant, caller.actor, step, kind, state, facts);
    },

    change({ sql, caller }: Scope, { run, ...changes }: RunChange): void {
      const { set, values } = assignments(changes);
      sql(`UPDATE plan_runs SET ${set} WHERE tenant = ? AND run = ?`).run(...values, caller.tenant, run);
    },

    changeStep({ sql, caller }: Scope, { run, step, ...changes }: StepChange): void {
      const { set, values } = assignments(changes);
      sql(`UPDATE plan_run_steps SET ${set} WHERE tenant = ? AND run = ? AND step = ?`).run(
        ...values,
        caller.tenant,
        run,
        step,
      );
    },

    /**
     * For an engine that has just taken the home: runs that an earlier one was at are interrupted. Of all tenants.
     * `asking`: kinds of steps that nobody begins again unasked.
     */
    takeOver({ sql }: Scope, { engine, asking }: { engine: string; asking: readonly string[] }): number {
      const stale = 'engine IS NOT NULL AND engine <> ?';
      sql(
        `UPDATE plan_run_steps SET state = CASE WHEN kind IN (${asking.map(() => '?').join(', ')}) THEN 'interrupted'
           ELSE 'waiting' END
         WHERE state = 'running' AND run IN (SELECT run FROM plan_runs WHERE ${stale})`,
      ).run(...asking, engine);
      return sql(`UPDATE plan_runs SET state = 'interrupted', engine = NULL, pausing = 0 WHERE ${stale}`).run(engine)
        .changes;
    },
  },

  reads: {
    /** Newest first; `before` is the id of one, for the page after it. */
    list(
      { sql, caller }: Scope,
      { plan, before, limit }: { plan: string | null; before: string | null; limit: number },
    ): PlanRunWithSteps[] {
      return sql<PlanRunRow>(
        `SELECT ${columns} FROM plan_runs WHERE tenant = ? AND (? IS NULL OR plan = ?)
           AND id < coalesce((SELECT id FROM plan_runs WHERE tenant = ? AND run = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      )
        .all(caller.tenant, plan, plan, caller.tenant, before, limit)
        .map((row) => ({ row, steps: stepsOf(sql, row) }));
    },

    /** Up to two whose id begins so. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): PlanRunWithSteps[] {
      return sql<PlanRunRow>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT ${columns} FROM plan_runs WHERE tenant = ? AND run >= ? AND run < ? || 'g' ORDER BY run LIMIT 2`,
      )
        .all(caller.tenant, beginning, beginning)
        .map((row) => ({ row, steps: stepsOf(sql, row) }));
    },
  },
};

function stepsOf(sql: Scope['sql'], { tenant, run }: PlanRunRow): PlanRunStepRow[] {
  return sql<PlanRunStepRow>(
    `SELECT ${stepColumns} FROM plan_run_steps WHERE tenant = ? AND run = ? ORDER BY position`,
  ).all(tenant, run);
}

function assignments(changes: Readonly<Record<string, SqlValue | undefined>>): {
  readonly set: string;
  readonly values: readonly SqlValue[];
} {
  const given = Object.entries(names).filter(([name]) => changes[name] !== undefined);
  return {
    set: given.map(([, column]) => `${column} = ?`).join(', '),
    values: given.map(([name]) => changes[name] ?? null),
  };
}
