/** A recovery plan by its name. */
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { KnownPlan } from '../../catalog/recovery-plans.ts';
import type { CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';

/** PLAN_UNKNOWN. */
export async function mustFindPlan(context: CallContext, name: string): Promise<KnownPlan> {
  const { catalog, caller } = context;
  const found = (await isConfigured(context)) ? await catalog.read('recoveryPlans.find', caller, { name }) : null;
  if (found === null) throw new HoldfastError('PLAN_UNKNOWN', `No recovery plan is called ${name}.`);
  return found;
}

export function presentPlan({ plan, version, author, savedAtMs, approved, check }: KnownPlan): PlanView {
  return {
    plan,
    version,
    savedAt: new Date(savedAtMs).toISOString(),
    savedBy: author,
    approved,
    check: check === null ? null : { at: new Date(check.atMs).toISOString(), checks: [...check.checks] },
  };
}
