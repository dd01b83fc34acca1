/**
 * Takes what is damaged out of a repository, once all that can be had of it lies elsewhere in it: alone there, an index
 * without it first, and every file in quarantine before it goes.
 */
import type { FileHandle } from '../backend/backend.ts';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import type { RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { loadOrNull } from './mend-head.ts';
import type { Quarantine } from './quarantine.ts';
import type { RepairStore } from './store.ts';
import type { DamagedPack } from './survey.ts';
import type { RepairThreads } from './threads.ts';

export type Replacement = {
  readonly repository: Repository;
  readonly threads: RepairThreads;
  readonly store: RepairStore;
  readonly quarantine: Quarantine;
  readonly lock: RepositoryLock;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
};

export type Going = {
  /** By the name of each index file: the packs it lists. */
  readonly indexFiles: ReadonlyMap<string, readonly string[]>;
  readonly damagedIndexes: readonly string[];
  readonly packs: readonly DamagedPack[];
  /** Ids of damaged snapshots that were written anew under another. */
  readonly snapshots: readonly string[];
};

/** Returns how many files went into quarantine. */
export async function takeOut(replacement: Replacement, going: Going): Promise<number> {
  const { repository, signal, lock } = replacement;
  await lock.confirmed;
  const packs = new Set(going.packs.map(({ id }) => id));
  for (const [name, listed] of going.indexFiles) {
    if (!listed.some((id) => packs.has(id))) continue;
    signal.throwIfAborted();
    await rewrite(replacement, name, packs);
  }
  await lock.mustBeHeld();
  const files: FileHandle[] = [
    ...going.damagedIndexes.map((name) => ({ type: 'index', name }) as const),
    ...going.snapshots.map((name) => ({ type: 'snapshots', name }) as const),
    ...going.packs.filter(({ isThere }) => isThere).map(({ id }) => ({ type: 'data', name: id }) as const),
  ];
  let kept = 0;
  for (const file of files) {
    signal.throwIfAborted();
    const bad = await loadOrNull(repository.backend, file);
    if (bad === null) continue;
    try {
      await replacement.quarantine.keep(file, bad);
    } catch (error) {
      // Nothing needs it any more; it may as well stay.
      replacement.onNotice(`${file.type}/${file.name} stays where it is. ${toHoldfastError(error).message}`);
      continue;
    }
    await repository.backend.remove(file);
    kept += 1;
  }
  return kept;
}

async function rewrite(
  { repository: { backend }, threads, store }: Replacement,
  name: string,
  packs: ReadonlySet<string>,
): Promise<void> {
  const sealed = await backend.load({ type: 'index', name });
  const { file } = await threads.any().call('without', { sealed, packs: [...packs] }, [sealed.buffer]);
  if (file !== null) await store.saveIndex(file);
  await backend.remove({ type: 'index', name });
}
