/** What makes every change of the console's configuration one that has to be saved. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Scope } from './operations.ts';

/** To be called in the transaction of every change. */
export function advanceRevision({ sql, caller }: Scope): void {
  const { changes } = sql('UPDATE configurations SET revision = revision + 1 WHERE tenant = ?').run(caller.tenant);
  if (changes !== 1) throw new HoldfastError('CONFIGURATION_LOST', 'The catalog holds no configuration to change.');
}
