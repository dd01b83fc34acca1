import type { Saved } from '../../../shared/contract/configuration.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { Credential as CredentialView } from '../../../shared/contract/credentials.ts';
import { configurationLimits } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { changeConfiguration } from '../configuration/save.ts';
import { newBoxKey } from '../platform/sealed-box.ts';
import { prepareSecrets, secretsOverview, type SecretsChange } from '../platform/secrets.ts';
import { openRepository } from '../repository/repository.ts';
import { openAccess } from './access.ts';
import { handlers, type CallContext } from './context.ts';

export const credentialsHandlers = {
  list: handlers.credentials.list.handler(async ({ context: { home, caller } }) => {
    const { exists, credentials, recovery } = await secretsOverview(home, caller.tenant);
    const recoverable = new Set((recovery?.sealed ?? null) === null ? [] : recovery?.names.map(({ name }) => name));
    const here = credentials.map((one) => ({ ...one, here: true, recoverable: recoverable.has(one.name) }));
    const names = new Set(here.map(({ name }) => name));
    const elsewhere: CredentialView[] = (recovery?.names ?? [])
      .filter(({ name }) => !names.has(name))
      .map((one) => ({ ...one, here: false, recoverable: recoverable.has(one.name) }));
    return { exists, credentials: [...here, ...elsewhere] };
  }),
  set: handlers.credentials.set.handler(async ({ input, context }) => {
    const { name } = input;
    const values = input.values.map(({ key, value }): [string, string] => [key, value]);
    if (new Set(values.map(([key]) => key)).size !== values.length)
      throw new HoldfastError('BAD_USAGE', 'A credential has each key once.');
    return changeSecrets(context, input.repository, {
      passphrase: input.passphrase,
      credentials: (before) => {
        const others = before.filter((one) => one.name !== name);
        if (others.length >= configurationLimits.credentials)
          throw new HoldfastError('BAD_USAGE', `There are ${others.length} credentials already, as many as can be.`);
        return [...others, { name, values }];
      },
    });
  }),
  remove: handlers.credentials.remove.handler(async ({ input, context }) => {
    const { name } = input;
    return changeSecrets(context, input.repository, {
      passphrase: input.passphrase,
      credentials: (before) => {
        const after = before.filter((one) => one.name !== name);
        if (after.length < before.length) return after;
        throw new HoldfastError('CREDENTIAL_NOT_FOUND', `This machine holds no credential ${name}.`);
      },
    });
  }),
  setRecoveryPassphrase: handlers.credentials.setRecoveryPassphrase.handler(async ({ input, context }) => {
    const { repository, passphrase, recoveryPassphrase } = input;
    // Whoever can open the repository, or reads a file of this machine, would have the credentials too.
    if (recoveryPassphrase === passphrase || (await isPassword(context, repository, recoveryPassphrase))) {
      const text =
        'The recovery passphrase has to be another one than the password and the passphrase of this machine.';
      throw new HoldfastError('BAD_USAGE', text);
    }
    return changeSecrets(context, repository, { passphrase, recovery: await newBoxKey(recoveryPassphrase) });
  }),
};

async function isPassword(context: CallContext, access: RepositoryAccess, text: string): Promise<boolean> {
  if ('password' in access) return access.password === text;
  const { backend } = await openAccess(context, access);
  return openRepository(backend, text).then(
    () => true,
    (error: unknown) => {
      if (error instanceof HoldfastError && error.code === 'WRONG_PASSWORD') return false;
      throw error;
    },
  );
}

async function changeSecrets(
  context: CallContext,
  repository: RepositoryAccess,
  change: Omit<SecretsChange, 'home' | 'tenant'>,
): Promise<Saved> {
  const { catalog, caller, home } = context;
  const { saved, notices } = await changeConfiguration(
    context,
    () => openAccess(context, repository),
    async () => {
      const write = await prepareSecrets({ ...change, home, tenant: caller.tenant });
      // First, so that whoever goes on after a crash in between saves what is there then.
      await catalog.write('configuration.touch', caller, null);
      await write();
    },
  );
  return { saved, notices };
}
