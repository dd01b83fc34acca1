/** What a restore run in AWS knows of itself: its plan, and what its steps have noted. */
import type { AwsRestorePlan } from '../../../../shared/contract/aws-restores.ts';
import type { RestoreRun } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isReference, type Deed, type Known, type Notes } from './deeds.ts';
import { accountOf } from './facts.ts';
import type { Hands } from './hands.ts';

/** As they were planned. */
export function deedsOf({ deeds }: AwsRestorePlan): readonly Deed[] {
  return deeds as unknown as readonly Deed[];
}

export function notesOf({ steps }: RestoreRun, id: string): Notes {
  const result = steps.find((step) => step.id === id)?.result ?? {};
  return Object.fromEntries(
    Object.entries(result).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );
}

/** By what the steps before have noted. */
export function knownOf(run: RestoreRun, userData: string | null): Known {
  return {
    userData,
    made: (reference) => {
      if (!isReference(reference)) return reference;
      const id = notesOf(run, reference.slice(1, -1))['id'];
      if (id === undefined) throw new HoldfastError('INTERNAL', `What ${reference} stands for is not known.`);
      return id;
    },
  };
}

/** The same account as when it was planned: ids mean nothing in another. */
export async function refuseOthers(hands: Hands, { account, region }: AwsRestorePlan): Promise<void> {
  const found = await accountOf(hands, region);
  if (found === account) return;
  throw new HoldfastError('BAD_USAGE', `These keys are of the account ${found}; the run is of ${account}.`);
}
