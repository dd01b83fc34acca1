/** Alerts about recovery plans: one that could not be carried out today is worth nothing on the day it is needed. */
import type { Condition } from './alerts.ts';

export type PlanFacts = {
  readonly name: string;
  /** Why it no longer works, a sentence each; as it was found when it was last looked at. */
  readonly reasons: readonly string[];
};

const namedAtMost = 3;

export function conditionsOfPlans(plans: readonly PlanFacts[]): Condition[] {
  return plans
    .filter(({ reasons }) => reasons.length > 0)
    .map(({ name, reasons }) => {
      const more = reasons.length - namedAtMost;
      const rest = more > 0 ? ` And ${more} more.` : '';
      return {
        rule: 'plan-invalid',
        kind: 'plan',
        subject: name,
        occasion: '',
        level: 'warning',
        title: `The plan ${name} no longer works`,
        detail: `Because: ${reasons.slice(0, namedAtMost).join(' ')}${rest}`,
        todo: 'Mend what it says, or change the plan; then have it looked at again.',
      };
    });
}
