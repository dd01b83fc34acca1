/** Properties of an AWS account as they are typed: `key=value`; and as they are shown. */
import type { z } from 'zod';
import {
  awsAccountDefinitionSchema,
  type AwsAccount,
  type AwsAccountDefinition,
} from '../../shared/contract/aws-accounts.ts';
import { formatDuration, parseDuration } from '../../shared/model/units.ts';
import { localTime } from './display.ts';
import { badUsage } from './failure.ts';

export const AWS_ACCOUNT_HELP = `
Keys of an AWS account, each as --set key=value. Without access-key and profile it is the AWS environment of the engine:
  access-key    id of an access key; its secret: --secret secret-access-key=env:NAME, and session-token=env:NAME
  expires       when such a session ends, as 2026-07-01T12:00:00Z
  renew-after   how old the secret may get before an alert, such as 90d
  profile       of the AWS files of this machine: keys, SSO, a role, a program, or a web identity
  role          ARN of a role to take on with those
  external-id   that the role asks for
  mfa           ARN or serial of the device whose code the role asks for; no schedule can give one
  session       name of the role's session (holdfast)
  duration      how long a session of the role lasts, from 15m to 12h (1h)
  region        where to look; may be given several times, the first is the usual one
  endpoint      of something that speaks as AWS does`;

type Given = ReadonlyMap<string, readonly string[]>;
type Change = { readonly set: readonly string[]; readonly unset: readonly string[] };

const keys = [
  'access-key',
  'expires',
  'renew-after',
  'profile',
  'role',
  'external-id',
  'mfa',
  'session',
  'duration',
  'region',
  'endpoint',
];
const ofRole = ['external-id', 'mfa', 'session', 'duration'];

export function newAwsAccount(name: string, set: readonly string[]): AwsAccountDefinition {
  const empty: AwsAccountDefinition = {
    name,
    credentials: { kind: 'environment' },
    role: null,
    regions: [],
    endpoint: null,
  };
  return awsAccountWith(empty, { set, unset: [] });
}

/** What is not named stays as it was. BAD_USAGE. */
export function awsAccountWith(before: AwsAccountDefinition, change: Change): AwsAccountDefinition {
  const given = read(change);
  const regions = given.get('region');
  const endpoint = given.get('endpoint');
  return checked(awsAccountDefinitionSchema, {
    name: before.name,
    credentials: credentialsWith(before.credentials, given),
    role: roleWith(before.role, given),
    regions: regions ?? before.regions,
    endpoint: endpoint === undefined ? before.endpoint : (endpoint[0] ?? null),
  });
}

function read({ set, unset }: Change): Given {
  const given = new Map<string, string[]>();
  for (const text of set) {
    const at = text.indexOf('=');
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || value === '') throw badUsage(`Write --set key=value; ${text} is not of that form.`);
    mustBeKey(key);
    given.set(key, [...(given.get(key) ?? []), value]);
  }
  for (const [key, values] of given)
    if (values.length > 1 && key !== 'region') throw badUsage(`${key} can be given once.`);
  for (const key of unset) {
    mustBeKey(key);
    if (given.has(key)) throw badUsage(`${key} is both set and taken away.`);
    given.set(key, []);
  }
  return given;
}

function mustBeKey(key: string): void {
  if (key.startsWith('secret') || key === 'session-token')
    throw badUsage('A secret is given with --secret secret-access-key=env:NAME; arguments can be seen by others.');
  if (!keys.includes(key)) throw badUsage(`An AWS account has no ${key}; it has ${keys.join(', ')}.`);
}

function credentialsWith(before: AwsAccountDefinition['credentials'], given: Given): unknown {
  const [accessKey, profile] = [given.get('access-key')?.[0], given.get('profile')?.[0]];
  if (accessKey !== undefined && profile !== undefined)
    throw badUsage('An account has an access key or a profile, not both.');
  if (profile !== undefined) return { kind: 'profile', profile };
  const keysBefore = before.kind === 'keys' ? before : null;
  const accessKeyId = accessKey ?? (given.has('access-key') ? undefined : keysBefore?.accessKeyId);
  const ofKeys = ['expires', 'renew-after'].filter((key) => (given.get(key) ?? []).length > 0);
  if (accessKeyId === undefined) {
    if (ofKeys.length > 0) throw badUsage(`${ofKeys.join(' and ')} goes with an access key only.`);
    return before.kind === 'profile' && !given.has('profile') ? before : { kind: 'environment' };
  }
  const [expires, age] = [given.get('expires'), given.get('renew-after')];
  return {
    kind: 'keys',
    accessKeyId,
    expiresAt: expires === undefined ? (keysBefore?.expiresAt ?? null) : timeOf(expires[0]),
    renewAfterDays: age === undefined ? (keysBefore?.renewAfterDays ?? null) : daysOf(age[0]),
  };
}

function roleWith(before: AwsAccountDefinition['role'], given: Given): unknown {
  const arn = given.has('role') ? given.get('role')?.[0] : before?.arn;
  if (arn === undefined) {
    const stray = ofRole.filter((key) => (given.get(key) ?? []).length > 0);
    if (stray.length > 0) throw badUsage(`${stray.join(' and ')} goes with a role only: --set role=arn:….`);
    return null;
  }
  const [externalId, mfa, session, duration] = ofRole.map((key) => given.get(key));
  return {
    arn,
    externalId: externalId === undefined ? (before?.externalId ?? null) : (externalId[0] ?? null),
    mfaSerial: mfa === undefined ? (before?.mfaSerial ?? null) : (mfa[0] ?? null),
    sessionName: session === undefined ? before?.sessionName : session[0],
    durationSeconds: duration === undefined ? before?.durationSeconds : secondsOf(duration[0]),
  };
}

function timeOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw badUsage(`${text} is no time; write it as 2026-07-01T12:00:00Z.`);
  return new Date(ms).toISOString();
}

function daysOf(text: string | undefined): number | null {
  return text === undefined ? null : Math.floor(msOf('renew-after', text) / (24 * 3_600_000));
}

function secondsOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : msOf('duration', text) / 1_000;
}

function msOf(key: string, text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw badUsage(`${key} is a duration such as 1h or 90d.`);
  return ms;
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.filter((part) => typeof part === 'string').at(-1) ?? 'account';
  throw badUsage(`${place}: ${issue?.message ?? 'it is not as it should be'}.`);
}

/** As they are shown. */
export function awsAccountFacts(account: AwsAccount): (readonly [string, string])[] {
  const { credentials, role, regions, endpoint, identity, approved, endsAt, usedBy } = account;
  const facts: (readonly [string, string | null])[] = [
    ['credentials', credentialsWords(account)],
    ['role', role?.arn ?? null],
    ['external-id', role?.externalId ?? null],
    ['mfa', role?.mfaSerial ?? null],
    ['duration', role === null ? null : formatDuration(role.durationSeconds * 1_000)],
    ['regions', regions.length === 0 ? 'as the environment says' : regions.join(', ')],
    ['endpoint', endpoint],
    ['is', identity === null ? 'not known: `holdfast aws identity` asks' : `${identity.account}, ${identity.arn}`],
    [
      'renew-after',
      credentials.kind === 'keys' && credentials.renewAfterDays !== null ? `${credentials.renewAfterDays}d` : null,
    ],
    ['ends', endsAt === null ? null : localTime(endsAt)],
    ['used by', usedBy.length === 0 ? 'no source' : usedBy.join(', ')],
    ['approved', approved ? null : 'not on this machine'],
    ['added', `${localTime(account.addedAt)} by ${account.addedBy}`],
    ['changed', `${localTime(account.changedAt)} by ${account.changedBy}`],
  ];
  return facts.flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
}

export function credentialsWords({ credentials }: AwsAccountDefinition): string {
  if (credentials.kind === 'keys') return `access key ${credentials.accessKeyId}`;
  return credentials.kind === 'profile' ? `profile ${credentials.profile}` : 'the AWS environment';
}
