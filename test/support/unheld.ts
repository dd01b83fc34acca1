/** No hooks around what a source does while it is fetched. */
import type { PrepareContext } from '../../electron/engine/sources/source.ts';

export const unheld: PrepareContext['hold'] = async (work) => ({ result: await work(null), consistency: null });
