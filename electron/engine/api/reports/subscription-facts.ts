/** What alerts about subscriptions are decided by. */
import type { SubscriptionFacts } from '../../../../shared/model/subscription-alerts.ts';
import { routeName } from '../../../../shared/model/subscriptions.ts';
import type { CallContext } from '../context.ts';

export async function subscriptionFacts({
  catalog,
  caller,
  nowMs,
}: Pick<CallContext, 'catalog' | 'caller' | 'nowMs'>): Promise<SubscriptionFacts[]> {
  const [rows, last] = await Promise.all([
    catalog.read('subscriptions.list', caller, null),
    catalog.read('subscriptions.lastEnded', caller, null),
  ]);
  return rows.map(({ definition }) => {
    const { name, to, when, suspended } = definition;
    const ended = last[name];
    return {
      name,
      route: routeName(to),
      isActive: when !== null && !isSuspended(suspended, nowMs()),
      problem: ended?.state === 'failed' ? (ended.problem ?? 'It failed.') : null,
    };
  });
}

function isSuspended(suspended: { readonly until: string | null } | null, nowMs: number): boolean {
  return suspended !== null && (suspended.until === null || Date.parse(suspended.until) > nowMs);
}
