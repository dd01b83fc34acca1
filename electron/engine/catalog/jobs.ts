/** Jobs and what they had to say: the logbook of everything that takes longer than a moment. */
import type { JobPriority, JobState, LogLevel } from '../../../shared/model/job-states.ts';
import type { Scope } from './operations.ts';

/** Times are epoch milliseconds; `progress` is JSON. */
export type JobRow = {
  readonly job: string;
  readonly tenant: string;
  readonly actor: string;
  readonly kind: string;
  readonly title: string;
  readonly state: JobState;
  readonly priority: JobPriority;
  readonly queuedAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly progress: string | null;
  readonly summary: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** The restore run it works on. */
  readonly run: string | null;
};

export type JobLineRow = {
  readonly line: number;
  readonly at: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly path: string | null;
  readonly code: string | null;
};

export type SavedJob = { readonly row: JobRow; readonly lines: readonly JobLineRow[] };

/** Of all tenants together; what is older goes. */
const keptJobs = 5000;

const columns = `job, tenant, actor, kind, title, state, priority, queued_at AS queuedAt, started_at AS startedAt,
  ended_at AS endedAt, progress, summary, error_code AS errorCode, error_message AS errorMessage, run`;

export const jobs = {
  writes: {
    /** Writes jobs as they are now, and their new lines. Doing it again changes nothing. Rows carry their own caller. */
    *save({ sql }: Scope, { engine, saved }: { engine: string; saved: readonly SavedJob[] }): Generator<void, void> {
      for (const { row, lines } of saved) {
        saveJob(sql, engine, row);
        for (const line of lines) {
          sql(
            `INSERT OR IGNORE INTO job_log (job, line, tenant, actor, at, level, message, path, code)
             SELECT id, ?, tenant, actor, ?, ?, ?, ?, ? FROM jobs WHERE job = ?`,
          ).run(line.line, line.at, line.level, line.message, line.path, line.code, row.job);
          yield;
        }
        yield;
      }
    },

    /**
     * For an engine that has just taken the home: what others had not ended is over, since they are. Returns how many
     * that were. Their end is when they were last heard of.
     */
    *takeOver({ sql }: Scope, { engine, message }: { engine: string; message: string }): Generator<void, number> {
      const { changes } = sql(
        `UPDATE jobs SET state = 'interrupted', ended_at = updated_at, error_code = 'ENGINE_LOST', error_message = ?
         WHERE state IN ('queued', 'running', 'cancelling') AND engine <> ?`,
      ).run(message, engine);
      for (;;) {
        yield;
        const old = sql<{ id: number }>('SELECT id FROM jobs ORDER BY id DESC LIMIT 1 OFFSET ?').get(keptJobs);
        if (old === undefined) return changes;
        const oldest = sql<{ id: number }>('SELECT min(id) AS id FROM jobs').get()?.id ?? old.id;
        sql('DELETE FROM jobs WHERE id = ?').run(oldest);
      }
    },
  },

  reads: {
    /** Those that have ended, newest first; `before` is the id of one, for the page after it. */
    ended({ sql, caller }: Scope, { before, limit }: { before: string | null; limit: number }): JobRow[] {
      return sql<JobRow>(
        `SELECT ${columns} FROM jobs
         WHERE tenant = ? AND state IN ('done', 'partial', 'failed', 'cancelled', 'interrupted')
           AND id < coalesce((SELECT id FROM jobs WHERE tenant = ? AND job = ?), 9223372036854775807)
         ORDER BY id DESC LIMIT ?`,
      ).all(caller.tenant, caller.tenant, before, limit);
    },

    /** Up to two jobs whose id begins so. */
    find({ sql, caller }: Scope, { beginning }: { beginning: string }): JobRow[] {
      return sql<JobRow>(
        // Ids are of the digits 0 to f: g comes after all of them.
        `SELECT ${columns} FROM jobs WHERE tenant = ? AND job >= ? AND job < ? || 'g' ORDER BY job LIMIT 2`,
      ).all(caller.tenant, beginning, beginning);
    },

    log({ sql, caller }: Scope, { job, after, limit }: { job: string; after: number; limit: number }): JobLineRow[] {
      return sql<JobLineRow>(
        `SELECT line, at, level, message, path, code FROM job_log
         WHERE job = (SELECT id FROM jobs WHERE tenant = ? AND job = ?) AND line > ? ORDER BY line LIMIT ?`,
      ).all(caller.tenant, job, after, limit);
    },
  },
};

function saveJob(sql: Scope['sql'], engine: string, row: JobRow): void {
  sql(
    `INSERT INTO jobs (job, tenant, actor, engine, kind, title, state, priority, queued_at, started_at, ended_at,
       updated_at, progress, summary, error_code, error_message, run)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (job) DO UPDATE SET state = excluded.state, started_at = excluded.started_at,
       ended_at = excluded.ended_at, updated_at = excluded.updated_at, progress = excluded.progress,
       summary = excluded.summary, error_code = excluded.error_code, error_message = excluded.error_message`,
  ).run(
    row.job,
    row.tenant,
    row.actor,
    engine,
    row.kind,
    row.title,
    row.state,
    row.priority,
    row.queuedAt,
    row.startedAt,
    row.endedAt,
    Date.now(),
    row.progress,
    row.summary,
    row.errorCode,
    row.errorMessage,
    row.run,
  );
}
