/** What an engine remembers from one start to the next, by name: JSON that whoever wrote it reads again. */
import type { Scope } from './operations.ts';

export const marks = {
  writes: {
    set({ sql, caller }: Scope, { name, value }: { name: string; value: string }): void {
      sql(
        `INSERT INTO marks (tenant, actor, name, value) VALUES (?, ?, ?, ?)
         ON CONFLICT (tenant, name) DO UPDATE SET actor = excluded.actor, value = excluded.value`,
      ).run(caller.tenant, caller.actor, name, value);
    },
  },
  reads: {
    /** Null where nobody has set it. */
    get({ sql, caller }: Scope, { name }: { name: string }): string | null {
      const row = sql<{ value: string }>('SELECT value FROM marks WHERE tenant = ? AND name = ?').get(
        caller.tenant,
        name,
      );
      return row?.value ?? null;
    },
  },
};
