/** What alerts are told of automatic failover. */
import type { AutomaticFacts } from '../../../../shared/model/automatic-failover.ts';
import type { Promotion } from '../../sites/failover/automatic-file.ts';
import type { LeaseKeeper } from '../../sites/failover/lease-keeper.ts';

export async function automaticFacts(
  lease: Pick<LeaseKeeper, 'row' | 'view'>,
  { tenant }: { readonly tenant: string },
): Promise<AutomaticFacts | null> {
  const row = await lease.row(tenant).catch(() => null);
  if (row === null) return null;
  const { power, heardMs, problem, decision } = lease.view(tenant);
  const { promotion, standby, aside, durationMs } = row;
  return {
    isStandby: standby !== null && promotion?.isDone !== true,
    power,
    aside,
    silentMs: problem === null ? null : heardMs,
    durationMs,
    problem: problem?.message ?? null,
    decision,
    // One that is under way has come to nothing yet.
    promotion:
      promotion === null || promotion.isSeen || (!promotion.isDone && promotion.problem === null)
        ? null
        : { from: promotion.from, isDone: promotion.isDone, problem: promotion.problem, lost: lostWords(promotion) },
  };
}

function lostWords({ losses }: Promotion): string {
  if (losses.length === 0) return 'Nothing is known to be lost.';
  const named = losses.slice(0, 5).map(({ source, newestFrom, newestTo }) => {
    const has = newestTo === null ? 'none' : newestTo.slice(0, 16).replace('T', ' ');
    return `${source} (${newestFrom?.slice(0, 16).replace('T', ' ') ?? 'unknown'} UTC; here is ${has})`;
  });
  const more = losses.length - named.length;
  return `Not here is the newest snapshot of: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`;
}
