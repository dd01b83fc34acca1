/** Registered AWS accounts in a home of their own, with what reads them, beside a sandboxed AWS. */
import { awsAccessOf, type AwsContext } from '../../electron/engine/api/aws-access.ts';
import { AwsSessions } from '../../electron/engine/api/aws-sessions.ts';
import { accountOwner, SourceSecrets } from '../../electron/engine/api/source-secrets.ts';
import { changeConfiguration } from '../../electron/engine/configuration/save.ts';
import type { SecretStore } from '../../electron/engine/platform/secret-store.ts';
import { awsAccountDefinitionSchema } from '../../shared/contract/aws-accounts.ts';
import type { AwsPlace as Wanted } from '../../shared/contract/aws-sources.ts';
import { Tenants } from '../../electron/engine/tenants/tenants.ts';
import { ownerTenant } from '../../shared/model/tenants.ts';
import { alice, makeCatalogHome } from './catalog-home.ts';
import { home as region, makeAwsPlace, type AwsPlace } from './sandbox-aws.ts';

export const byName = (account: string): Wanted => ({ account, region: null, endpoint: null });

export type AccountScene = AwsPlace & {
  readonly context: AwsContext;
  /** As if somebody had entered it here, with the keys of `operator` unless others are given. */
  enter(definition: Record<string, unknown>, keys?: { accessKeyId: string; secretAccessKey: string }): Promise<void>;
  access(account: string, more?: Partial<AwsContext>): ReturnType<typeof awsAccessOf>;
};

export async function makeAccountScene(): Promise<AccountScene> {
  const place = await makeAwsPlace();
  const home = await makeCatalogHome();
  const catalog = home.open();
  const sourceSecrets = new SourceSecrets(home.home, memoryStore());
  const context: AwsContext = {
    caller: alice,
    bounds: new Tenants(home.home, Date.now).boundsOf(ownerTenant),
    home: home.home,
    catalog,
    sourceSecrets,
    awsSessions: new AwsSessions(),
    nowMs: Date.now,
  };
  return {
    ...place,
    context,
    enter: async (given, keys = place.keys) => {
      const credentials = { kind: 'keys', accessKeyId: keys.accessKeyId };
      const usual = { name: 'prod', credentials, regions: [region], endpoint: place.aws.endpoint };
      const account = awsAccountDefinitionSchema.parse({ ...usual, ...given });
      await changeConfiguration(
        context,
        () => Promise.reject(new Error('no repository is needed')),
        () => catalog.write('awsAccounts.add', alice, { account, identity: null, isSecretNew: true, atMs: Date.now() }),
      );
      const secret = { key: 'secret-access-key' as const, value: keys.secretAccessKey, variable: null };
      await sourceSecrets.keep(accountOwner(alice.tenant, account.name), [account.endpoint ?? 'aws'], [secret]);
    },
    access: (account, more = {}) => awsAccessOf({ ...context, ...more }, byName(account)),
    [Symbol.asyncDispose]: async () => {
      await home[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

export function memoryStore(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'keychain',
    read: (name) => Promise.resolve(secrets.get(name) ?? null),
    write: (name, secret) => Promise.resolve(void secrets.set(name, secret)),
    remove: (name) => Promise.resolve(void secrets.delete(name)),
  };
}
