/** Blobs that lie near each other in a pack and are read together. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { maximumDataBlob, maximumTreeBlob } from './blob-codec.ts';
import type { BlobIndex, BlobLocation } from './blob-index.ts';

/** A gap this small is read through: cheaper than a request of its own. */
const gapBytes = 32 * 1024;
const stretchBytes = 4 * 1024 * 1024;

type Placed = { readonly entry: number; readonly location: BlobLocation };

export type Stretch = {
  /** Number of the pack. */
  readonly pack: number;
  readonly offset: number;
  readonly length: number;
  /** In the order they lie in. */
  readonly blobs: readonly Placed[];
};

/** In the order they lie in. Throws BLOB_MISSING for what is in no pack. */
export function stretchesOf(index: BlobIndex, entries: Int32Array): readonly Stretch[] {
  const placed = Array.from(entries, (entry) => ({ entry, location: locate(index, entry) }));
  placed.sort((a, b) => a.location.pack - b.location.pack || a.location.offset - b.location.offset);
  const stretches: { pack: number; offset: number; length: number; blobs: Placed[] }[] = [];
  for (const next of placed) {
    const { pack, offset, length } = next.location;
    const last = stretches.at(-1);
    const isNear =
      last?.pack === pack &&
      offset <= last.offset + last.length + gapBytes &&
      offset + length - last.offset <= stretchBytes;
    if (last === undefined || !isNear) stretches.push({ pack, offset, length, blobs: [next] });
    else {
      last.blobs.push(next);
      last.length = Math.max(last.length, offset + length - last.offset);
    }
  }
  return stretches;
}

/** A length may be a lie; it must not exhaust the memory. */
export function refuseImpossible(index: BlobIndex, blobs: readonly Placed[]): void {
  for (const { entry, location } of blobs) {
    const maximum = index.blobType(entry) === 'tree' ? maximumTreeBlob : maximumDataBlob;
    if (location.length > maximum) throw new HoldfastError('BLOB_DAMAGED', 'the index gives it an impossible length.');
  }
}

function locate(index: BlobIndex, entry: number): BlobLocation {
  const location = index.location(entry);
  if (location !== null) return location;
  throw new HoldfastError('BLOB_MISSING', `The blob ${index.blobId(entry).slice(0, 8)} is in no pack.`);
}
