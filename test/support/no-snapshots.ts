/** For runs of a source that have no repository behind them. */
import type { PrepareContext } from '../../electron/engine/sources/source.ts';

export const nothingInSnapshots: PrepareContext['inSnapshots'] = async function* () {
  // Nothing was ever stored.
};
