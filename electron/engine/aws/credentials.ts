/** From what an account is made of to credentials that AWS takes: keys, profiles, the environment, and roles taken on. */
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromIni, fromNodeProviderChain } from '@aws-sdk/credential-providers';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { z } from 'zod';
import type { AwsAccountDefinition } from '../../../shared/contract/aws-accounts.ts';
import { accountIdPattern } from '../../../shared/model/aws.ts';
import { HoldfastError, innermostError } from '../../../shared/model/errors.ts';
import type { AwsAccess, AwsPatience } from './access.ts';
import { makeClient } from './make-client.ts';
import { AwsFailure, asked } from './failures.ts';

export type AwsBase =
  | {
      readonly kind: 'keys';
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken: string | null;
    }
  | { readonly kind: 'profile'; readonly profile: string; readonly program: boolean; readonly signsIn: boolean }
  | { readonly kind: 'environment' };

export type AwsLogin = Omit<AwsAccess, 'credentials'> & {
  readonly base: AwsBase;
  readonly role: AwsAccountDefinition['role'];
  /** The code that a device shows now. Throws AWS_SIGN_IN where nobody has given one. */
  readonly code: () => Promise<string>;
};

/** Roles that were taken on with a role's session last no longer than this. */
const chainedSeconds = 3_600;
/** Who one is, is asked by the way: a run does not wait long for it. */
const identityPatience = { attempts: 3, idleMs: 20_000 };

/** AWS_CREDENTIAL, AWS_SIGN_IN, AWS_FORBIDDEN where the role does not let it, AWS_UNREACHABLE, AWS_ANSWER_INVALID. */
export async function logIn(login: AwsLogin): Promise<AwsCredentialIdentity> {
  const base = await fromBase(login);
  if (login.role === null) return base;
  const { region, endpoint, role } = login;
  const sts = stsClient({ credentials: () => Promise.resolve(base), region, endpoint });
  const code = role.mfaSerial === null ? null : await login.code();
  try {
    return await assume(sts, role, code, role.durationSeconds);
  } catch (error) {
    const isTooLong = error instanceof AwsFailure && error.awsCode === 'ValidationError';
    if (!isTooLong || base.sessionToken === undefined || role.durationSeconds <= chainedSeconds || code !== null)
      throw error;
    return await assume(sts, role, null, chainedSeconds);
  } finally {
    sts.destroy();
  }
}

const identitySchema = z.object({ Account: z.string().regex(accountIdPattern), Arn: z.string().min(1).max(2_048) });

/** As `asked`; AWS_ANSWER_INVALID where something else than AWS answers. */
export async function callerIdentity(access: AwsAccess): Promise<{ readonly account: string; readonly arn: string }> {
  const sts = stsClient(access, identityPatience);
  const what = `GetCallerIdentity in ${access.region}`;
  const answer = await asked(what, () => sts.send(new GetCallerIdentityCommand({}))).finally(() => sts.destroy());
  const { Account: account, Arn: arn } = mustBe(identitySchema, answer, what);
  return { account, arn };
}

async function fromBase({ base, region, endpoint, code }: AwsLogin): Promise<AwsCredentialIdentity> {
  if (base.kind === 'keys') {
    const { accessKeyId, secretAccessKey, sessionToken } = base;
    return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  }
  const options = { mfaCodeProvider: code, ignoreCache: true };
  // What somebody has signed in to is asked where the profile says, never at another endpoint.
  const elsewhere = base.kind === 'environment' || base.signsIn || endpoint === null ? {} : { endpoint };
  const provider: AwsCredentialIdentityProvider =
    base.kind === 'profile'
      ? fromIni({ ...options, profile: base.profile, clientConfig: { region, ...elsewhere } })
      : fromNodeProviderChain({ ...options, clientConfig: { region } });
  const whose = base.kind === 'profile' ? `The AWS profile ${base.profile}` : 'The AWS environment';
  try {
    return await provider();
  } catch (error) {
    const inner = innermostError(error);
    if (inner instanceof HoldfastError) throw inner;
    // What a program prints, or the line it was started by, may hold a secret.
    const isQuotable = base.kind === 'profile' && !base.program && error instanceof Error;
    const said = isQuotable ? `: ${error.message.replaceAll(/\s+/g, ' ').slice(0, 300)}` : '.';
    throw new AwsFailure('AWS_CREDENTIAL', `${whose} gives no credential${said}`);
  }
}

const sessionSchema = z.object({
  Credentials: z.object({
    AccessKeyId: z.string().min(1),
    SecretAccessKey: z.string().min(1),
    SessionToken: z.string().min(1),
  }),
});

function stsClient(access: AwsAccess, patience?: AwsPatience): STSClient {
  return makeClient((options) => new STSClient(options), access, patience);
}

async function assume(
  sts: STSClient,
  role: NonNullable<AwsLogin['role']>,
  code: string | null,
  seconds: number,
): Promise<AwsCredentialIdentity> {
  const what = `AssumeRole of ${role.arn}`;
  const command = new AssumeRoleCommand({
    RoleArn: role.arn,
    RoleSessionName: role.sessionName,
    DurationSeconds: seconds,
    ...(role.externalId === null ? {} : { ExternalId: role.externalId }),
    ...(code === null ? {} : { SerialNumber: role.mfaSerial ?? '', TokenCode: code }),
  });
  const answer = await asked(what, () => sts.send(command));
  const { Credentials: got } = mustBe(sessionSchema, answer, what);
  return {
    accessKeyId: got.AccessKeyId,
    secretAccessKey: got.SecretAccessKey,
    sessionToken: got.SessionToken,
    // By this machine's clock, whatever AWS's shows: it is this one that is looked at.
    expiration: new Date(Date.now() + seconds * 1_000),
  };
}

function mustBe<Schema extends z.ZodType>(schema: Schema, answer: unknown, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new AwsFailure('AWS_ANSWER_INVALID', `What answers ${what} is not AWS.`);
}
