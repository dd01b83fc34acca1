/** Everything that is known before a restore in AWS begins: how things stand, and each call of it tried out. */
import type { AwsCall, AwsWant } from '../../../../shared/contract/aws-restores.ts';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { countOf, formatCount } from '../../../../shared/model/units.ts';
import { check } from './check.ts';
import { callOf } from './deed-kinds.ts';
import { isReference, type Deed, type Known } from './deeds.ts';
import type { Facts } from './facts.ts';
import type { Hands } from './hands.ts';

/** The calls as they will be made, without user data. */
export function callsOf(deeds: readonly Deed[], hands: Hands): AwsCall[] {
  const shown: Known = { made: (reference) => reference, userData: '<user data>' };
  return deeds.map((deed) => {
    const { action, region, input } = callOf(deed, shown, hands);
    return { step: deed.id, region, action, input: JSON.parse(JSON.stringify(input)) as AwsCall['input'] };
  });
}

/** Rights that are rightly given only for what a restore has made: of anything else they are refused. */
const ownOnly: ReadonlySet<string> = new Set(['RevokeSecurityGroupEgress']);

/** Tries out every call; for what an earlier step is to make, something of its kind that is there stands in. */
export async function tryOutAll(
  deeds: readonly Deed[],
  facts: Facts,
  want: AwsWant,
  hands: Hands,
): Promise<readonly PreflightCheck[]> {
  const checks: PreflightCheck[] = [];
  let allowed = 0;
  const untried: string[] = [];
  for (const deed of deeds) {
    const standIn = standInsFor(facts, want);
    const call = callOf(deed, standIn, hands);
    try {
      await hands.tryOut(call);
      allowed++;
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      if (error.code === 'AWS_FORBIDDEN' && standIn.used && ownOnly.has(call.action)) {
        untried.push(call.action);
      } else if (error.code === 'AWS_FORBIDDEN') {
        const title = `The right ec2:${call.action} is missing`;
        checks.push(check('blocker', `right-${call.action}`, title, error.message));
      } else if (standIn.used && (error.code === 'AWS_NOT_FOUND' || error.code === 'AWS_DECLINED')) {
        untried.push(call.action);
      } else if (error.code === 'AWS_NOT_FOUND' || error.code === 'AWS_DECLINED') {
        checks.push(check('blocker', `trial-${deed.id}`, `AWS would refuse ${call.action}`, error.message));
      } else throw error;
    }
  }
  const text = `${formatCount(allowed)} of ${countOf(deeds.length, 'call')} would be taken.`;
  checks.push(check('ok', 'trials', 'Every call was tried out', text));
  if (untried.length > 0) {
    const names = untried.join(', ');
    checks.push(
      check('warning', 'untried', 'Some calls can be tried out only later', `${names}: just before each is made.`),
    );
  }
  return checks;
}

/** In vain where there is nothing of the kind; no id of AWS looks like that. */
const nothing = '0123456789abcdef0';

function standInsFor({ instance, place, from, region }: Facts, want: AwsWant): Known & { readonly used: boolean } {
  let used = false;
  const volume = instance?.volumes.find(({ isRoot }) => !isRoot)?.id ?? instance?.volumes[0]?.id ?? `vol-${nothing}`;
  const machine = from === region ? (instance?.instance ?? `i-${nothing}`) : `i-${nothing}`;
  const group = place.groups[0]?.id ?? `sg-${nothing}`;
  const image = from === region ? (instance?.image.id ?? `ami-${nothing}`) : `ami-${nothing}`;
  return {
    get used() {
      return used;
    },
    userData: want.kind === 'launch' ? (instance?.userData ?? null) : null,
    made: (reference) => {
      if (!isReference(reference)) return reference;
      used = true;
      if (reference === '<volume>') return volume;
      if (reference === '<launch>') return machine;
      if (reference === '<group>') return group;
      return reference === '<image>' ? image : `snap-${nothing}`;
    },
  };
}
