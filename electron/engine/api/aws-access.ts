/** As whom and where AWS is asked, for a source or whatever else names an account, a region and an endpoint. */
import type { AwsAccountDefinition } from '../../../shared/contract/aws-accounts.ts';
import type { AwsPlace } from '../../../shared/contract/aws-sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AwsAccess } from '../aws/access.ts';
import { logIn } from '../aws/credentials.ts';
import { hasEnvironmentKeys, usualEndpoint, usualProfile, usualRegion } from '../aws/environment.ts';
import { profileFacts, type ProfileFacts } from '../aws/profile-facts.ts';
import type { KnownAwsAccount } from '../catalog/aws-accounts.ts';
import { baseOf, factsOf, held, noteSignIn, regionOf, secretBase, signInRegion, type ReadSecret } from './aws-login.ts';
import { sessionKey } from './aws-sessions.ts';
import type { CallContext } from './context.ts';
import { isEntered } from './entered-endpoints.ts';
import { isConfigured } from './is-configured.ts';
import { accountOwner } from './source-secrets.ts';

export type AwsContext = Pick<
  CallContext,
  'caller' | 'bounds' | 'home' | 'catalog' | 'sourceSecrets' | 'awsSessions' | 'isScheduled' | 'nowMs'
>;

/**
 * AWS_ACCOUNT_UNKNOWN; AWS_REGION_MISSING; AWS_NOT_APPROVED for another endpoint than was entered on this machine, and for
 * the program of a profile that was not; AWS_SIGN_IN for a scheduled run that would need a person; AWS_CREDENTIAL without
 * a secret. What the credentials are worth is found out by asking AWS: whoever uses them meets AWS_OTHER_ACCOUNT then.
 */
export function awsAccessOf(context: AwsContext, place: AwsPlace): Promise<AwsAccess> {
  return place.account === null ? usualAccess(context, place) : accountAccess(context, place, place.account);
}

/** Of an account as somebody enters it: nothing is kept, and nothing compared. */
export async function accessAsEntered(
  definition: AwsAccountDefinition,
  read: ReadSecret,
  takeCode: () => string,
): Promise<AwsAccess> {
  const where = { region: await signInRegion(definition), endpoint: definition.endpoint ?? usualEndpoint() };
  const base = await baseOf(definition, read);
  const code = () => Promise.resolve().then(takeCode);
  return held(await logIn({ ...where, base, role: definition.role, code }), where);
}

/** TENANT_BOUND where an account is signed in to by what the machine has. */
export async function refuseMachine(
  { bounds }: Pick<CallContext, 'bounds'>,
  { name, credentials }: Pick<AwsAccountDefinition, 'name' | 'credentials'>,
): Promise<void> {
  if (credentials.kind !== 'keys') await bounds.machineCredentials(`The AWS account ${name}`);
}

export async function knownAccount(context: AwsContext, name: string): Promise<KnownAwsAccount> {
  const { catalog, caller } = context;
  const known = (await isConfigured(context)) ? await catalog.read('awsAccounts.find', caller, { name }) : null;
  if (known !== null) return known;
  throw new HoldfastError('AWS_ACCOUNT_UNKNOWN', `No AWS account is registered as ${name}.`);
}

async function usualAccess(context: AwsContext, place: AwsPlace): Promise<AwsAccess> {
  const { caller, home, awsSessions, isScheduled, bounds } = context;
  await bounds.machineCredentials('The AWS environment');
  const usual = usualEndpoint();
  const { endpoint } = place;
  if (endpoint !== null && endpoint !== usual && !(await isEntered(home, caller.tenant, endpoint)))
    throw new HoldfastError(
      'AWS_NOT_APPROVED',
      `${endpoint} was not entered on this machine, so it does not get what the AWS environment here holds.`,
    );
  const region = place.region ?? (await usualRegion());
  if (region === null) throw regionMissing('The AWS environment');
  if (isScheduled === true && !hasEnvironmentKeys())
    refuseForSchedules('The AWS environment', await profileFacts(usualProfile()));
  const where = { region, endpoint: endpoint ?? usual };
  const key = sessionKey(caller.tenant, null);
  const code = () => Promise.resolve().then(() => awsSessions.takeCode(key, 'of the environment'));
  const follows = JSON.stringify([usualProfile(), process.env['AWS_ACCESS_KEY_ID'] ?? null]);
  const obtain = () => logIn({ ...where, base: { kind: 'environment' }, role: null, code });
  return { ...where, credentials: awsSessions.of(key, follows, obtain) };
}

async function accountAccess(context: AwsContext, place: AwsPlace, name: string): Promise<AwsAccess> {
  const { caller, awsSessions, sourceSecrets, isScheduled } = context;
  const known = await knownAccount(context, name);
  const { definition, secretAtMs } = known;
  await refuseMachine(context, definition);
  const facts = await factsOf(definition);
  refuseUnapproved(known, place, facts);
  const needsCode = (definition.role?.mfaSerial ?? null) !== null;
  if (isScheduled === true) refuseForSchedules(`The AWS account ${name}`, facts, needsCode);
  const region = place.region ?? (await regionOf(definition));
  if (region === null) throw regionMissing(`The AWS account ${name}`);
  const owner = accountOwner(caller.tenant, name);
  const base = await baseOf(definition, (key) => sourceSecrets.read(owner, secretBase(definition), key));
  const endpoint = definition.endpoint ?? usualEndpoint();
  const key = sessionKey(caller.tenant, name);
  const follows = JSON.stringify([definition, secretAtMs]);
  const credentials = awsSessions.of(key, follows, async () => {
    const where = { region: await signInRegion(definition), endpoint };
    const code = () => Promise.resolve().then(() => awsSessions.takeCode(key, name));
    const got = await logIn({ ...where, base, role: definition.role, code });
    // As it is known by then: who it is may have been noted since.
    await noteSignIn(context, await knownAccount(context, name), held(got, where));
    return got;
  });
  return { region, endpoint, credentials };
}

function refuseUnapproved(
  { definition: { name, endpoint, credentials }, approved }: KnownAwsAccount,
  place: AwsPlace,
  facts: ProfileFacts | null,
): void {
  if (place.endpoint !== null && place.endpoint !== endpoint)
    throw new HoldfastError(
      'AWS_NOT_APPROVED',
      `The AWS account ${name} is for ${endpoint ?? 'AWS itself'}: its credential is not sent to ${place.endpoint}.`,
    );
  if (approved || credentials.kind === 'keys') return;
  const how = `holdfast aws account approve "${name}"`;
  if (endpoint !== null)
    throw new HoldfastError(
      'AWS_NOT_APPROVED',
      `The AWS account ${name} came from a repository, with the endpoint ${endpoint}: ${how}.`,
    );
  if (facts?.program === true && credentials.kind === 'profile')
    throw new HoldfastError(
      'AWS_NOT_APPROVED',
      `The AWS account ${name} came from a repository, and its profile ${credentials.profile} starts a program: ${how}.`,
    );
}

function refuseForSchedules(whose: string, facts: ProfileFacts | null, needsCode = false): void {
  if (facts?.signsIn === true)
    throw new HoldfastError('AWS_SIGN_IN', `${whose} is signed in to by a person in a browser; a schedule cannot.`);
  if (facts?.needsCode === true || needsCode)
    throw new HoldfastError('AWS_SIGN_IN', `${whose} asks for the code of a device; a schedule has none to give.`);
}

function regionMissing(whose: string): HoldfastError {
  return new HoldfastError('AWS_REGION_MISSING', `${whose} names no region, and neither does what asks it.`);
}
