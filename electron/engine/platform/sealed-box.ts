/** A few bytes sealed under a passphrase: scrypt makes the key (RFC 7914), AES-256-GCM seals (NIST SP 800-38D). */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { newKeyCost } from './key-cost.ts';

/** A forged box must not be able to demand more memory or time than this. */
const maximumMemory = 256 * 1024 * 1024;
const tagBytes = 16;

const keySchema = z
  .object({
    kdf: z.literal('scrypt'),
    N: z
      .number()
      .int()
      .min(2)
      .max(2 ** 20)
      .refine((n) => Number.isInteger(Math.log2(n))),
    r: z.number().int().min(1).max(32),
    p: z.number().int().min(1).max(16),
    salt: z.base64().min(20).max(100),
  })
  .refine(({ N, r }) => 128 * N * r <= maximumMemory);

export const sealedBoxSchema = z.object({
  key: keySchema,
  nonce: z.base64().length(16),
  /** Ciphertext and tag. */
  data: z.base64().max(8 * 1024 * 1024),
});
export type SealedBox = z.infer<typeof sealedBoxSchema>;

/** A key and how it was made of a passphrase, so that what it seals can be opened with the passphrase alone. */
export type BoxKey = { readonly made: z.infer<typeof keySchema>; readonly secret: Buffer };

export async function newBoxKey(passphrase: string): Promise<BoxKey> {
  const made = { kdf: 'scrypt' as const, ...newKeyCost, salt: randomBytes(32).toString('base64') };
  return { made, secret: await derive(passphrase, made) };
}

/** The key that sealed the box, if the passphrase is the right one. */
export async function boxKeyOf({ key }: SealedBox, passphrase: string): Promise<BoxKey> {
  return { made: key, secret: await derive(passphrase, key) };
}

/** `purpose` is bound to the box: one that was sealed for another does not open. */
export function sealBox({ made, secret }: BoxKey, purpose: string, plain: Uint8Array): SealedBox {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(boundTo(purpose, made));
  const data = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { key: made, nonce: nonce.toString('base64'), data: data.toString('base64') };
}

/** Null where the key or the purpose is another one, or the box was changed. */
export function openBox({ key, nonce, data }: SealedBox, { secret }: BoxKey, purpose: string): Buffer | null {
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length < tagBytes) return null;
  const cipher = createDecipheriv('aes-256-gcm', secret, Buffer.from(nonce, 'base64'), { authTagLength: tagBytes });
  cipher.setAAD(boundTo(purpose, key)).setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    return Buffer.concat([cipher.update(bytes.subarray(0, bytes.length - tagBytes)), cipher.final()]);
  } catch {
    return null;
  }
}

const scryptAsync = promisify<string, Uint8Array, number, object, Buffer>(scrypt);

function derive(passphrase: string, { N, r, p, salt }: BoxKey['made']): Promise<Buffer> {
  const options = { N, r, p, maxmem: maximumMemory + 1024 * 1024 };
  return scryptAsync(passphrase, Buffer.from(salt, 'base64'), 32, options);
}

function boundTo(purpose: string, { N, r, p, salt }: BoxKey['made']): Buffer {
  return Buffer.from(JSON.stringify([purpose, N, r, p, salt]));
}
