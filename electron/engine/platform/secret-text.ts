/** Random texts that let their bearer in, and the hash by which they are recognised again. */
import { createHash, randomBytes } from 'node:crypto';

/** 256 bits as base64url: nobody guesses it, so a plain hash of it is safe to keep. */
export function newSecretText(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256, 64 hexadecimal digits. */
export function hashOfSecret(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
