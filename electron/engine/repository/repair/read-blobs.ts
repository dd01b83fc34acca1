/** A thread's way to some blobs of one pack: neighbours are read together, a blob at a time where that goes wrong. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { maximumDataBlob, maximumTreeBlob, type BlobCodec } from '../blob-codec.ts';
import type { RangeLoader } from '../blob-reader.ts';
import type { PackedBlob } from '../format/pack.ts';
import type { PackFiles } from '../pack-files.ts';

export type Place = {
  readonly codec: BlobCodec;
  readonly files: PackFiles | null;
  readonly load: RangeLoader;
};

/** A gap this small is read through: cheaper than a request of its own. */
const gapBytes = 32 * 1024;
const stretchBytes = 4 * 1024 * 1024;

type Take = (blob: PackedBlob, sealed: Buffer | null) => void;

/** Hands every blob over as it lies there, or null where it cannot be read. Throws where the place is out of reach. */
export async function readStretches(
  place: Place,
  packId: string,
  blobs: readonly PackedBlob[],
  take: Take,
): Promise<void> {
  for (const stretch of stretchesOf(blobs)) {
    const data = await readStretch(place, packId, stretch);
    if (data === null && stretch.length > 1) {
      for (const blob of stretch) take(blob, await readStretch(place, packId, [blob]));
      continue;
    }
    const start = stretch[0]?.offset ?? 0;
    for (const blob of stretch)
      take(blob, data?.subarray(blob.offset - start, blob.offset - start + blob.length) ?? null);
  }
}

const lossCodes: ReadonlySet<string> = new Set(['STORED_FILE_MISSING', 'STORED_FILE_DAMAGED', 'IO_ERROR']);

async function readStretch(place: Place, packId: string, stretch: readonly PackedBlob[]): Promise<Buffer | null> {
  const offset = stretch[0]?.offset ?? 0;
  const length = Math.max(...stretch.map((blob) => blob.offset + blob.length)) - offset;
  // A length may be a lie; it must not exhaust the memory.
  if (stretch.some((blob) => blob.length > (blob.type === 'tree' ? maximumTreeBlob : maximumDataBlob))) return null;
  try {
    return place.files?.read(packId, offset, length) ?? (await place.load(packId, { offset, length }));
  } catch (error) {
    if (error instanceof HoldfastError && lossCodes.has(error.code)) return null;
    throw error;
  }
}

function stretchesOf(blobs: readonly PackedBlob[]): readonly (readonly PackedBlob[])[] {
  const stretches: PackedBlob[][] = [];
  for (const blob of blobs.toSorted((a, b) => a.offset - b.offset)) {
    const stretch = stretches.at(-1);
    const first = stretch?.[0];
    const last = stretch?.at(-1);
    const isNear =
      first !== undefined &&
      last !== undefined &&
      blob.offset <= last.offset + last.length + gapBytes &&
      blob.offset + blob.length - first.offset <= stretchBytes;
    if (stretch !== undefined && isNear) stretch.push(blob);
    else stretches.push([blob]);
  }
  return stretches;
}
