/** Settings of the console: a key and a text, a number, true or false. */
import type { Caller } from '../../../shared/contract/common.ts';
import type { Setting } from '../../../shared/contract/settings.ts';
import type { Scope } from './operations.ts';
import { advanceRevision } from './revision.ts';

export const settings = {
  writes: {
    /** Null takes it back. */
    set(scope: Scope, { key, value }: { key: string; value: Setting['value'] | null }): void {
      const { sql, caller } = scope;
      sql('DELETE FROM settings WHERE tenant = ? AND key = ?').run(caller.tenant, key);
      if (value !== null) insertSetting(sql, caller, { key, value });
      advanceRevision(scope);
    },
  },
  reads: {
    list({ sql, caller }: Scope, _input: null): Setting[] {
      return sql<{ key: string; value: string }>('SELECT key, value FROM settings WHERE tenant = ? ORDER BY key')
        .all(caller.tenant)
        .map(({ key, value }) => ({ key, value: JSON.parse(value) as Setting['value'] }));
    },
  },
};

export function insertSetting(sql: Scope['sql'], { tenant, actor }: Caller, { key, value }: Setting): void {
  sql('INSERT INTO settings (tenant, actor, key, value) VALUES (?, ?, ?, ?)').run(
    tenant,
    actor,
    key,
    JSON.stringify(value),
  );
}
