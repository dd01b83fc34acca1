import type { AwsIdentity } from '../../../shared/contract/aws-accounts.ts';
import type { AwsPlace } from '../../../shared/contract/aws-sources.ts';
import { longestPolicy, policyFor, policyLength } from '../../../shared/model/aws-policies.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { AwsAccess } from '../aws/access.ts';
import { checkRights } from '../aws/check.ts';
import { AwsClients } from '../aws/clients.ts';
import { awsAccessOf, knownAccount } from './aws-access.ts';
import { awsAccountsHandlers } from './aws-accounts.ts';
import { refuseOther, whoIs } from './aws-login.ts';
import { sessionKey } from './aws-sessions.ts';
import { handlers, type CallContext } from './context.ts';

/** What is checked waits for nobody for long. */
const checkPatience = { attempts: 4, idleMs: 20_000 };

export const awsHandlers = {
  accounts: awsAccountsHandlers,
  identity: handlers.aws.identity.handler(async ({ input, context }) => {
    const { access, identity } = await signIn(context, input, input.code);
    if (identity !== null) return { identity, region: access.region };
    throw new HoldfastError('AWS_UNREACHABLE', `Nobody at ${access.endpoint ?? 'AWS'} could say who that is.`);
  }),
  check: handlers.aws.check.handler(async ({ input, context }) => {
    const { account, purpose, buckets, code } = input;
    const { access, identity } = await signIn(context, input, code);
    using clients = new AwsClients(access, checkPatience);
    const actions = await checkRights(clients, purpose, buckets);
    const refused = actions.filter(({ verdict }) => verdict === 'refused').length;
    const { region, endpoint } = access;
    return { account, region, endpoint, identity, purpose, actions: [...actions], refused };
  }),
  policy: handlers.aws.policy.handler(({ input: { purpose, buckets, regions } }) => {
    const policy = policyFor(purpose, { buckets, regions });
    const characters = policyLength(policy);
    if (characters <= longestPolicy) return { purpose, policy: { ...policy }, characters };
    throw new HoldfastError(
      'BAD_USAGE',
      `The policy has ${characters} characters, of which AWS takes ${longestPolicy}: name fewer buckets at a time.`,
    );
  }),
};

/** Null where what answers knows nobody by name. AWS_OTHER_ACCOUNT. */
async function signIn(
  context: CallContext,
  place: AwsPlace,
  code: string | undefined,
): Promise<{ readonly access: AwsAccess; readonly identity: AwsIdentity | null }> {
  const { caller, awsSessions, nowMs } = context;
  const { account } = place;
  if (code !== undefined) awsSessions.giveCode(sessionKey(caller.tenant, account), code);
  const access = await awsAccessOf(context, place);
  const before = account === null ? null : (await knownAccount(context, account)).identity;
  const identity = await whoIs(access, before !== null, nowMs());
  if (account !== null) refuseOther(account, before, identity);
  return { access, identity };
}
