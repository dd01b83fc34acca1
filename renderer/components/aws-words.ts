/** What accounts of AWS, and what they may, are called on screen. Pure. */
import type { AwsCheck } from '../../shared/contract/aws.ts';
import type { AwsAccount, AwsAccountDefinition } from '../../shared/contract/aws-accounts.ts';
import type { AwsPurpose, AwsVerdict } from '../../shared/model/aws-rights.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { Said } from './tone.ts';

export function sayCredentials({ credentials }: Pick<AwsAccountDefinition, 'credentials'>): string {
  if (credentials.kind === 'keys') return `access key ${credentials.accessKeyId}`;
  if (credentials.kind === 'profile') return `the AWS profile ${credentials.profile} of this machine`;
  return 'the AWS environment of the engine';
}

/** As whom a source asks, where its account is not looked at closer. */
export function sayAccount(account: string | null): string {
  return account ?? 'the AWS environment and AWS profiles of this machine';
}

/** Who an ARN of IAM or STS is; the ARN itself where it is of a kind that is not known here. */
export function sayArn(arn: string): string {
  const [kind = '', ...path] = arn.split(':').slice(5).join(':').split('/');
  const name = path.at(-1) ?? '';
  if (kind === 'root') return 'the root user';
  if (kind === 'user' && name !== '') return `the user ${name}`;
  if (kind === 'federated-user' && name !== '') return `the federated user ${name}`;
  if (kind === 'assumed-role' && path.length >= 2) return `the role ${path[0] ?? ''}, in the session ${name}`;
  return arn;
}

const soonMs = 14 * 24 * 3_600_000;

/** Keys whose end nobody has named only get old: they go on after it. */
export function isRenewal({ credentials, endsAt }: AwsAccount): boolean {
  return credentials.kind === 'keys' && endsAt !== null && endsAt !== credentials.expiresAt;
}

/** How an account stands, the worst first. */
export function accountStanding(account: AwsAccount, nowMs: number): Said {
  if (!account.approved) return { tone: 'part', words: 'not approved here' };
  const left = account.endsAt === null ? Infinity : Date.parse(account.endsAt) - nowMs;
  const renews = isRenewal(account);
  if (left <= 0) return renews ? { tone: 'part', words: 'to be renewed' } : { tone: 'fail', words: 'has ended' };
  if (left <= soonMs) return { tone: 'part', words: renews ? 'to be renewed soon' : 'ends soon' };
  return account.identity === null ? { tone: 'none', words: 'not tested' } : { tone: 'good', words: 'tested' };
}

/** No schedule can give the code of a device. */
export function asksForCode({ role }: Pick<AwsAccountDefinition, 'role'>): boolean {
  return role !== null && role.mfaSerial !== null;
}

const purposes: Readonly<Record<AwsPurpose, { readonly title: string; readonly words: string }>> = {
  protect: {
    title: 'Instances and volumes',
    words:
      'Takes, copies and expires native snapshots. It may not delete or unlock snapshots that are not of Holdfast.',
  },
  'off-cloud': {
    title: 'Off-cloud copies',
    words: 'Reads the blocks of snapshots into the repository. It changes nothing in AWS.',
  },
  bucket: { title: 'Buckets', words: 'Lists and reads objects. It changes nothing in AWS.' },
  'give-back': {
    title: 'Give back to a bucket',
    words:
      'Writes objects, and asks for archived ones. It removes no version. Give it to a role of its own, for the time of it.',
  },
  hooks: {
    title: 'Hooks in instances',
    words: 'Runs scripts in instances as their administrator. Give it only where sources have hooks by SSM.',
  },
  restore: {
    title: 'Restore',
    words: 'Makes volumes, instances and snapshots. Give it to a role of its own, for the time of a restore.',
  },
};

export function sayPurpose(purpose: AwsPurpose): { readonly title: string; readonly words: string } {
  return purposes[purpose];
}

/** Whether what a purpose takes is narrowed by buckets. */
export function isOfBuckets(purpose: AwsPurpose): boolean {
  return purpose === 'bucket' || purpose === 'give-back';
}

const verdicts: Readonly<Record<AwsVerdict, Said & { readonly order: number }>> = {
  refused: { tone: 'fail', words: 'may not', order: 0 },
  unknown: { tone: 'part', words: 'not known', order: 1 },
  untested: { tone: 'none', words: 'not tested', order: 2 },
  allowed: { tone: 'good', words: 'may', order: 3 },
};

export function sayVerdict(verdict: AwsVerdict): Said {
  return verdicts[verdict];
}

export type FoundRight = AwsCheck['actions'][number];

/** What is refused comes first, and what is in order last. */
export function worstFirst(actions: readonly FoundRight[]): readonly FoundRight[] {
  return actions.toSorted((a, b) => verdicts[a.verdict].order - verdicts[b.verdict].order);
}

/** Nothing that was not tried is told as if it had been. */
export function sayRights(actions: readonly FoundRight[]): Said {
  const of = (verdict: AwsVerdict) => actions.filter((one) => one.verdict === verdict).length;
  const [refused, unknown, untested] = [of('refused'), of('unknown'), of('untested')];
  const rest = [
    ...(unknown === 0 ? [] : [`${formatCount(unknown)} not known`]),
    ...(untested === 0 ? [] : [`${formatCount(untested)} not tested`]),
  ].map((words) => `, ${words}`);
  const tone = refused > 0 ? 'fail' : unknown > 0 ? 'part' : 'good';
  const first = refused > 0 ? `${formatCount(refused)} of ${formatCount(actions.length)} refused` : 'nothing refused';
  return { tone, words: `${first}${rest.join('')}` };
}
