/** Alerts about subscriptions: who waits for a report and does not get it does not notice. */
import type { Condition } from './alerts.ts';

export type SubscriptionFacts = {
  readonly name: string;
  /** Name of the route it goes by. */
  readonly route: string;
  /** It comes round by itself, and is not suspended. */
  readonly isActive: boolean;
  /** Why the newest letter did not arrive; null: it did, or there was none. */
  readonly problem: string | null;
};

/** `routes`: names of those that there are and that are switched on; null: that cannot be read. */
export function conditionsOfSubscriptions(
  subscriptions: readonly SubscriptionFacts[],
  routes: ReadonlySet<string> | null,
): Condition[] {
  return subscriptions.flatMap(({ name, route, isActive, problem }) => {
    const isMissing = isActive && routes !== null && !routes.has(route);
    const why = isMissing ? `There is no route ${route} on this machine, or it is switched off.` : problem;
    if (why === null) return [];
    return [
      {
        rule: 'report-undelivered' as const,
        kind: 'subscription' as const,
        subject: name,
        occasion: '',
        level: 'warning' as const,
        title: `The reports of ${name} do not arrive`,
        detail: why,
        todo: `Mend its route, and send it again: holdfast subscription send "${name}".`,
      },
    ];
  });
}
