/** What a tenant has under way comes to its end, and whoever is signed in as it is signed out. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { CallContext } from '../context.ts';

/** To be called once its new standing is written: what is asked for from then on is refused. */
export async function endTenant(context: CallContext, tenant: string): Promise<void> {
  const { jobs, console, rePlanFor } = context;
  const caller = { tenant, actor: context.caller.actor };
  const reason = new HoldfastError('CANCELLED', 'The operator has suspended or retired the tenant it is of.');
  await console?.endTenant(tenant, reason);
  for (const job of jobs.find(caller, '')) job.cancel(reason);
  rePlanFor(tenant);
}
