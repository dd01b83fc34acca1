/**
 * Credentials of a home without a keychain: the file `secrets`, sealed under a passphrase. Names lie in it in the clear,
 * values never; beside the store lies what a recovery passphrase opens, ready to be put into the configuration.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { configurationLimits as limits, namePattern } from '../../../shared/model/configuration.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { readSmallFile, writeFileAtomically } from './atomic-file.ts';
import { boxKeyOf, newBoxKey, openBox, sealBox, sealedBoxSchema, type BoxKey, type SealedBox } from './sealed-box.ts';

const maximumFileBytes = 32 * 1024 * 1024;

const textSchema = z.string().min(1).max(limits.textLength);
const credentialSchema = z.object({
  name: z.string().max(100).regex(namePattern),
  values: z.array(z.tuple([textSchema, z.string().max(64 * 1024)])).max(100),
});
/** A name and its secret values by key. */
export type Credential = z.infer<typeof credentialSchema>;
const credentialsSchema = z.array(credentialSchema).max(limits.credentials);

export const credentialNameSchema = z.object({
  name: credentialSchema.shape.name,
  keys: z.array(textSchema).max(100),
});
export type CredentialName = z.infer<typeof credentialNameSchema>;

const vaultSchema = z.object({
  tenants: z.array(
    z.object({
      tenant: z.string(),
      credentials: credentialsSchema,
      /** The key of the recovery passphrase: with it the credentials are sealed anew when they change. */
      recovery: z.object({ made: sealedBoxSchema.shape.key, secret: z.base64() }).nullable(),
    }),
  ),
});
type Vault = z.infer<typeof vaultSchema>;
type TenantVault = Vault['tenants'][number];

const sealedCredentialsSchema = z.object({
  /** What the box holds. */
  names: z.array(credentialNameSchema).max(limits.credentials),
  sealed: sealedBoxSchema.nullable(),
});
/** Credentials as they may leave this machine. */
export type SealedCredentials = z.infer<typeof sealedCredentialsSchema>;

const fileSchema = z.object({
  version: z.literal(1),
  /** Null before anything was stored here. */
  vault: sealedBoxSchema.nullable(),
  tenants: z.array(
    z.object({
      tenant: z.string(),
      credentials: z.array(credentialNameSchema),
      recovery: sealedCredentialsSchema.nullable(),
    }),
  ),
});
type SecretsFile = z.infer<typeof fileSchema>;

export type SecretsOverview = {
  /** Whether a passphrase has been chosen for this home. */
  readonly exists: boolean;
  readonly credentials: readonly CredentialName[];
  readonly recovery: SealedCredentials | null;
};

/** What can be known without the passphrase. SECRETS_DAMAGED. */
export async function secretsOverview(home: string, tenant: string): Promise<SecretsOverview> {
  const file = await load(home);
  const own = file.tenants.find((one) => one.tenant === tenant);
  return { exists: file.vault !== null, credentials: own?.credentials ?? [], recovery: own?.recovery ?? null };
}

/** The credentials of a tenant, with their values. WRONG_PASSPHRASE, SECRETS_DAMAGED. */
export async function openSecrets(home: string, passphrase: string, tenant: string): Promise<readonly Credential[]> {
  const { vault } = await open(await load(home), passphrase);
  return ownVault(vault, tenant).credentials;
}

export type SecretsChange = {
  readonly home: string;
  readonly passphrase: string;
  readonly tenant: string;
  /** What becomes of the credentials; throws to leave them as they are. */
  readonly credentials?: (before: readonly Credential[]) => readonly Credential[];
  /** From now on they are sealed for recovery under this key. */
  readonly recovery?: BoxKey;
};

/** Prepares a change; nothing is written before the returned function is called. WRONG_PASSPHRASE, SECRETS_DAMAGED. */
export async function prepareSecrets(change: SecretsChange): Promise<() => Promise<void>> {
  const { home, tenant } = change;
  const file = await load(home);
  const { vault, key } = await open(file, change.passphrase);
  const before = ownVault(vault, tenant);
  const { recovery } = change;
  const after: TenantVault = {
    tenant,
    credentials: [...(change.credentials?.(before.credentials) ?? before.credentials)],
    recovery:
      recovery === undefined ? before.recovery : { made: recovery.made, secret: recovery.secret.toString('base64') },
  };
  const tenants = [...vault.tenants.filter((one) => one.tenant !== tenant), after];
  const names = after.credentials.map(({ name, values }) => ({ name, keys: values.map(([valueKey]) => valueKey) }));
  const carried = file.tenants.find((one) => one.tenant === tenant)?.recovery ?? null;
  const listing = { tenant, credentials: names, recovery: sealForRecovery(after) ?? carried };
  const content: SecretsFile = {
    version: 1,
    vault: sealBox(key, 'holdfast secrets', Buffer.from(JSON.stringify({ tenants } satisfies Vault))),
    tenants: [...file.tenants.filter((one) => one.tenant !== tenant), listing],
  };
  return () => save(home, content);
}

/** Keeps what came from a configuration until its recovery passphrase is given, or a new one is set. */
export async function carrySealed(home: string, tenant: string, recovery: SealedCredentials): Promise<void> {
  const file = await load(home);
  const own = file.tenants.find((one) => one.tenant === tenant) ?? { tenant, credentials: [], recovery: null };
  const others = file.tenants.filter((one) => one.tenant !== tenant);
  await save(home, { ...file, tenants: [...others, { ...own, recovery }] });
}

/** WRONG_RECOVERY_PASSPHRASE. */
export async function openSealed(
  sealed: SealedBox,
  tenant: string,
  recoveryPassphrase: string,
): Promise<{ readonly credentials: readonly Credential[]; readonly key: BoxKey }> {
  const key = await boxKeyOf(sealed, recoveryPassphrase);
  const plain = openBox(sealed, key, recoveryPurpose(tenant));
  const parsed = plain === null ? null : credentialsSchema.safeParse(JSON.parse(plain.toString('utf8')));
  if (parsed?.success === true) return { credentials: parsed.data, key };
  throw new HoldfastError('WRONG_RECOVERY_PASSPHRASE', 'The recovery passphrase does not open the credentials.');
}

function sealForRecovery({ tenant, credentials, recovery }: TenantVault): SealedCredentials | null {
  if (recovery === null) return null;
  const key = { made: recovery.made, secret: Buffer.from(recovery.secret, 'base64') };
  return {
    names: credentials.map(({ name, values }) => ({ name, keys: values.map(([valueKey]) => valueKey) })),
    sealed: sealBox(key, recoveryPurpose(tenant), Buffer.from(JSON.stringify(credentials))),
  };
}

function recoveryPurpose(tenant: string): string {
  return `holdfast recovery of ${tenant}`;
}

async function open(file: SecretsFile, passphrase: string): Promise<{ vault: Vault; key: BoxKey }> {
  if (file.vault === null) return { vault: { tenants: [] }, key: await newBoxKey(passphrase) };
  const key = await boxKeyOf(file.vault, passphrase);
  const plain = openBox(file.vault, key, 'holdfast secrets');
  if (plain === null) throw new HoldfastError('WRONG_PASSPHRASE', 'The passphrase does not open the credentials.');
  return { vault: vaultSchema.parse(JSON.parse(plain.toString('utf8'))), key };
}

function ownVault(vault: Vault, tenant: string): TenantVault {
  return vault.tenants.find((one) => one.tenant === tenant) ?? { tenant, credentials: [], recovery: null };
}

async function load(home: string): Promise<SecretsFile> {
  const text = await readSmallFile(secretsFile(home), maximumFileBytes);
  if (text === null) return { version: 1, vault: null, tenants: [] };
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    // Without the cause: a parser's words may quote the file.
    throw new HoldfastError('SECRETS_DAMAGED', `The file ${secretsFile(home)} is not what Holdfast wrote.`);
  }
}

async function save(home: string, content: SecretsFile): Promise<void> {
  await writeFileAtomically(secretsFile(home), `${JSON.stringify(content)}\n`);
}

function secretsFile(home: string): string {
  return join(home, 'secrets');
}
