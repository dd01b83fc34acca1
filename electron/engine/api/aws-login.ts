/** How a registered account signs in: what it needs here, who AWS says it is, and what is noted of that. */
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { AwsAccountDefinition, AwsIdentity, accountSecretKeys } from '../../../shared/contract/aws-accounts.ts';
import { HoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import type { AwsAccess } from '../aws/access.ts';
import { callerIdentity, type AwsBase } from '../aws/credentials.ts';
import { usualProfile, usualRegion } from '../aws/environment.ts';
import { profileFacts, type ProfileFacts } from '../aws/profile-facts.ts';
import type { KnownAwsAccount } from '../catalog/aws-accounts.ts';
import type { CallContext } from './context.ts';

export type ReadSecret = (key: (typeof accountSecretKeys)[number]) => Promise<string | null>;

/** AWS's own, where nothing says another one: who one is can be asked in any. */
const anyRegion = 'us-east-1';
/** Where a secret may be sent that was entered for AWS itself. */
const awsItself = 'aws';

/** What its secret is bound to. */
export function secretBase({ endpoint }: AwsAccountDefinition): string {
  return endpoint ?? awsItself;
}

/** AWS_CREDENTIAL where the secret, or the profile, is not on this machine. */
export async function baseOf({ name, credentials }: AwsAccountDefinition, read: ReadSecret): Promise<AwsBase> {
  if (credentials.kind === 'environment') return { kind: 'environment' };
  if (credentials.kind === 'profile') {
    const { profile } = credentials;
    const { exists, program, signsIn } = await profileFacts(profile);
    if (exists) return { kind: 'profile', profile, program, signsIn };
    throw new HoldfastError('AWS_CREDENTIAL', `The AWS files of this machine have no profile ${profile}.`);
  }
  const secretAccessKey = await read('secret-access-key');
  if (secretAccessKey === null) {
    const how = `holdfast aws account set "${name}" --secret secret-access-key=env:NAME`;
    throw new HoldfastError('AWS_CREDENTIAL', `The secret of the AWS account ${name} is not on this machine: ${how}.`);
  }
  const { accessKeyId } = credentials;
  return { kind: 'keys', accessKeyId, secretAccessKey, sessionToken: await read('session-token') };
}

/** Of what its credentials come from; null for keys, which take nothing more. */
export async function factsOf({ credentials }: AwsAccountDefinition): Promise<ProfileFacts | null> {
  if (credentials.kind === 'keys') return null;
  return profileFacts(credentials.kind === 'profile' ? credentials.profile : usualProfile());
}

/** The usual one of the account; null where neither it nor this machine names any. */
export async function regionOf({ regions, credentials }: AwsAccountDefinition): Promise<string | null> {
  return regions[0] ?? usualRegion(credentials.kind === 'profile' ? credentials.profile : null);
}

/** Where it signs in. */
export async function signInRegion(definition: AwsAccountDefinition): Promise<string> {
  return (await regionOf(definition)) ?? anyRegion;
}

/** Silence says nothing against an account: it is asked again when it next signs in. */
const silent: ReadonlySet<ErrorCode> = new Set(['AWS_UNREACHABLE', 'AWS_LIMITED']);

/**
 * Null where nobody could say. Something that only speaks like S3 knows nobody by name; whoever said it before has to say
 * it again. AWS_CREDENTIAL, and AWS_ANSWER_INVALID and others from where it was known.
 */
export async function whoIs(access: AwsAccess, wasKnown: boolean, atMs: number): Promise<AwsIdentity | null> {
  try {
    return { ...(await callerIdentity(access)), at: new Date(atMs).toISOString() };
  } catch (error) {
    if (!(error instanceof HoldfastError) || error.code === 'AWS_CREDENTIAL') throw error;
    if (silent.has(error.code) || (access.endpoint !== null && !wasKnown)) return null;
    throw error;
  }
}

/** AWS_OTHER_ACCOUNT. */
export function refuseOther(name: string, before: AwsIdentity | null, now: AwsIdentity | null): void {
  if (before === null || now === null || before.account === now.account) return;
  throw new HoldfastError(
    'AWS_OTHER_ACCOUNT',
    `${name} was the AWS account ${before.account}; its credential leads to ${now.account} now (${now.arn}).`,
  );
}

type Noting = Pick<CallContext, 'catalog' | 'caller' | 'nowMs'>;

/** After signing in: who it is, and until when that holds, where it does not renew itself. */
export async function noteSignIn(
  { catalog, caller, nowMs }: Noting,
  { definition, identity: before, signedInUntilMs }: KnownAwsAccount,
  access: AwsAccess,
): Promise<void> {
  const { name } = definition;
  const identity = await whoIs(access, before !== null, nowMs());
  refuseOther(name, before, identity);
  const untilMs = await endOf(definition);
  if (identity?.arn === before?.arn && untilMs === signedInUntilMs) return;
  await catalog.write('awsAccounts.noteSignIn', caller, { name, identity, untilMs });
}

/** Of what nobody renews but a person. */
async function endOf(definition: AwsAccountDefinition): Promise<number | null> {
  const facts = await factsOf(definition);
  if (facts?.signsIn === true) return facts.endsAtMs;
  const stated = definition.credentials.kind === 'environment' ? process.env['AWS_CREDENTIAL_EXPIRATION'] : undefined;
  const ms = Date.parse(stated ?? '');
  return Number.isNaN(ms) ? null : ms;
}

export function held(credentials: AwsCredentialIdentity, where: Omit<AwsAccess, 'credentials'>): AwsAccess {
  return { ...where, credentials: () => Promise.resolve(credentials) };
}
