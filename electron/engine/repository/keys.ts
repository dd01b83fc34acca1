/** Passwords of a repository: each has a key file that unlocks the one master key (restic design, "Keys"). */
import { randomBytes, hash } from 'node:crypto';
import { z } from 'zod';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { derivedEpoch, keepDerived } from '../platform/derived-keys.ts';
import { processIdentity } from '../platform/identity.ts';
import { newKeyCost } from '../platform/key-cost.ts';
import type { Backend } from './backend/backend.ts';
import { deriveKey, Sealer, type SealingKey } from './crypto.ts';
import { formatGoTimeNs, parseGoTime } from './format/go-time.ts';

/** A forged key file must not be able to demand more memory (bytes) or more time than this. */
const maximumScryptMemory = 1024 * 1024 * 1024;
const maximumScryptRounds = 64;
/** restic tries no more keys than this either. */
const maximumKeysTried = 20;

const keyFileSchema = z.object({
  created: z.string().default(''),
  username: z.string().default(''),
  hostname: z.string().default(''),
  kdf: z.literal('scrypt'),
  N: z
    .number()
    .int()
    .min(2)
    .max(2 ** 30)
    .refine((n) => Number.isInteger(Math.log2(n))),
  r: z.number().int().min(1).max(1024),
  p: z.number().int().min(1).max(maximumScryptRounds),
  salt: z.base64(),
  data: z.base64(),
});
type KeyFile = z.infer<typeof keyFileSchema>;

const masterKeySchema = z.object({
  mac: z.object({ k: z.base64(), r: z.base64() }),
  encrypt: z.base64(),
});

export type RepositoryKey = {
  readonly id: string;
  /** ISO-8601 UTC, or empty where the file does not say. */
  readonly createdAt: string;
  readonly username: string;
  readonly hostname: string;
};

/** Finds the key file that a password opens. Throws WRONG_PASSWORD, and REPOSITORY_DAMAGED where no key file is readable. */
export async function openMasterKey(
  backend: Backend,
  password: string,
): Promise<{ readonly key: SealingKey; readonly keyId: string }> {
  const names = (await backend.list('keys')).map(({ name }) => name).toSorted();
  let readable = 0;
  for (const name of names.slice(0, maximumKeysTried)) {
    const file = await loadReadable(backend, name);
    if (file === null) continue;
    readable += 1;
    const key = await unlock(file, password).catch(() => null);
    if (key !== null) return { key, keyId: name };
  }
  if (readable === 0) throw new HoldfastError('REPOSITORY_DAMAGED', `No key file of ${backend.location} is readable.`);
  throw new HoldfastError('WRONG_PASSWORD', `The password does not open ${backend.location}.`);
}

/** The key that a password opens, if there is one. */
export async function findKey(backend: Backend, password: string): Promise<RepositoryKey | null> {
  const found = await openMasterKey(backend, password).catch((error: unknown) => {
    if (error instanceof HoldfastError && error.code === 'WRONG_PASSWORD') return null;
    throw error;
  });
  return found === null ? null : describeKey(found.keyId, await loadKeyFile(backend, found.keyId));
}

/** Writes a key file for one more password. */
export async function addKey(backend: Backend, masterKey: SealingKey, password: string): Promise<RepositoryKey> {
  const { username, hostname } = processIdentity();
  const salt = randomBytes(64);
  const userKey = await deriveKey(password, salt, newKeyCost);
  const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
  const master = {
    mac: { k: base64(masterKey.macK), r: base64(masterKey.macR) },
    encrypt: base64(masterKey.encrypt),
  };
  const file: KeyFile = {
    created: formatGoTimeNs(BigInt(Date.now()) * 1_000_000n),
    username,
    hostname,
    kdf: 'scrypt',
    ...newKeyCost,
    salt: base64(salt),
    data: base64(new Sealer(userKey).seal(Buffer.from(JSON.stringify(master)))),
  };
  const data = Buffer.from(JSON.stringify(file));
  const id = hash('sha256', data, 'hex');
  await backend.save({ type: 'keys', name: id }, data);
  // What unlocks everything is read back before anyone relies on it.
  if ((await unlock(await loadKeyFile(backend, id), password)) === null) {
    throw new HoldfastError('INTERNAL', 'The new key did not open what it should.');
  }
  return describeKey(id, file);
}

export async function listKeys(backend: Backend): Promise<readonly RepositoryKey[]> {
  const keys: RepositoryKey[] = [];
  for (const { name } of await backend.list('keys')) {
    const file = await loadKeyFile(backend, name).catch(() => null);
    keys.push(
      file === null ? { id: name, createdAt: '', username: '(unreadable)', hostname: '' } : describeKey(name, file),
    );
  }
  return keys.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id));
}

/** Removes the key with this id or prefix. Throws KEY_NOT_FOUND, and KEY_IN_USE for `currentKeyId`. */
export async function removeKey(backend: Backend, prefix: string, currentKeyId: string): Promise<RepositoryKey> {
  const matches = (await listKeys(backend)).filter(({ id }) => id.startsWith(prefix));
  const [key] = matches;
  if (key === undefined) throw new HoldfastError('KEY_NOT_FOUND', `No key begins with ${prefix}.`);
  if (matches.length > 1)
    throw new HoldfastError('BAD_USAGE', `Several keys begin with ${prefix}; give more of the id.`);
  if (key.id === currentKeyId) throw new HoldfastError('KEY_IN_USE', 'That key opened the repository just now.');
  await backend.remove({ type: 'keys', name: key.id });
  return key;
}

/** Null for a file that is damaged or gone; throws where it could not be read at all. */
async function loadReadable(backend: Backend, name: string): Promise<KeyFile | null> {
  try {
    return await loadKeyFile(backend, name);
  } catch (error) {
    if (error instanceof HoldfastError && error.code !== 'STORED_FILE_MISSING') throw error;
    return null;
  }
}

async function loadKeyFile(backend: Backend, name: string): Promise<KeyFile> {
  const data = await backend.load({ type: 'keys', name });
  const file = keyFileSchema.parse(JSON.parse(data.toString('utf8')));
  if (128 * file.N * file.r > maximumScryptMemory) throw new RangeError('the key asks for too much memory');
  return file;
}

async function unlock(file: KeyFile, password: string): Promise<SealingKey | null> {
  const salt = Buffer.from(file.salt, 'base64');
  const epoch = derivedEpoch();
  const userKey = await deriveKey(password, salt, file);
  const opened = new Sealer(userKey).open(Buffer.from(file.data, 'base64'));
  if (opened === null) return null;
  const derived = Buffer.concat([userKey.encrypt, userKey.macK, userKey.macR]);
  keepDerived({ password, salt, cost: file }, derived, epoch);
  derived.fill(0);
  const { mac, encrypt } = masterKeySchema.parse(JSON.parse(opened.toString('utf8')));
  const key = {
    encrypt: Buffer.from(encrypt, 'base64'),
    macK: Buffer.from(mac.k, 'base64'),
    macR: Buffer.from(mac.r, 'base64'),
  };
  return key.encrypt.length === 32 && key.macK.length === 16 && key.macR.length === 16 ? key : null;
}

function describeKey(id: string, { created, username, hostname }: KeyFile): RepositoryKey {
  const createdNs = parseGoTime(created);
  const createdAt = createdNs === null ? '' : new Date(Number(createdNs / 1_000_000n)).toISOString();
  return { id, createdAt, username, hostname };
}
