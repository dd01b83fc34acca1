/** Measures how much a repository takes, and how much fits where it lies. */
import type { Repository } from '../../repository/repository.ts';
import { filesBytes } from '../../repository/stats.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import type { ScrubIfDue } from '../integrity/scheduled-scrub.ts';

/** Listing a bucket costs some cents a million files, and a day's sample is all that is kept. */
const measureEveryMs = 12 * 3_600_000;

type Scope = Pick<CallContext, 'catalog' | 'caller'>;

/** Never throws; what fails is tried again within the hour. `nextMs` is when to look again. */
export async function measureIfDue(context: CallContext, request: ScrubIfDue): Promise<{ readonly nextMs: number }> {
  const { nowMs } = request;
  try {
    const repository = await openAccess(context, request.repository);
    const { id } = repository.config;
    const known = await context.catalog.read('usage.list', context.caller, {
      repository: id,
      sinceMs: nowMs - measureEveryMs,
    });
    const lastMs = known.at(-1)?.atMs ?? -Infinity;
    // A clock that went back leaves a sample of the future.
    if (lastMs > nowMs - measureEveryMs && lastMs <= nowMs) return { nextMs: lastMs + measureEveryMs };
    await measureRepository(context, repository, nowMs);
    return { nextMs: nowMs + measureEveryMs };
  } catch {
    return { nextMs: nowMs + 3_600_000 };
  }
}

export async function measureRepository({ catalog, caller }: Scope, repository: Repository, nowMs: number) {
  const [bytes, room] = await Promise.all([filesBytes(repository), repository.backend.room?.()]);
  const free = room ?? null;
  await catalog.write('usage.note', caller, {
    repository: repository.config.id,
    atMs: nowMs,
    bytes,
    fitsBytes: free === null ? null : bytes + free.freeBytes,
    fitsFrom: free?.from ?? null,
  });
}
