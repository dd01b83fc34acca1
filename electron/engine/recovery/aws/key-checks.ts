/** What the state of KMS keys means for a restore, in sentences. */
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { check } from './check.ts';
import type { KeyFacts } from './key-facts.ts';

export function keyChecks(keys: readonly KeyFacts[]): PreflightCheck[] {
  return keys.map(keyCheck);
}

function keyCheck(facts: KeyFacts): PreflightCheck {
  const { key, region, why, state, deletedAt, mayUse, reason } = facts;
  const said = (level: PreflightCheck['level'], title: string, detail: string) =>
    check(level, `key-${region}-${key}`, title, `${why} ${detail}`);
  const place = /^arn:aws[\w-]*:kms:([^:]+):/.exec(key)?.[1];
  if (place !== undefined && place !== region)
    return said('blocker', 'The key is of another region', `${key} is of ${place}; ${region} is needed.`);
  switch (state) {
    case null:
      return said(
        'warning',
        'The state of the key is not known',
        `${key}: AWS takes a bad key without a word and lets what is made fail later, which the step then says. ${reason}`,
      );
    case 'missing':
      return said('blocker', 'The key is not there', `${key}, in ${region}.`);
    case 'Disabled':
      return said('blocker', 'The key is disabled', `Enable ${key} again first.`);
    case 'PendingDeletion':
    case 'PendingReplicaDeletion': {
      const until = deletedAt === null ? '' : `, on ${deletedAt}`;
      return said('blocker', 'The key is to be deleted', `Cancel that while there is time: ${key} goes${until}.`);
    }
    case 'Enabled':
      break;
    default:
      return said('blocker', 'The key cannot be used', `${key} is in the state ${state}.`);
  }
  if (mayUse === false)
    return said(
      'warning',
      'The key refuses who restores',
      `${key}: its policy or that of the identity gives no right to it, or only by way of EC2. Without one, what is made fails later. ${reason}`,
    );
  const tried = mayUse === true ? ' and may be used' : '';
  return said('ok', `The key is enabled${tried}`, key);
}
