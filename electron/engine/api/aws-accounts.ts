/** Registered accounts of AWS: entered, changed and taken away, and who AWS says each is. */
import type {
  AwsAccount,
  AwsAccountDefinition,
  AwsAccountSecret,
  AwsIdentity,
} from '../../../shared/contract/aws-accounts.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import { accountEnd } from '../../../shared/model/aws-account-end.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { KnownAwsAccount } from '../catalog/aws-accounts.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { openAccess } from './access.ts';
import { accessAsEntered, knownAccount, refuseMachine } from './aws-access.ts';
import { refuseOther, secretBase, whoIs, type ReadSecret } from './aws-login.ts';
import { sessionKey } from './aws-sessions.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { accountOwner } from './source-secrets.ts';

export const awsAccountsHandlers = {
  list: handlers.aws.accounts.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { accounts: [] };
    const accounts = await context.catalog.read('awsAccounts.list', context.caller, null);
    return { accounts: accounts.map(present) };
  }),
  show: handlers.aws.accounts.show.handler(async ({ input, context }) =>
    present(await knownAccount(context, input.name)),
  ),
  add: handlers.aws.accounts.add.handler(async ({ input, context }) => {
    const { name } = input.account;
    return change(context, input, async () => {
      const before = await context.catalog.read('awsAccounts.find', context.caller, { name });
      if (before !== null)
        throw new HoldfastError('AWS_ACCOUNT_EXISTS', `An AWS account called ${name} is registered already.`);
      return { write: 'awsAccounts.add' as const, identity: null, mayAsk: true };
    });
  }),
  set: handlers.aws.accounts.set.handler(async ({ input, context }) =>
    change(context, input, async () => {
      const known = await knownAccount(context, input.account.name);
      const { endpoint, name } = input.account;
      if (!known.approved && endpoint !== null && input.secrets.length > 0)
        throw new HoldfastError(
          'AWS_NOT_APPROVED',
          `${name} came from a repository, with the endpoint ${known.definition.endpoint ?? endpoint}: it gets no secret yet.`,
        );
      const mayAsk = known.approved || (input.account.credentials.kind === 'keys' && endpoint === null);
      return {
        write: 'awsAccounts.update' as const,
        identity: input.otherAccount ? null : known.identity,
        mayAsk,
      };
    }),
  ),
  remove: handlers.aws.accounts.remove.handler(async ({ input, context }) => {
    const { catalog, caller, sourceSecrets, awsSessions, live } = context;
    const { result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, input.repository),
      () => catalog.write('awsAccounts.remove', caller, { name: input.name }),
    );
    await sourceSecrets.forget(accountOwner(caller.tenant, input.name));
    awsSessions.end(sessionKey(caller.tenant, input.name));
    live.changed(caller.tenant);
    return { account: present(result), secretsKept: null, ...saved };
  }),
  approve: handlers.aws.accounts.approve.handler(async ({ input, context }) => {
    await knownAccount(context, input.name);
    const { catalog, caller, nowMs } = context;
    const approved = await catalog.write('awsAccounts.approve', caller, { name: input.name, atMs: nowMs() });
    context.live.changed(caller.tenant);
    return present(approved);
  }),
};

type Change = {
  readonly repository: RepositoryAccess;
  readonly account: AwsAccountDefinition;
  readonly secrets: readonly AwsAccountSecret[];
};
type Before = {
  readonly write: 'awsAccounts.add' | 'awsAccounts.update';
  /** Whose number it has to have; null: anybody's. */
  readonly identity: AwsIdentity | null;
  /** Whether its program may be started, and its endpoint asked. */
  readonly mayAsk: boolean;
};

/** Nothing of it is kept before AWS, where it answers, has said who that is. */
async function change(context: CallContext, input: Change, lookBefore: () => Promise<Before>) {
  const { catalog, caller, sourceSecrets, awsSessions, nowMs, live } = context;
  const { account, secrets } = input;
  mustFit(account, secrets);
  const owner = accountOwner(caller.tenant, account.name);
  const { result, ...saved } = await changeConfiguration(
    context,
    () => openAccess(context, input.repository),
    async () => {
      const before = await lookBefore();
      const read = secretsOf(context, account, secrets);
      const identity = before.mayAsk ? await identityOf(context, account, read, before.identity) : null;
      const secretsKept = await sourceSecrets.keep(owner, [secretBase(account)], secrets);
      const isSecretNew = secrets.some(({ key }) => key === 'secret-access-key');
      if (account.credentials.kind !== 'keys') await sourceSecrets.forget(owner);
      // A token belongs to the secret it came with.
      else if (isSecretNew && secrets.length === 1) await sourceSecrets.forget(owner, ['session-token']);
      const entered = { account, identity, isSecretNew, atMs: nowMs() };
      return { secretsKept, changed: await catalog.write(before.write, caller, entered) };
    },
  );
  awsSessions.end(sessionKey(caller.tenant, account.name));
  live.changed(caller.tenant);
  return { account: present(result.changed), secretsKept: result.secretsKept, ...saved };
}

function mustFit({ credentials }: AwsAccountDefinition, secrets: readonly AwsAccountSecret[]): void {
  if (secrets.length > 0 && credentials.kind !== 'keys')
    throw new HoldfastError('BAD_USAGE', 'Only keys have a secret: a profile and the environment bring their own.');
  if (new Set(secrets.map(({ key }) => key)).size !== secrets.length)
    throw new HoldfastError('BAD_USAGE', 'Each secret is given once.');
}

/** Those given now, else those kept. A session's token belongs to one secret: a new one comes without the old one's. */
function secretsOf(
  { sourceSecrets, caller }: CallContext,
  account: AwsAccountDefinition,
  given: readonly AwsAccountSecret[],
): ReadSecret {
  const owner = accountOwner(caller.tenant, account.name);
  return async (key) => {
    if (given.length > 0) return given.find((one) => one.key === key)?.value ?? null;
    return sourceSecrets.read(owner, secretBase(account), key);
  };
}

/** Null where it cannot be said now: without a code, without an answer. AWS_CREDENTIAL, AWS_OTHER_ACCOUNT. */
async function identityOf(
  context: CallContext,
  account: AwsAccountDefinition,
  read: ReadSecret,
  before: AwsIdentity | null,
): Promise<AwsIdentity | null> {
  const { nowMs } = context;
  await refuseMachine(context, account);
  const takeCode = () => {
    throw new HoldfastError('AWS_SIGN_IN', `The AWS account ${account.name} asks for the code of a device.`);
  };
  try {
    const identity = await whoIs(await accessAsEntered(account, read, takeCode), before !== null, nowMs());
    refuseOther(account.name, before, identity);
    return identity;
  } catch (error) {
    if (error instanceof HoldfastError && (error.code === 'AWS_SIGN_IN' || error.code === 'AWS_UNREACHABLE'))
      return null;
    throw error;
  }
}

function present(known: KnownAwsAccount): AwsAccount {
  const { definition, addedAtMs, addedBy, changedAtMs, changedBy, secretAtMs, identity, approved, usedBy } = known;
  const end = accountEnd(known);
  return {
    ...definition,
    addedAt: iso(addedAtMs),
    addedBy,
    changedAt: iso(changedAtMs),
    changedBy,
    secretAt: secretAtMs === null ? null : iso(secretAtMs),
    identity,
    approved,
    endsAt: end === null ? null : iso(end.atMs),
    usedBy: [...usedBy],
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
