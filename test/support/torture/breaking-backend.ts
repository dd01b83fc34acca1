/** A backend whose cable is pulled: from one change on, nothing works any more. */
import type { Backend } from '../../../electron/engine/repository/backend/backend.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';

export type Break = {
  /** How many changes (writes and removals, of locks too) go well. */
  readonly after: number;
  /** Whether the one at which it breaks is done; nobody hears of it in either case. */
  readonly isDone: boolean;
};

export function breaking(backend: Backend, { after, isDone }: Break): Backend {
  let changes = 0;
  let isBroken = false;
  const use = async <Result>(operation: () => Promise<Result>): Promise<Result> => {
    if (isBroken) throw pulled();
    return operation();
  };
  const change = async (operation: () => Promise<void>): Promise<void> => {
    if (isBroken) throw pulled();
    if (changes++ < after) return operation();
    isBroken = true;
    if (isDone) await operation();
    throw pulled();
  };
  return {
    location: backend.location,
    localFolder: null,
    listingDelayMs: () => backend.listingDelayMs(),
    create: () => backend.create(),
    save: (handle, data) => change(() => backend.save(handle, data)),
    load: (handle, range) => use(() => backend.load(handle, range)),
    list: (type) => use(() => backend.list(type)),
    remove: (handle) => change(() => backend.remove(handle)),
    listUnfinished: () => use(() => backend.listUnfinished()),
    removeUnfinished: (path) => change(() => backend.removeUnfinished(path)),
  };
}

function pulled(): HoldfastError {
  return new HoldfastError('IO_ERROR', 'The cable was pulled.');
}
