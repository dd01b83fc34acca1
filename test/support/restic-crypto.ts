/**
 * Sealing and key files of the restic repository format, from its design document ("Keys, Encryption and MAC"), apart
 * from the engine's own so that each can prove the other wrong.
 */
import { createCipheriv, randomBytes, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';

type Sodium = { crypto_onetimeauth(out: Buffer, input: Uint8Array, key: Buffer): void };
const sodium = createRequire(import.meta.url)('sodium-native') as Sodium;

export type MasterKey = { readonly encrypt: Buffer; readonly macK: Buffer; readonly macR: Buffer };

export function randomMasterKey(): MasterKey {
  return { encrypt: randomBytes(32), macK: randomBytes(16), macR: randomBytes(16) };
}

/** `IV || CIPHERTEXT || MAC`. */
export function seal(key: MasterKey, plaintext: Uint8Array): Buffer {
  const nonce = randomBytes(16);
  const cipher = createCipheriv('aes-256-ctr', key.encrypt, nonce);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([nonce, ciphertext, authenticate(key, nonce, ciphertext)]);
}

/** Poly1305-AES: the one-time key is `r || AES_k(nonce)`; libsodium masks `r` itself. */
function authenticate(key: MasterKey, nonce: Buffer, ciphertext: Buffer): Buffer {
  const block = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false);
  const oneTimeKey = Buffer.concat([key.macR, block.update(nonce), block.final()]);
  const code = Buffer.alloc(16);
  sodium.crypto_onetimeauth(code, ciphertext, oneTimeKey);
  return code;
}

export type ScryptParameters = { readonly N: number; readonly r: number; readonly p: number };

/** The JSON of a file in `keys/`; what is written there as parameters may differ from what was used (`claimed`). */
export function makeKeyFile(
  master: MasterKey,
  password: string,
  used: ScryptParameters,
  claimed: Readonly<Record<string, unknown>> = {},
): Buffer {
  const salt = randomBytes(64);
  const derived = scryptSync(Buffer.from(password), salt, 64, { ...used, maxmem: 256 * used.N * used.r });
  const userKey = {
    encrypt: derived.subarray(0, 32),
    macK: derived.subarray(32, 48),
    macR: derived.subarray(48, 64),
  };
  const content = {
    mac: { k: master.macK.toString('base64'), r: master.macR.toString('base64') },
    encrypt: master.encrypt.toString('base64'),
  };
  return Buffer.from(
    JSON.stringify({
      created: '2024-05-06T07:08:09.123456789Z',
      username: 'someone',
      hostname: 'elsewhere',
      kdf: 'scrypt',
      ...used,
      salt: salt.toString('base64'),
      data: seal(userKey, Buffer.from(JSON.stringify(content))).toString('base64'),
      ...claimed,
    }),
  );
}
