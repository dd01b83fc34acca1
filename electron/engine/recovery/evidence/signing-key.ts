/**
 * The Ed25519 key by which this console signs what it records. Its private half is in the secret store where an engine
 * that stays has one when the key is made, else in a file of the home that its owner alone can read.
 */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readSmallFile, writeFileAtomically } from '../../platform/atomic-file.ts';
import type { SecretStore } from '../../platform/secret-store.ts';

export type SigningKey = {
  readonly about: KeyAbout;
  /** Null where its private half cannot be reached now: a command does not see the keychain of the desktop. */
  readonly sign: ((hash: string) => string) | null;
};

const aboutSchema = z.object({
  version: z.literal(1),
  /** 32 bytes, in hexadecimal digits. */
  publicKey: z.string().regex(/^[0-9a-f]{64}$/),
  keptIn: z.enum(['keychain', 'sealed file', 'file']),
  /** ISO-8601. */
  madeAt: z.string(),
});
export type KeyAbout = z.infer<typeof aboutSchema> & { readonly fingerprint: string };

export type KeyPlace = {
  /** Folder of all chains. */
  readonly folder: string;
  /** Null: a file. */
  readonly secrets: SecretStore | null;
  /** Whether a new key may go into the secret store: commands would not find it there. */
  readonly stays: boolean;
};

const secretName = 'evidence key';
const maximumBytes = 64 * 1024;
/** What comes before the 32 bytes of an Ed25519 key in its DER form (RFC 8410). */
const derPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The key of this console, made where there is none, or where its private half is gone. */
export async function openSigningKey(place: KeyPlace, nowMs: number): Promise<SigningKey> {
  return (await readSigningKey(place)) ?? storeKey(place, newKeyPair(), nowMs);
}

/** What is known of the key without its private half; null where there is none. */
export async function readKeyAbout(folder: string): Promise<KeyAbout | null> {
  const text = await readSmallFile(aboutFile(folder), maximumBytes);
  if (text === null) return null;
  const about = aboutSchema.safeParse(parseJson(text));
  return about.success ? { ...about.data, fingerprint: fingerprintOf(about.data.publicKey) } : null;
}

export type NewKey = { readonly publicKey: string; readonly fingerprint: string; readonly pem: string };

export function newKeyPair(): NewKey {
  const { privateKey, publicKey: half } = generateKeyPairSync('ed25519');
  const publicKey = half.export({ type: 'spki', format: 'der' }).subarray(derPrefix.length).toString('hex');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { publicKey, fingerprint: fingerprintOf(publicKey), pem };
}

/** Takes the place of the one there is. */
export async function storeKey(
  { folder, secrets, stays }: KeyPlace,
  { publicKey, fingerprint, pem }: NewKey,
  nowMs: number,
): Promise<SigningKey> {
  const keptIn = stays && secrets !== null ? await keep(secrets, pem) : 'file';
  if (keptIn === 'file') await writeFileAtomically(privateFile(folder), pem);
  const about = { version: 1 as const, publicKey, keptIn, madeAt: new Date(nowMs).toISOString() };
  await writeFileAtomically(aboutFile(folder), `${JSON.stringify(about)}\n`);
  if (keptIn !== 'file') await rm(privateFile(folder), { force: true });
  return { about: { ...about, fingerprint }, sign: signer(createPrivateKey(pem)) };
}

export function fingerprintOf(publicKey: string): string {
  return createHash('sha256').update(Buffer.from(publicKey, 'hex')).digest('hex');
}

/** Whether the signature is that of the hash by the key. */
export function isSigned(publicKey: string, hash: string, signature: string): boolean {
  const der = Buffer.concat([derPrefix, Buffer.from(publicKey, 'hex')]);
  try {
    const key = createPublicKey({ key: der, type: 'spki', format: 'der' });
    return verify(null, Buffer.from(hash), key, Buffer.from(signature, 'hex'));
  } catch {
    return false;
  }
}

async function readSigningKey({ folder, secrets }: KeyPlace): Promise<SigningKey | null> {
  const about = await readKeyAbout(folder);
  if (about === null) return null;
  if (about.keptIn === 'file') {
    const pem = await readSmallFile(privateFile(folder), maximumBytes);
    const key = pem === null ? null : privateKeyOf(pem, about);
    return key === null ? null : { about, sign: signer(key) };
  }
  if (secrets?.kind !== about.keptIn) return { about, sign: null };
  try {
    const pem = await secrets.read(secretName);
    const key = pem === null ? null : privateKeyOf(pem, about);
    return key === null ? null : { about, sign: signer(key) };
  } catch {
    // A keychain that is locked, a passphrase that nobody has given: later entries are signed again.
    return { about, sign: null };
  }
}

async function keep(secrets: SecretStore, pem: string): Promise<KeyAbout['keptIn']> {
  try {
    await secrets.write(secretName, pem);
    return secrets.kind;
  } catch {
    return 'file';
  }
}

/** Null where it is none, or that of another public key. */
function privateKeyOf(pem: string, about: KeyAbout): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    const der = createPublicKey(key).export({ type: 'spki', format: 'der' });
    return der.subarray(derPrefix.length).toString('hex') === about.publicKey ? key : null;
  } catch {
    return null;
  }
}

function signer(key: KeyObject): (hash: string) => string {
  return (hash) => sign(null, Buffer.from(hash), key).toString('hex');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function aboutFile(folder: string): string {
  return join(folder, 'key.json');
}

function privateFile(folder: string): string {
  return join(folder, 'private-key.pem');
}
