/** A book of runs as long as it can get: one of each source in each hour, as far back as they are kept. */
import { openFile } from '../../../electron/engine/catalog/sqlite.ts';
import { caller } from './sizes.ts';

export type Book = {
  readonly catalogFile: string;
  readonly sources: readonly string[];
  readonly profile: string;
  readonly repository: string;
  readonly days: number;
  /** Of the newest hour. */
  readonly untilMs: number;
};

const hourMs = 3_600_000;

/**
 * Of a hundred runs three failed and one was missed; the last source has never ended well, and nothing but missed runs is
 * known of the one before it: what is looked for is then far away. Written past the engine, which would take days.
 */
export function fillRuns({ catalogFile, sources, profile, repository, days, untilMs }: Book): void {
  const db = openFile(catalogFile, { readonly: false });
  try {
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.pragma('cache_size = -2000000');
    const indices = db
      .prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'protection_runs' AND sql IS NOT NULL",
      )
      .all() as { name: string; sql: string }[];
    for (const { name } of indices) db.exec(`DROP INDEX ${name}`);
    const insert = db.prepare(
      `INSERT INTO protection_runs (run, tenant, actor, engine, source, profile, periods, occurrence_at, asked_at, started_at,
         ended_at, state, late, job, repository, snapshot, files_new, files_changed, files_unmodified, bytes_added,
         bytes_stored, bytes_total, error_code, error_message)
       SELECT lower(hex(randomblob(8))), @tenant, 'schedule', @engine, source, @profile, '["hourly"]', @atMs, @atMs + 40,
         CASE state WHEN 'missed' THEN NULL ELSE @atMs + 90 END, @atMs + 4000, state, 0, lower(hex(randomblob(8))), @repository,
         CASE state WHEN 'complete' THEN lower(hex(randomblob(32))) END, 12, 7, 41922, 7340032, 2936012, 9663676416,
         CASE state WHEN 'failed' THEN 'SOURCE_NOT_MOUNTED' END,
         CASE state WHEN 'failed' THEN 'Nothing is mounted where something was.' END
       FROM (SELECT value AS source, CASE
         WHEN key = @count - 1 THEN 'failed'
         WHEN key = @count - 2 THEN 'missed'
         WHEN (key * 31 + @hour) % 100 < 3 THEN 'failed'
         WHEN (key * 31 + @hour) % 100 = 3 THEN 'missed'
         ELSE 'complete' END AS state FROM json_each(@sources))`,
    );
    const engine = '1b4e28ba-2fa1-4d3b-883f-0016d3cca427';
    const given = { ...caller, engine, profile, repository, sources: JSON.stringify(sources), count: sources.length };
    db.transaction(() => {
      for (let hour = days * 24 - 1; hour >= 0; hour--) insert.run({ ...given, hour, atMs: untilMs - hour * hourMs });
      for (const source of sources) answer(source);
    })();
    for (const { sql } of indices) db.exec(sql);

    function answer(source: string): void {
      const row = db.prepare('INSERT INTO answered_periods VALUES (?, ?, ?, ?, ?, ?)');
      for (let back = 0; back < 20; back++)
        row.run(caller.tenant, 'schedule', source, profile, 'hourly', untilMs - back * hourMs);
    }
  } finally {
    db.close();
  }
}
