/** The one function used of sodium-native, which ships no types that fit its Node-API version. */
import { createRequire } from 'node:module';

type Native = {
  crypto_onetimeauth(output: Uint8Array, input: Uint8Array, key: Uint8Array): unknown;
};

const native = load(createRequire(import.meta.url));

/** Poly1305: writes 16 bytes to `output`; `key` is r (clamped here) and s, 16 bytes each. */
export function poly1305(output: Uint8Array, input: Uint8Array, key: Uint8Array): void {
  // The native part trusts whoever calls it, and writes and reads past the end.
  if (output.byteLength !== 16 || key.byteLength !== 32) throw new RangeError('Poly1305 has other lengths.');
  native.crypto_onetimeauth(output, input, key);
}

/** The native part alone: what is wrapped around it, and what looks for it, is fifteen files in every thread that seals. */
function load(require: NodeJS.Require): Native {
  try {
    switch (`${process.platform}-${process.arch}`) {
      case 'linux-x64':
        return require('sodium-native/prebuilds/linux-x64/sodium-native.node') as Native;
      case 'linux-arm64':
        return require('sodium-native/prebuilds/linux-arm64/sodium-native.node') as Native;
      case 'darwin-arm64':
        return require('sodium-native/prebuilds/darwin-arm64/sodium-native.node') as Native;
      case 'win32-x64':
        return require('sodium-native/prebuilds/win32-x64/sodium-native.node') as Native;
    }
  } catch {
    // Laid out in another way, or made for another C library: its own search knows better.
  }
  return require('sodium-native') as Native;
}
