/**
 * What sources elsewhere and AWS accounts are reached with. A value lies in the secret store; a machine without one remembers the
 * environment variable it is in. Either way with the places it was entered for: a definition that came from a repository
 * must not get to have a token sent somewhere else.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { accountSecretKeys } from '../../../shared/contract/aws-accounts.ts';
import { secretKeys } from '../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { ownerTenant } from '../../../shared/model/tenants.ts';
import { readSmallFile, writeFileAtomically } from '../platform/atomic-file.ts';
import type { SecretStore } from '../platform/secret-store.ts';

/** Of a site. */
const sitePassword = 'password';
const allKeys = [...secretKeys, ...accountSecretKeys, sitePassword] as const;
type SecretKey = (typeof allKeys)[number];
/** What one calls `source` here may be an AWS account too: see `accountOwner`. */
type Owner = { readonly tenant: string; readonly source: string };
type GivenSecret = { readonly key: SecretKey; readonly value: string; readonly variable: string | null };

/** An account is no source of the same name: no name has a colon. */
export function accountOwner(tenant: string, account: string): Owner {
  return { tenant, source: `aws:${account}` };
}

export function siteOwner(tenant: string, site: string): Owner {
  return { tenant, source: `site:${site}` };
}

const storedSchema = z.object({ value: z.string(), bases: z.array(z.string()) });
const variableSchema = z.object({
  tenant: z.string(),
  source: z.string(),
  key: z.enum(allKeys),
  variable: z.string(),
  bases: z.array(z.string()),
});
const fileSchema = z.object({ version: z.literal(1), variables: z.array(variableSchema).max(10_000) });
type Variable = z.infer<typeof variableSchema>;

const maximumBytes = 8 * 1024 * 1024;

export class SourceSecrets {
  readonly #home: string;
  readonly #store: SecretStore | null;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(home: string, store: SecretStore | null) {
    this.#home = home;
    this.#store = store;
  }

  /**
   * In place of what was there under the same keys. `bases`: the servers it may be sent to, each with its scheme and port.
   * Null where nothing was given. NO_SECRET_STORE where there is neither a store nor a variable; WRONG_PASSPHRASE.
   */
  async keep(
    owner: Owner,
    bases: readonly string[],
    given: readonly GivenSecret[],
  ): Promise<'store' | 'environment' | null> {
    let kept: 'store' | 'environment' | null = null;
    for (const secret of given) {
      // The environment is that of the machine: what it holds is not for a tenant to have sent somewhere.
      const own = owner.tenant === ownerTenant ? secret : { ...secret, variable: null };
      const isStored = await this.#write(owner, bases, own);
      await this.#remember(owner, secret.key, isStored ? null : { variable: secret.variable ?? '', bases: [...bases] });
      kept = isStored && kept !== 'environment' ? 'store' : 'environment';
    }
    return kept;
  }

  /** Null where there is none, or none that may be sent to this server. */
  async read(owner: Owner, base: string, key: SecretKey): Promise<string | null> {
    const variables = await this.#variables();
    const variable = owner.tenant === ownerTenant ? variables.find((one) => isOf(owner, key, one)) : undefined;
    if (variable !== undefined) return variable.bases.includes(base) ? (process.env[variable.variable] ?? null) : null;
    const text = await this.#storedText(nameOf(owner, key));
    if (text === null) return null;
    const { value, bases } = storedSchema.parse(JSON.parse(text));
    return bases.includes(base) ? value : null;
  }

  /** All of them, or these. Without complaint where there was none. */
  async forget(owner: Owner, keys: readonly SecretKey[] = allKeys): Promise<void> {
    for (const key of keys) {
      await this.#remember(owner, key, null);
      await this.#store?.remove(nameOf(owner, key)).catch(unlessWithoutStore);
    }
  }

  async #write(owner: Owner, bases: readonly string[], { key, value, variable }: GivenSecret): Promise<boolean> {
    try {
      if (this.#store === null) throw new HoldfastError('NO_SECRET_STORE', 'This engine has no place for secrets.');
      await this.#store.write(nameOf(owner, key), JSON.stringify({ value, bases }));
      return true;
    } catch (error) {
      if (!isWithoutStore(error) || variable === null) throw error;
      return false;
    }
  }

  async #storedText(name: string): Promise<string | null> {
    try {
      return (await this.#store?.read(name)) ?? null;
    } catch (error) {
      if (isWithoutStore(error)) return null;
      throw error;
    }
  }

  async #remember(owner: Owner, key: SecretKey, found: Pick<Variable, 'variable' | 'bases'> | null): Promise<void> {
    const work = async (): Promise<void> => {
      const before = await this.#variables();
      const others = before.filter((one) => !isOf(owner, key, one));
      if (found === null && others.length === before.length) return;
      const variables = found === null ? others : [...others, { ...owner, key, ...found }];
      await writeFileAtomically(this.#file, `${JSON.stringify({ version: 1, variables }, null, 1)}\n`);
    };
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    await mine;
  }

  async #variables(): Promise<readonly Variable[]> {
    const text = await readSmallFile(this.#file, maximumBytes);
    if (text === null) return [];
    try {
      return fileSchema.parse(JSON.parse(text)).variables;
    } catch (error) {
      throw new HoldfastError('SECRETS_DAMAGED', `The file ${this.#file} is not what Holdfast wrote.`, {
        cause: error,
      });
    }
  }

  get #file(): string {
    return join(this.#home, 'secret-variables.json');
  }
}

function nameOf({ tenant, source }: Owner, key: SecretKey): string {
  return `source ${tenant} ${source} ${key}`;
}

function isOf({ tenant, source }: Owner, key: SecretKey, one: Variable): boolean {
  return one.tenant === tenant && one.source === source && one.key === key;
}

function isWithoutStore(error: unknown): boolean {
  return error instanceof HoldfastError && error.code === 'NO_SECRET_STORE';
}

function unlessWithoutStore(error: unknown): void {
  if (!isWithoutStore(error)) throw error;
}
