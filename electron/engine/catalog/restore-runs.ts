/** Restore runs: what each is to bring back, how far it has come, and which snapshots it holds. */
import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { unfinishedStates, type RunState, type RunStepState } from '../../../shared/model/run-states.ts';
import type { Scope } from './operations.ts';
import type { SqlValue } from './statements.ts';

/** Times are epoch milliseconds. */
export type RunRow = {
  readonly run: string;
  readonly tenant: string;
  readonly actor: string;
  readonly kind: string;
  readonly title: string;
  readonly repository: string;
  readonly location: string;
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
  readonly closedAt: number | null;
};

export type RunStepRow = {
  readonly step: string;
  readonly title: string;
  readonly detail: string | null;
  readonly state: RunStepState;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly undo: string | null;
  readonly noUndo: string | null;
  /** JSON. */
  readonly result: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
};

export type RunWithSteps = { readonly row: RunRow; readonly steps: readonly RunStepRow[] };

/** `expiresAtMs`: as its tag says; null where it cannot be read. */
export type ClonedRun = {
  readonly run: string;
  readonly title: string;
  readonly author: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number | null;
};

type NewRun = Pick<RunRow, 'run' | 'kind' | 'title' | 'repository' | 'location' | 'request'> & {
  readonly atMs: number;
  readonly snapshots: readonly string[];
  readonly steps: readonly Pick<RunStepRow, 'step' | 'title' | 'detail' | 'undo' | 'noUndo'>[];
};

/** Of what is left out nothing changes. */
type RunChange = { readonly run: string; readonly atMs: number } & Partial<
  Pick<RunRow, 'state' | 'pausing' | 'job' | 'errorCode' | 'errorMessage' | 'startedAt' | 'endedAt' | 'closedAt'> & {
    readonly engine: string | null;
  }
>;
type StepChange = { readonly run: string; readonly step: string } & Partial<Omit<RunStepRow, 'step' | 'title'>>;

const maximumOpen = 1000;

const columns = `run, tenant, actor, kind, title, repository, location, request, state, pausing, job,
  error_code AS errorCode, error_message AS errorMessage, created_at AS createdAt, started_at AS startedAt,
  ended_at AS endedAt, closed_at AS closedAt`;
const stepColumns = `step, title, detail, state, started_at AS startedAt, ended_at AS endedAt, undo, no_undo AS noUndo,
  result, error_code AS errorCode, error_message AS errorMessage`;

const runColumnNames = {
  state: 'state',
  pausing: 'pausing',
  job: 'job',
  engine: 'engine',
  errorCode: 'error_code',
  errorMessage: 'error_message',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  closedAt: 'closed_at',
} as const;
const stepColumnNames = {
  detail: 'detail',
  state: 'state',
  startedAt: 'started_at',
  endedAt: 'ended_at',
  undo: 'undo',
  noUndo: 'no_undo',
  result: 'result',
  errorCode: 'error_code',
  errorMessage: 'error_message',
} as const;

export const restoreRuns = {
  writes: {
    create({ sql, caller }: Scope, { snapshots, steps, atMs, ...row }: NewRun): void {
      const { count } = sql<{ count: number }>(
        'SELECT count(*) AS count FROM restore_runs WHERE tenant = ? AND closed_at IS NULL',
      ).get(caller.tenant) ?? { count: 0 };
      if (count >= maximumOpen)
        throw new HoldfastError('BAD_USAGE', `${count} restore runs are open already, which is as many as can be.`);
      sql(
        `INSERT INTO restore_runs (run, tenant, actor, kind, title, repository, location, request, state, created_at,
           updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'ready', ?, ?)`,
      ).run(
        row.run,
        caller.tenant,
        caller.actor,
        row.kind,
        row.title,
        row.repository,
        row.location,
        row.request,
        atMs,
        atMs,
      );
      for (const [position, { step, title, detail, undo, noUndo }] of steps.entries()) {
        sql(
          `INSERT INTO restore_run_steps (run, position, tenant, actor, step, title, detail, state, undo, no_undo)
           VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?)`,
        ).run(row.run, position, caller.tenant, caller.actor, step, title, detail, undo, noUndo);
      }
      for (const snapshot of new Set(snapshots)) {
        sql('INSERT INTO restore_run_snapshots (run, snapshot, tenant, actor) VALUES (?, ?, ?, ?)').run(
          row.run,
          snapshot,
          caller.tenant,
          caller.actor,
        );
      }
    },

    change({ sql, caller }: Scope, { run, atMs, ...changes }: RunChange): void {
      const { set, values } = assignments(runColumnNames, changes);
      sql(`UPDATE restore_runs SET ${set}updated_at = ? WHERE tenant = ? AND run = ?`).run(
        ...values,
        atMs,
        caller.tenant,
        run,
      );
    },

    changeStep({ sql, caller }: Scope, { run, step, ...changes }: StepChange): void {
      const { set, values } = assignments(stepColumnNames, changes);
      sql(`UPDATE restore_run_steps SET ${set}tenant = tenant WHERE tenant = ? AND run = ? AND step = ?`).run(
        ...values,
        caller.tenant,
        run,
        step,
      );
    },

    /** For an engine that has just taken the home: whatever an earlier one was at is interrupted. Of all tenants. */
    takeOver({ sql }: Scope, { engine }: { engine: string }): number {
      const stale = `engine IS NOT NULL AND engine <> ?`;
      sql(
        `UPDATE restore_run_steps SET state = 'stopped', ended_at = NULL
         WHERE state = 'running' AND run IN (SELECT run FROM restore_runs WHERE ${stale})`,
      ).run(engine);
      return sql(
        `UPDATE restore_runs SET state = CASE WHEN state IN ('running', 'verifying', 'undoing') THEN 'interrupted'
           ELSE state END, engine = NULL, pausing = 0, ended_at = updated_at WHERE ${stale}`,
      ).run(engine).changes;
    },
  },

  reads: {
    /** Clones for development that a run has launched and nobody has undone, or closed the run of to keep them. */
    clones({ sql, caller }: Scope, _input: null): ClonedRun[] {
      const rows = sql<Omit<ClonedRun, 'expiresAtMs'> & { request: string }>(
        `SELECT run, title, actor AS author, created_at AS createdAtMs, request FROM restore_runs WHERE tenant = ? AND kind = 'aws' AND closed_at IS NULL
           AND started_at IS NOT NULL AND state <> 'undone' AND json_extract(request, '$.aws.want.kind') = 'clone'
         ORDER BY created_at`,
      ).all(caller.tenant);
      return rows.map(({ request, ...row }) => ({ ...row, expiresAtMs: expiryIn(request) }));
    },

    /** Newest first; `before` is the id of one, for the page after it. */
    list(
      { sql, caller }: Scope,
      { open, before, limit }: { open: boolean; before: string | null; limit: number },
    ): RunWithSteps[] {
      const rows = sql<RunRow>(
        `SELECT ${columns} FROM restore_runs
         WHERE tenant = ? AND (? = 0 OR closed_at IS NULL)
           AND id < coalesce((SELECT id FROM restore_runs WHERE tenant = ? AND run = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, open ? 1 : 0, caller.tenant, before, limit);
      return rows.map((row) => ({ row, steps: stepsOf(sql, caller.tenant, row.run) }));
    },

    /** Up to two whose id begins so. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): RunWithSteps[] {
      const rows = sql<RunRow>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT ${columns} FROM restore_runs WHERE tenant = ? AND run >= ? AND run < ? || 'g' ORDER BY run LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
      return rows.map((row) => ({ row, steps: stepsOf(sql, caller.tenant, row.run) }));
    },

    /** Snapshots of a repository that open runs hold. */
    held(
      { sql, caller }: Scope,
      { repository }: { repository: string },
    ): { readonly snapshot: string; readonly title: string; readonly author: string }[] {
      return sql<{ snapshot: string; title: string; author: string }>(
        `SELECT s.snapshot, r.title, r.actor AS author FROM restore_runs r JOIN restore_run_snapshots s ON s.run = r.run
         WHERE r.closed_at IS NULL AND r.repository = ? AND r.tenant = ? ORDER BY r.id`,
      ).all(repository, caller.tenant);
    },

    /** Runs of any tenant that have begun and not ended: the data of a repository belongs to all of them. */
    unfinished(
      { sql }: Scope,
      { repository }: { repository: string },
    ): { readonly title: string; readonly actor: string }[] {
      const states = unfinishedStates.map((state) => `'${state}'`).join(', ');
      return sql<{ title: string; actor: string }>(
        `SELECT title, actor FROM restore_runs
         WHERE closed_at IS NULL AND repository = ? AND state IN (${states}) ORDER BY id LIMIT 20`,
      ).all(repository);
    },
  },
};

function stepsOf(sql: Scope['sql'], tenant: string, run: string): RunStepRow[] {
  return sql<RunStepRow>(
    `SELECT ${stepColumns} FROM restore_run_steps WHERE tenant = ? AND run = ? ORDER BY position`,
  ).all(tenant, run);
}

function assignments(
  names: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, SqlValue | undefined>>,
): { readonly set: string; readonly values: readonly SqlValue[] } {
  const given = Object.entries(names).filter(([name]) => changes[name] !== undefined);
  return {
    set: given.map(([, column]) => `${column} = ?, `).join(''),
    values: given.map(([name]) => changes[name] ?? null),
  };
}

const cloneRequest = z.object({
  aws: z.object({
    deeds: z.array(z.looseObject({ tags: z.array(z.object({ Key: z.string(), Value: z.string() })).optional() })),
  }),
});

function expiryIn(request: string): number | null {
  const parsed = cloneRequest.safeParse(JSON.parse(request));
  const tags = parsed.data?.aws.deeds.flatMap(({ tags: own = [] }) => own) ?? [];
  const ms = Date.parse(tags.find(({ Key }) => Key === 'holdfast:expires')?.Value ?? '');
  return Number.isNaN(ms) ? null : ms;
}
