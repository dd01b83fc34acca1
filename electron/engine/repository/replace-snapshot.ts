/** A snapshot with other facts in the place of one: as restic changes tags, the new one is durable before the old one goes. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { SnapshotFile } from './format/snapshot.ts';
import { beginLock } from './lock.ts';
import type { Repository } from './repository.ts';
import type { StoredSnapshot } from './snapshots.ts';

/**
 * `tags` null: the other is there already. REPOSITORY_LOCKED while others are at work. Where nothing may be removed, as in
 * a store that only takes, both stay.
 */
export async function replaceSnapshot(
  repository: Repository,
  { id, file }: StoredSnapshot,
  tags: SnapshotFile['tags'] | null,
): Promise<void> {
  const lock = await beginLock(repository, { exclusive: true });
  try {
    await lock.confirmed;
    if (tags !== null) await repository.saveSnapshot({ ...file, tags, original: file.original ?? id });
    await lock.mustBeHeld();
    await repository.backend.remove({ type: 'snapshots', name: id }).catch((error: unknown) => {
      if (!(error instanceof HoldfastError)) throw error;
    });
  } finally {
    await lock.release();
  }
}
