/** Configuration snapshots that newer ones have made superfluous. Each change writes one, so they pile up. */
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { withConfigurations, type StoredConfiguration } from '../repository/configuration.ts';
import type { Repository } from '../repository/repository.ts';
import { byConsole, newestReadable } from './adopt.ts';

/** Of each console. */
const newestKept = 10;
/** Clocks of two machines differ by less. */
const toleranceMs = 60 * 60 * 1000;

/**
 * Ids of their snapshots, of the caller's tenant: all but the newest of each console, and but the newest that can be used.
 * Where that cannot be told (nothing can be used, or the newest comes from the future), all of the console's stay.
 */
export async function outdatedConfigurations(
  repository: Repository,
  { tenant }: Caller,
  nowMs: number,
): Promise<readonly string[]> {
  return withConfigurations(repository, tenant, async (stored) => {
    const outdated: string[] = [];
    for (const own of byConsole(stored)) {
      const [newest] = own;
      if (newest === undefined || newest.console === null || newest.savedAtMs > nowMs + toleranceMs) continue;
      if (own.length > newestKept) outdated.push(...(await outdatedOf(own, tenant)));
    }
    return outdated;
  });
}

/** The newest comes first. */
async function outdatedOf(own: readonly StoredConfiguration[], tenant: string): Promise<readonly string[]> {
  try {
    const { stored } = await newestReadable(own, tenant, () => undefined);
    return own
      .slice(newestKept)
      .map(({ snapshot }) => snapshot)
      .filter((snapshot) => snapshot !== stored.snapshot);
  } catch (error) {
    if (error instanceof HoldfastError) return [];
    throw error;
  }
}
