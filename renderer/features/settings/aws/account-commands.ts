/** The command lines that register and change accounts of AWS. No secret stands in them. Pure. */
import type { AwsAccountDefinition } from '../../../../shared/contract/aws-accounts.ts';
import type { AwsPurpose } from '../../../../shared/model/aws-rights.ts';
import { formatDuration } from '../../../../shared/model/units.ts';

type Property = readonly [key: string, value: string];

export const secretNote =
  'The secret is read from the environment variable that is named; it does not stand in the command, which others of this machine can see.';

/** `secrets`: keys of those that are given. */
export function addAccountCommand(account: AwsAccountDefinition, secrets: readonly string[]): readonly string[] {
  const set = propertiesOf(account).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
  return ['holdfast', 'aws', 'account', 'add', '--name', account.name, ...set, ...secretWords(secrets)];
}

/** What makes `before` into `after`; what was there and is there no more is taken away. */
export function changeAccountCommand(
  before: AwsAccountDefinition,
  after: AwsAccountDefinition,
  secrets: readonly string[],
): readonly string[] {
  const [was, is] = [propertiesOf(before), propertiesOf(after)];
  const valuesOf = (all: readonly Property[], key: string) =>
    all.filter(([one]) => one === key).map(([, value]) => value);
  const changed = is.filter(([key]) => valuesOf(was, key).join('\n') !== valuesOf(is, key).join('\n'));
  const gone = [...new Set(was.map(([key]) => key))].filter((key) => valuesOf(is, key).length === 0);
  return [
    'holdfast',
    'aws',
    'account',
    'set',
    after.name,
    ...changed.flatMap(([key, value]) => ['--set', `${key}=${value}`]),
    ...gone.flatMap((key) => ['--unset', key]),
    ...secretWords(secrets),
  ];
}

export function policyCommand(
  purpose: AwsPurpose,
  buckets: readonly string[],
  regions: readonly string[],
): readonly string[] {
  const each = (option: string, values: readonly string[]) => values.flatMap((value) => [option, value]);
  return ['holdfast', 'aws', 'policy', '--for', purpose, ...each('--bucket', buckets), ...each('--region', regions)];
}

/** What is not as usual. */
function propertiesOf({ credentials, role, regions, endpoint }: AwsAccountDefinition): readonly Property[] {
  const all: readonly (readonly [string, string | null])[] = [
    ...credentialProperties(credentials),
    ...(role === null ? [] : roleProperties(role)),
    ...regions.map((region) => ['region', region] as const),
    ['endpoint', endpoint],
  ];
  return all.filter((property): property is Property => property[1] !== null);
}

function credentialProperties(
  credentials: AwsAccountDefinition['credentials'],
): readonly (readonly [string, string | null])[] {
  if (credentials.kind === 'environment') return [];
  if (credentials.kind === 'profile') return [['profile', credentials.profile]];
  const { accessKeyId, expiresAt, renewAfterDays } = credentials;
  return [
    ['access-key', accessKeyId],
    ['expires', expiresAt],
    ['renew-after', renewAfterDays === null ? null : `${renewAfterDays}d`],
  ];
}

function roleProperties(
  role: NonNullable<AwsAccountDefinition['role']>,
): readonly (readonly [string, string | null])[] {
  const { arn, externalId, mfaSerial, sessionName, durationSeconds } = role;
  return [
    ['role', arn],
    ['external-id', externalId],
    ['mfa', mfaSerial],
    ['session', sessionName === 'holdfast' ? null : sessionName],
    ['duration', durationSeconds === 3_600 ? null : formatDuration(durationSeconds * 1_000).replaceAll(' ', '')],
  ];
}

function secretWords(secrets: readonly string[]): readonly string[] {
  const variable = (key: string) => `AWS_${key.replaceAll('-', '_').toUpperCase()}`;
  return secrets.flatMap((key) => ['--secret', `${key}=env:${variable(key)}`]);
}

export function checkCommand(
  account: string,
  purpose: AwsPurpose,
  buckets: readonly string[],
  region: string,
): readonly string[] {
  const of = buckets.flatMap((bucket) => ['--bucket', bucket]);
  return ['holdfast', 'aws', 'check', account, '--for', purpose, ...of, ...(region === '' ? [] : ['--region', region])];
}
