/** Which stretches of which packs hold a set of blobs, so that each is read once and neighbours together. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import { maximumDataBlob } from '../repository/blob-codec.ts';
import type { BlobIndex, BlobLocation } from '../repository/blob-index.ts';

export type WantedBlob = { readonly id: Buffer; readonly location: BlobLocation };

export type Stretch = { readonly pack: number; readonly offset: number; length: number; readonly blobs: WantedBlob[] };

/** A gap this small is read through: cheaper than a request of its own. */
const gapBytes = 32 * 1024;
const stretchBytes = 8 * 1024 * 1024;

/** Where a blob lies. Throws BLOB_MISSING. */
export function locate(index: BlobIndex, id: Buffer): WantedBlob {
  const entry = index.find('data', id);
  const location = entry < 0 ? null : index.location(entry);
  if (location !== null && location.length > maximumDataBlob) {
    throw new HoldfastError(
      'BLOB_DAMAGED',
      `The index gives the piece of data ${id.toString('hex', 0, 4)} an impossible length.`,
    );
  }
  if (location !== null) return { id, location };
  throw new HoldfastError(
    'BLOB_MISSING',
    `The piece of data ${id.toString('hex', 0, 4)} is in no index of the repository.`,
  );
}

export function planStretches(wanted: readonly WantedBlob[]): readonly Stretch[] {
  const sorted = wanted.toSorted((a, b) => a.location.pack - b.location.pack || a.location.offset - b.location.offset);
  const stretches: Stretch[] = [];
  for (const blob of sorted) {
    const { pack, offset, length } = blob.location;
    const last = stretches.at(-1);
    const end = last === undefined ? 0 : last.offset + last.length;
    if (last?.pack === pack && offset <= end + gapBytes && offset + length - last.offset <= stretchBytes) {
      last.length = Math.max(last.length, offset + length - last.offset);
      last.blobs.push(blob);
    } else stretches.push({ pack, offset, length, blobs: [blob] });
  }
  return stretches;
}
