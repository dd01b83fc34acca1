/** Who may write and remove: not a console that was taken over, and none whose lease has run out. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { refuseWhileFrozen } from '../configuration/held.ts';
import { refuseWhenTakenOver } from '../configuration/ownership.ts';
import type { RunRequest } from '../protection/run.ts';
import type { Repository } from '../repository/repository.ts';
import type { CallContext } from './context.ts';

/** Keeps a console that was taken over from writing; the schedule learns of it at once. */
export function fenceOf(context: CallContext): NonNullable<RunRequest['fence']> {
  return async (snapshots) => {
    const problem = await leaseProblem(context, 'snapshots');
    if (problem !== null) throw problem;
    await refuseWhenTakenOver(context, snapshots, context.rePlan);
  };
}

/** FROZEN, CONSOLE_PASSIVE, LEASE_NOT_HELD. To be asked before anything is taken out of a repository. */
export async function refuseRemoval(
  context: CallContext,
  repository: Repository,
  onNotice: (text: string) => void,
): Promise<void> {
  const problem = await leaseProblem(context, 'owner');
  if (problem !== null) throw problem;
  await refuseWhileFrozen(context, repository, onNotice);
}

/** What keeps this console from it, where it needs a lease; null: nothing does. AUTOMATIC_DAMAGED. */
export async function leaseProblem(
  { lease, caller }: Pick<CallContext, 'lease' | 'caller'>,
  wanted: 'owner' | 'snapshots',
): Promise<HoldfastError | null> {
  const power = await lease.power(caller);
  if (power === null || power === 'owner' || power === wanted) return null;
  const row = await lease.row(caller.tenant);
  const other = row?.aside ?? null;
  if (other !== null) return new HoldfastError('CONSOLE_PASSIVE', `${other} has the lease on these sources now.`);
  if (row !== null && row.standby !== null && row.promotion?.isDone !== true)
    return new HoldfastError('LEASE_NOT_HELD', 'This console stands by for another one, and protects nothing itself.');
  return new HoldfastError('LEASE_NOT_HELD', 'The lease has run out, and the witness has not renewed it.');
}
