/** What the places of connected repositories are reached with: settings of their rows, and secrets in memory or in the store. */
import type { Caller } from '../../../shared/contract/common.ts';
import type { RepositoryReach } from '../../../shared/contract/repository-access.ts';
import { parseLocation } from '../../../shared/model/location.ts';
import {
  accessSecrets,
  checkAccess,
  type AccessSecret,
  type AccessSettings,
} from '../../../shared/model/repository-access.ts';
import { ownerTenant } from '../../../shared/model/tenants.ts';
import type { SecretStore } from '../platform/secret-store.ts';
import type { AwsAccountAccess, BackendAccess } from '../repository/backend/access.ts';
import type { ConnectionRow } from './connection-file.ts';
import { pairedPassword } from './paired-access.ts';

/** The AWS account that a tenant knows by a name. */
export type AwsAccountOf = (
  caller: Caller,
  name: string,
  where: { readonly region: string | null; readonly endpoint: string | null },
) => Promise<AwsAccountAccess>;

type Secrets = RepositoryReach['secrets'];
/** Of a connection, as far as it says how its place is reached. */
type Reached = Pick<ConnectionRow, 'id' | 'settings' | 'secretNames'>;

export class Reaches {
  readonly #store: SecretStore | null;
  readonly #awsAccount: AwsAccountOf | undefined;
  /** Of connections whose secrets are not remembered, until the engine ends. */
  readonly #held = new Map<string, Secrets>();

  constructor(store: SecretStore | null, awsAccount: AwsAccountOf | undefined) {
    this.#store = store;
    this.#awsAccount = awsAccount;
  }

  /** As the call says, and as the connection to the place says beside it. ACCESS_INVALID. */
  of(caller: Caller, location: string, row: Reached | null, given: RepositoryReach | undefined): BackendAccess {
    const own = given?.secrets ?? {};
    // Secrets go where their own settings lead them, and nowhere else.
    const known = row === null || differs(row.settings, given?.settings) ? null : row;
    const settings = { ...known?.settings, ...given?.settings };
    checkAccess(parseLocation(location), settings, namesOf(own));
    const awsAccount = this.#awsAccount;
    return {
      settings,
      secret: async (name) =>
        own[name] ??
        (known === null ? null : await this.#read(known, name)) ??
        // Who pairs is the owner of the home, and what that gives is nobody else's.
        (name === 'password' && caller.tenant === ownerTenant
          ? await pairedPassword(this.#store, location, settings)
          : null),
      ...(awsAccount === undefined ? {} : { awsAccount: (name, where) => awsAccount(caller, name, where) }),
    };
  }

  /** In place of those of the same names. */
  async keep(id: string, secrets: Secrets, remember: boolean): Promise<void> {
    this.#held.set(id, { ...this.#held.get(id), ...secrets });
    if (!remember) return;
    for (const name of namesOf(secrets)) await this.#store?.write(secretName(id, name), secrets[name] ?? '');
  }

  /** In memory too. */
  async forget({ id }: Reached): Promise<void> {
    this.#held.delete(id);
    for (const name of accessSecrets) await this.#store?.remove(secretName(id, name));
  }

  async #read({ id, secretNames }: Reached, name: AccessSecret): Promise<string | null> {
    if (!secretNames.includes(name)) return null;
    return this.#held.get(id)?.[name] ?? (await this.#store?.read(secretName(id, name))) ?? null;
  }
}

export function namesOf(secrets: Secrets): readonly AccessSecret[] {
  return accessSecrets.filter((name) => secrets[name] !== undefined);
}

function differs(known: AccessSettings, given: AccessSettings | undefined): boolean {
  const keys = Object.keys(given ?? {}) as (keyof AccessSettings)[];
  return keys.some((key) => given?.[key] !== undefined && given[key] !== known[key]);
}

function secretName(id: string, name: AccessSecret): string {
  return `repository ${id} ${name}`;
}
