/** A lock, as soon as those who stand in its way are gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { beginLock, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';

const askAgainMs = 500;

export type LockWait = {
  readonly repository: Repository;
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly onNotice: (text: string) => void;
};

/** As `beginLock`, but tries again for `waitMs`. Throws REPOSITORY_LOCKED after that. */
export async function waitForLock(
  { repository, waitMs, signal, onNotice }: LockWait,
  exclusive: boolean,
): Promise<RepositoryLock> {
  const since = performance.now();
  for (let said = false; ; said = true) {
    signal.throwIfAborted();
    try {
      return await beginLock(repository, { exclusive });
    } catch (error) {
      const isLocked = error instanceof HoldfastError && error.code === 'REPOSITORY_LOCKED';
      if (!isLocked || performance.now() - since >= waitMs) throw error;
      if (!said) onNotice(`${error.message} Waiting for that to end.`);
    }
    await sleep(askAgainMs, undefined, { signal });
  }
}
