/** Pseudo-random bytes in bulk: the AES-CTR key stream of a seed, the same on every machine. */
import { createCipheriv, createHash } from 'node:crypto';

export type Keystream = {
  /** The next bytes, in memory of their own. */
  bytes(length: number): Buffer;
  /** A number from 0 up to, but without, 1. */
  fraction(): number;
};

const numbersAtOnce = 4096;

export function keystream(seed: string, label: string): Keystream {
  const key = createHash('sha256').update(`${seed}\n${label}`).digest();
  const cipher = createCipheriv('aes-256-ctr', key, Buffer.alloc(16));
  const bytes = (length: number) => cipher.update(Buffer.alloc(length));
  let numbers = new DataView(new ArrayBuffer(0));
  let next = 0;
  const fraction = () => {
    if (next === numbers.byteLength) {
      const fresh = bytes(numbersAtOnce * 4);
      numbers = new DataView(fresh.buffer, fresh.byteOffset, fresh.byteLength);
      next = 0;
    }
    const value = numbers.getUint32(next, true) / 2 ** 32;
    next += 4;
    return value;
  };
  return { bytes, fraction };
}
