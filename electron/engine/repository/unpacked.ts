/** Files that are not packs, sealed and opened; apart from the rest of a repository, because every thread needs it. */
import type { BlobCodec, RepositoryVersion } from './blob-codec.ts';
import { compressPieces, decompressPieces, decompressUnpacked } from './compression.ts';

/** `version byte | zstd` from version 2 on, plain JSON before (restic design, "Unpacked Data Format"). */
export function sealUnpacked(codec: BlobCodec, version: RepositoryVersion, json: Buffer): Buffer<ArrayBuffer> {
  return seal(codec, version === 1 ? json : Buffer.concat([Buffer.of(2), codec.compressor.compress(json)]));
}

/** As `sealUnpacked`, for text that would take much memory as a whole. */
export function sealPieces(
  codec: BlobCodec,
  version: RepositoryVersion,
  pieces: Iterable<Uint8Array>,
): Buffer<ArrayBuffer> {
  return seal(
    codec,
    version === 1 ? Buffer.concat([...pieces]) : Buffer.concat([Buffer.of(2), compressPieces(pieces)]),
  );
}

function seal(codec: BlobCodec, plain: Buffer): Buffer<ArrayBuffer> {
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

/**
 * As `openUnpacked`, piece by piece, each valid until the next. Ends early where the file is not what it should be: whoever
 * reads it must notice that it is not complete.
 */
export function* unpackedPieces(codec: BlobCodec, sealed: Uint8Array, maximumBytes: number): Generator<Buffer> {
  const plain = codec.sealer.open(sealed);
  const first = plain?.[0];
  if (plain === null || first === undefined) return;
  const isCompressed = first === 2;
  if (!isCompressed && first !== 0x7b && first !== 0x5b) return;
  let bytes = 0;
  for (const piece of isCompressed ? decompressPieces(plain.subarray(1)) : [plain]) {
    bytes += piece.length;
    if (bytes > maximumBytes) return;
    yield piece;
  }
}

export function parseJson(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'));
  } catch {
    return undefined;
  }
}
