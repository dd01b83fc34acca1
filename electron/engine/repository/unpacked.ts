/** Files that are not packs, sealed and opened; apart from the rest of a repository, because every thread needs it. */
import type { BlobCodec, RepositoryVersion } from './blob-codec.ts';
import { decompressUnpacked } from './compression.ts';

/** `version byte | zstd` from version 2 on, plain JSON before (restic design, "Unpacked Data Format"). */
export function sealUnpacked(codec: BlobCodec, version: RepositoryVersion, json: Buffer): Buffer<ArrayBuffer> {
  const plain = version === 1 ? json : Buffer.concat([Buffer.of(2), codec.compressor.compress(json)]);
  const sealed = Buffer.allocUnsafeSlow(plain.length + 32);
  codec.sealer.sealInto(plain, sealed, 0);
  return sealed;
}

/** The inverse of `sealUnpacked`, or null where the file is not what it should be. */
export function openUnpacked(codec: BlobCodec, sealed: Uint8Array, maximumBytes: number): Buffer | null {
  const plain = codec.sealer.open(sealed);
  const first = plain?.[0];
  if (plain === null || first === undefined) return null;
  if (first === 0x7b || first === 0x5b) return plain.length <= maximumBytes ? plain : null;
  return first === 2 ? decompressUnpacked(plain.subarray(1), maximumBytes) : null;
}

export function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}
