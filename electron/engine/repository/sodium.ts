/** The one function used of sodium-native, which ships no types that fit its Node-API version. */
import { createRequire } from 'node:module';

export type Sodium = {
  /** Poly1305: writes 16 bytes to `output`; `key` is r (clamped here) and s, 16 bytes each. */
  crypto_onetimeauth(output: Uint8Array, input: Uint8Array, key: Uint8Array): void;
};

const sodium = createRequire(import.meta.url)('sodium-native') as Sodium;
export { sodium };
