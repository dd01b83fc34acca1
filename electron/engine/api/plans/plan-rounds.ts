/** Holds every plan against what is there, once a day, in an engine that stays. */
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { checkPlan } from './check-plan.ts';

const checkEveryMs = 24 * 3_600_000;

export async function checkPlansIfDue(context: CallContext, nowMs: number): Promise<void> {
  if (!(await isConfigured(context))) return;
  const plans = await context.catalog.read('recoveryPlans.list', context.caller, null);
  for (const plan of plans) {
    const { check } = plan;
    const isDue = check === null || check.atMs > nowMs || nowMs - check.atMs >= checkEveryMs;
    // What cannot be looked at today is looked at with the next round.
    if (isDue) await checkPlan(context, plan, null, undefined).catch(() => undefined);
  }
}
