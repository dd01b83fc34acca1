/** The thread's half of repacking: takes needed blobs over into new packs, each verified where it will be stored. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { describeFault, type BlobCodec, type BlobFault } from '../blob-codec.ts';
import type { BlobIndex, BlobType } from '../blob-index.ts';
import type { PackBuilder } from '../pack-builder.ts';
import { refuseImpossible, stretchesOf } from '../stretches.ts';
import type { BlobSource } from './blob-source.ts';
import type { CopyFault } from './protocol.ts';

type Tools = { readonly index: BlobIndex; readonly source: BlobSource; readonly codec: BlobCodec };

/** Copies blobs of one pack; what cannot be taken over is named. */
export async function copyBlobs(
  tools: Tools,
  builders: Readonly<Record<BlobType, PackBuilder>>,
  entries: Int32Array,
): Promise<readonly CopyFault[]> {
  return readBlobs(tools, entries, (type, id, sealed, uncompressedLength) =>
    builders[type].addSealed(id, sealed, uncompressedLength),
  );
}

/** Reads blobs where they lie; what is not as its id says is named. */
export async function verifyBlobs(tools: Tools, entries: Int32Array): Promise<readonly CopyFault[]> {
  return readBlobs(tools, entries, (type, id, sealed, uncompressedLength) =>
    tools.codec.verify(type, id, sealed, uncompressedLength),
  );
}

type Take = (type: BlobType, id: string, sealed: Uint8Array, uncompressedLength: number) => BlobFault | null;

/** Reads blobs stretch by stretch, in the order they lie in, and hands each to `take`; what cannot be taken is named. */
export async function readBlobs(
  { index, source }: Pick<Tools, 'index' | 'source'>,
  entries: Int32Array,
  take: Take,
): Promise<readonly CopyFault[]> {
  const faults: CopyFault[] = [];
  for (const { pack, offset, length, blobs } of stretchesOf(index, entries)) {
    let data: Buffer;
    try {
      refuseImpossible(index, blobs);
      data = await source.range(pack, offset, length);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      faults.push(...blobs.map(({ entry }) => ({ entry, code: error.code, fault: error.message })));
      continue;
    }
    for (const { entry, location } of blobs) {
      const sealed = data.subarray(location.offset - offset, location.offset - offset + location.length);
      const fault = take(index.blobType(entry), index.blobId(entry), sealed, location.uncompressedLength);
      if (fault !== null) faults.push({ entry, code: 'BLOB_DAMAGED', fault: describeFault(fault) });
    }
  }
  return faults;
}
