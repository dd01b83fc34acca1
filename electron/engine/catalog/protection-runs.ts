/** Runs of protection: those that were due and those that were asked for, what came of them, and what is answered. */
import type { ProtectionRun, TrendDay } from '../../../shared/contract/schedule.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { MeasuredRun } from '../../../shared/model/trend-figures.ts';
import type { Scope } from './operations.ts';
import { trendDays, type TrendRun } from './trend-days.ts';

export type RunState = ProtectionRun['state'];
export type EndedRunState = Exclude<RunState, 'asked' | 'running'>;

/** Times are epoch milliseconds. */
export type ProtectionRunRow = {
  readonly run: string;
  readonly source: string;
  readonly profile: string | null;
  readonly periods: readonly string[];
  readonly occurrenceMs: number | null;
  readonly askedAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly state: RunState;
  readonly late: boolean;
  readonly job: string | null;
  /** Id in the config of the repository. */
  readonly repository: string | null;
  readonly snapshot: string | null;
  readonly consistency: 'application' | 'crash' | null;
  readonly consistencyProblem: string | null;
  readonly filesNew: number | null;
  readonly filesChanged: number | null;
  readonly filesUnmodified: number | null;
  readonly bytesAdded: number | null;
  readonly bytesStored: number | null;
  readonly bytesTotal: number | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly actor: string;
};

export type NewRun = Pick<
  ProtectionRunRow,
  'run' | 'source' | 'profile' | 'periods' | 'occurrenceMs' | 'askedAtMs' | 'late'
> & {
  /** Which start of an engine it belongs to. */
  readonly engine: string;
  /** The system snapshot it is part of. */
  readonly system?: string;
};

/** Figures a run ends with; what is not known stays null. */
export type RunEnd = { readonly run: string; readonly state: EndedRunState; readonly endedAtMs: number } & Partial<
  Pick<
    ProtectionRunRow,
    | 'snapshot'
    | 'consistency'
    | 'consistencyProblem'
    | 'filesNew'
    | 'filesChanged'
    | 'filesUnmodified'
    | 'bytesAdded'
    | 'bytesStored'
    | 'bytesTotal'
    | 'errorCode'
    | 'errorMessage'
  >
>;

/** What decides about the next run of one source. */
export type SourceHistory = {
  /**
   * By `profile period`: occurrences that were answered, the newest few. More than one, because a clock that was ahead
   * has answered what is still to come.
   */
  readonly answered: Readonly<Record<string, readonly number[]>>;
  readonly failed: { readonly count: number; readonly endedAtMs: number } | null;
};

type Row = Omit<ProtectionRunRow, 'periods' | 'late'> & { readonly periods: string; readonly late: number };

const columns = `run, source, profile, periods, occurrence_at AS occurrenceMs, asked_at AS askedAtMs,
  started_at AS startedAtMs, ended_at AS endedAtMs, state, late, job, repository, snapshot, consistency,
  consistency_problem AS consistencyProblem, files_new AS filesNew, files_changed AS filesChanged,
  files_unmodified AS filesUnmodified, bytes_added AS bytesAdded, bytes_stored AS bytesStored,
  bytes_total AS bytesTotal, error_code AS errorCode, error_message AS errorMessage, actor`;

/** What came of these is an answer: a failure and an engine that died are not. */
const answers: ReadonlySet<RunState> = new Set([
  'complete',
  'completeWithExceptions',
  'partial',
  'cancelled',
  'missed',
]);
const keptAnswers = 20;
const keptMs = 400 * 24 * 3_600_000;
const trimmedAtOnce = 50;
/** What decides about the next run is looked for among this many of a source: there are some ten thousand of each. */
const newestRuns = 200;
const mostFailures = 10;
/** Of what runs is only looked at what is under way: by the index of those, for by any other there are too many. */
const underWay = "state IN ('asked', 'running') AND +tenant = ?";

export const protectionRuns = {
  writes: {
    /** Before anything of it is done. RUN_UNDER_WAY where the occurrence is being answered, or has been. */
    ask(scope: Scope, run: NewRun): void {
      const { sql, caller } = scope;
      if (isTaken(scope, run))
        throw new HoldfastError('RUN_UNDER_WAY', `What is due of ${run.source} is being run already, or has been.`);
      sql(
        `INSERT INTO protection_runs (run, tenant, actor, engine, source, profile, periods, occurrence_at, asked_at, state,
           late, system_run) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'asked', ?, ?)`,
      ).run(
        run.run,
        caller.tenant,
        caller.actor,
        run.engine,
        run.source,
        run.profile,
        JSON.stringify(run.periods),
        run.occurrenceMs,
        run.askedAtMs,
        run.late ? 1 : 0,
        run.system ?? null,
      );
    },

    begin(
      { sql, caller }: Scope,
      input: { run: string; job: string; repository: string | null; startedAtMs: number },
    ): void {
      sql(
        `UPDATE protection_runs SET state = 'running', job = ?, repository = ?, started_at = ?
         WHERE tenant = ? AND run = ? AND ended_at IS NULL`,
      ).run(input.job, input.repository, input.startedAtMs, caller.tenant, input.run);
    },

    /** It has its snapshot, which does not count yet. */
    wait(scope: Scope, { run, snapshot }: { run: string; snapshot: string }): void {
      const { sql, caller } = scope;
      const query = 'UPDATE protection_runs SET snapshot = ? WHERE tenant = ? AND run = ? AND ended_at IS NULL';
      if (sql(query).run(snapshot, caller.tenant, run).changes === 1) answer(scope, run);
    },

    /** Doing it again changes nothing. */
    end(scope: Scope, end: RunEnd): void {
      const { sql, caller } = scope;
      const { changes } = sql(
        `UPDATE protection_runs SET state = ?, ended_at = ?, snapshot = ?, consistency = ?, consistency_problem = ?,
           files_new = ?, files_changed = ?, files_unmodified = ?, bytes_added = ?, bytes_stored = ?,
           bytes_total = ?, error_code = ?, error_message = ? WHERE tenant = ? AND run = ? AND ended_at IS NULL`,
      ).run(
        end.state,
        end.endedAtMs,
        end.snapshot ?? null,
        end.consistency ?? null,
        end.consistencyProblem ?? null,
        end.filesNew ?? null,
        end.filesChanged ?? null,
        end.filesUnmodified ?? null,
        end.bytesAdded ?? null,
        end.bytesStored ?? null,
        end.bytesTotal ?? null,
        end.errorCode ?? null,
        end.errorMessage ?? null,
        caller.tenant,
        end.run,
      );
      if (changes === 1 && answers.has(end.state)) answer(scope, end.run);
    },

    /** Forgets what ended long ago, a part at a time. */
    *trim({ sql, caller }: Scope, { nowMs }: { nowMs: number }): Generator<void, void> {
      for (;;) {
        const { changes } = sql(
          `DELETE FROM protection_runs WHERE id IN (SELECT id FROM protection_runs
             WHERE tenant = ? AND asked_at < ? AND ended_at IS NOT NULL LIMIT ${trimmedAtOnce})`,
        ).run(caller.tenant, nowMs - keptMs);
        if (changes < trimmedAtOnce) return;
        yield;
      }
    },
  },

  reads: {
    /** Newest first; `before` is the id of a run, for the page after it. */
    list(
      { sql, caller }: Scope,
      { source, before, limit }: { source: string | null; before: string | null; limit: number },
    ): ProtectionRunRow[] {
      const older = 'id < coalesce((SELECT id FROM protection_runs WHERE tenant = ? AND run = ?), 9223372036854775807)';
      const rows =
        source === null
          ? sql<Row>(
              `SELECT ${columns} FROM protection_runs INDEXED BY protection_runs_in_order
               WHERE tenant = ? AND ${older} ORDER BY id DESC LIMIT ?`,
            ).all(caller.tenant, caller.tenant, before, limit)
          : sql<Row>(
              `SELECT ${columns} FROM protection_runs INDEXED BY protection_runs_by_source
               WHERE tenant = ? AND source = ? AND ${older} ORDER BY id DESC LIMIT ?`,
            ).all(caller.tenant, source, caller.tenant, before, limit);
      return rows.map(present);
    },

    find({ sql, caller }: Scope, { run }: { run: string }): ProtectionRunRow | null {
      const row = sql<Row>(`SELECT ${columns} FROM protection_runs WHERE tenant = ? AND run = ?`).get(
        caller.tenant,
        run,
      );
      return row === undefined ? null : present(row);
    },

    /**
     * What came of the runs of a source, or of all with null, between two bounds and the next, epoch milliseconds in
     * order. Days without any are left out.
     */
    trends(
      { sql, caller }: Scope,
      { source, bounds }: { source: string | null; bounds: readonly number[] },
    ): (Omit<TrendDay, 'date'> & { readonly day: number })[] {
      const runs = `SELECT asked_at AS askedAtMs, ended_at - started_at AS durationMs, state, files_new + files_changed
          AS filesChanged, files_new + files_changed + files_unmodified AS filesSeen, bytes_added AS bytesAdded,
          bytes_stored AS bytesStored
        FROM protection_runs`;
      const from = bounds[0] ?? 0;
      const to = bounds.at(-1) ?? 0;
      // Of one source its own index leads to few; of all, that of the time.
      const rows =
        source === null
          ? sql<TrendRun>(
              `${runs} WHERE tenant = ? AND asked_at >= ? AND asked_at < ? AND ended_at IS NOT NULL`,
            ).iterate(caller.tenant, from, to)
          : sql<TrendRun>(
              `${runs} INDEXED BY protection_runs_by_source
               WHERE tenant = ? AND source = ? AND asked_at >= ? AND asked_at < ? AND ended_at IS NOT NULL`,
            ).iterate(caller.tenant, source, from, to);
      return trendDays(rows, bounds);
    },

    /** Runs of a source that took a snapshot and began after a moment, oldest first. */
    measured(
      { sql, caller }: Scope,
      { source, sinceMs }: { readonly source: string; readonly sinceMs: number },
    ): MeasuredRun[] {
      return sql<MeasuredRun>(
        `SELECT started_at AS startedAtMs, max(0, ended_at - started_at) AS durationMs, bytes_total AS bytesTotal,
           bytes_added AS bytesAdded, bytes_stored AS bytesStored
         FROM protection_runs INDEXED BY protection_runs_by_source
         WHERE tenant = ? AND source = ? AND started_at >= ? AND ended_at IS NOT NULL AND bytes_added IS NOT NULL
           AND bytes_stored IS NOT NULL AND state IN ('complete', 'completeWithExceptions', 'partial')
         ORDER BY id LIMIT 100000`,
      ).all(caller.tenant, source, sinceMs);
    },

    /** Runs of a source whose snapshot in that repository does not count yet. */
    waiting(
      { sql, caller }: Scope,
      { source, repository }: { source: string; repository: string },
    ): ProtectionRunRow[] {
      return sql<Row>(
        `SELECT ${columns} FROM protection_runs
         WHERE ${underWay} AND +source = ? AND repository = ? AND snapshot IS NOT NULL ORDER BY id`,
      )
        .all(caller.tenant, source, repository)
        .map(present);
    },

    /** Runs that other engines had begun and have not ended. */
    left({ sql, caller }: Scope, { engine }: { engine: string }): ProtectionRunRow[] {
      return sql<Row>(
        `SELECT ${columns} FROM protection_runs WHERE ${underWay} AND engine <> ? AND snapshot IS NULL ORDER BY id`,
      )
        .all(caller.tenant, engine)
        .map(present);
    },

    /**
     * When the newest run began of which a good snapshot came; those of other programs are not known here. Of a source
     * without any among its newest runs nothing is said.
     */
    newestGood({ sql, caller }: Scope, { sources }: { sources: readonly string[] }): Record<string, number> {
      const newest = Object.create(null) as Record<string, number>;
      for (const source of sources) {
        for (const { state, startedAtMs } of newestOf({ sql, caller }, source)) {
          if (state !== 'complete' && state !== 'completeWithExceptions') continue;
          if (startedAtMs !== null) newest[source] = startedAtMs;
          break;
        }
      }
      return newest;
    },

    /** Of the named sources. */
    history({ sql, caller }: Scope, { sources }: { sources: readonly string[] }): Record<string, SourceHistory> {
      const histories = Object.create(null) as Record<string, SourceHistory>;
      for (const source of sources) {
        const rows = sql<{ profile: string; period: string; occurrenceMs: number }>(
          `SELECT profile, period, occurrence_at AS occurrenceMs FROM answered_periods WHERE tenant = ? AND source = ?`,
        ).all(caller.tenant, source);
        const answered = Object.groupBy(rows, ({ profile, period }) => `${profile} ${period}`);
        histories[source] = {
          answered: Object.fromEntries(
            Object.entries(answered).map(([key, own = []]) => [key, own.map(({ occurrenceMs }) => occurrenceMs)]),
          ),
          failed: failures({ sql, caller }, source),
        };
      }
      return histories;
    },
  },
};

type Outcome = Pick<ProtectionRunRow, 'state' | 'startedAtMs' | 'endedAtMs'>;

/** Newest first; read one by one, for mostly the first says enough. */
function newestOf({ sql, caller }: Pick<Scope, 'sql' | 'caller'>, source: string): Iterable<Outcome> {
  return sql<Outcome>(
    `SELECT state, started_at AS startedAtMs, ended_at AS endedAtMs
     FROM protection_runs INDEXED BY protection_runs_by_source
     WHERE tenant = ? AND source = ? ORDER BY id DESC LIMIT ${newestRuns}`,
  ).iterate(caller.tenant, source);
}

/** The newest that failed, in a row. An engine that died once says nothing about the run; twice in a row it may. */
function failures(scope: Pick<Scope, 'sql' | 'caller'>, source: string): SourceHistory['failed'] {
  const streak: { readonly state: RunState; readonly endedAtMs: number }[] = [];
  for (const { state, endedAtMs } of newestOf(scope, source)) {
    if (endedAtMs === null || state === 'missed') continue;
    if (streak.length === mostFailures || (state !== 'failed' && state !== 'interrupted')) break;
    streak.push({ state, endedAtMs });
  }
  const [newest] = streak;
  const count = streak.length - (newest?.state === 'interrupted' ? 1 : 0);
  return newest === undefined || count === 0 ? null : { count, endedAtMs: newest.endedAtMs };
}

/** All writes come one after the other, so that of two who want to answer the same occurrence one is refused here. */
function isTaken({ sql, caller }: Scope, { source, profile, periods, occurrenceMs }: NewRun): boolean {
  if (profile === null || occurrenceMs === null) return false;
  const open = sql(
    `SELECT 1 FROM protection_runs WHERE ${underWay} AND +source = ? AND profile = ? AND occurrence_at = ?`,
  ).get(caller.tenant, source, profile, occurrenceMs);
  if (open !== undefined) return true;
  const query = sql(
    'SELECT 1 FROM answered_periods WHERE tenant = ? AND source = ? AND profile = ? AND period = ? AND occurrence_at = ?',
  );
  return periods.every((period) => query.get(caller.tenant, source, profile, period, occurrenceMs) !== undefined);
}

function answer({ sql, caller }: Scope, id: string): void {
  const run = sql<Pick<Row, 'source' | 'profile' | 'periods' | 'occurrenceMs'>>(
    'SELECT source, profile, periods, occurrence_at AS occurrenceMs FROM protection_runs WHERE tenant = ? AND run = ?',
  ).get(caller.tenant, id);
  if (run === undefined || run.profile === null || run.occurrenceMs === null) return;
  for (const period of JSON.parse(run.periods) as string[]) {
    const key = [caller.tenant, run.source, run.profile, period] as const;
    sql(
      `INSERT OR IGNORE INTO answered_periods (tenant, actor, source, profile, period, occurrence_at)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(caller.tenant, caller.actor, run.source, run.profile, period, run.occurrenceMs);
    // Those nearest to this one stay: what a clock that was far off has written does not push out what is of now.
    sql(
      `DELETE FROM answered_periods WHERE tenant = ? AND source = ? AND profile = ? AND period = ? AND occurrence_at NOT IN (
         SELECT occurrence_at FROM answered_periods WHERE tenant = ? AND source = ? AND profile = ? AND period = ?
         ORDER BY abs(occurrence_at - ?) LIMIT ${keptAnswers})`,
    ).run(...key, ...key, run.occurrenceMs);
  }
}

function present({ periods, late, ...row }: Row): ProtectionRunRow {
  return { ...row, periods: JSON.parse(periods) as string[], late: late === 1 };
}
