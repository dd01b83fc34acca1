/** Whether the home has a configuration of the caller's tenant. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readNote } from '../configuration/note.ts';
import type { CallContext } from './context.ts';

/**
 * Whether there is anything to look up in the catalog, which is not opened for the answer no. CONFIGURATION_LOST where
 * there was a configuration and the catalog has it no more.
 */
export async function isConfigured({
  home,
  caller,
  catalog,
}: Pick<CallContext, 'home' | 'caller' | 'catalog'>): Promise<boolean> {
  const note = (await readNote(home))?.of(caller.tenant) ?? null;
  if (note === null) return false;
  if ((await catalog.read('configuration.state', caller, null)) !== null) return true;
  if (!note.saved) return false;
  throw new HoldfastError('CONFIGURATION_LOST', 'The catalog does not hold the configuration of this home any more.');
}
