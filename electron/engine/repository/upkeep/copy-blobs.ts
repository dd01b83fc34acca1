/** The thread's half of repacking: takes needed blobs over into new packs, each verified where it will be stored. */
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { describeFault, maximumDataBlob, maximumTreeBlob, type BlobCodec, type BlobFault } from '../blob-codec.ts';
import type { BlobIndex, BlobLocation, BlobType } from '../blob-index.ts';
import type { PackBuilder } from '../pack-builder.ts';
import type { BlobSource } from './blob-source.ts';
import type { CopyFault } from './protocol.ts';

type Tools = { readonly index: BlobIndex; readonly source: BlobSource; readonly codec: BlobCodec };

/** A gap this small is read through: cheaper than a request of its own. */
const gapBytes = 32 * 1024;
const stretchBytes = 4 * 1024 * 1024;

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
type Wanted = { readonly entry: number; readonly location: BlobLocation };

async function readBlobs({ index, source }: Tools, entries: Int32Array, take: Take): Promise<readonly CopyFault[]> {
  const faults: CopyFault[] = [];
  for (const stretch of stretchesOf(Array.from(entries, (entry) => ({ entry, location: source.locate(entry) })))) {
    const [first] = stretch;
    const { pack, offset } = first.location;
    const end = Math.max(...stretch.map(({ location }) => location.offset + location.length));
    let data: Buffer;
    try {
      refuseImpossible(index, stretch);
      data = await source.range(pack, offset, end - offset);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      faults.push(...stretch.map(({ entry }) => ({ entry, fault: error.message })));
      continue;
    }
    for (const { entry, location } of stretch) {
      const sealed = data.subarray(location.offset - offset, location.offset - offset + location.length);
      const fault = take(index.blobType(entry), index.blobId(entry), sealed, location.uncompressedLength);
      if (fault !== null) faults.push({ entry, fault: describeFault(fault) });
    }
  }
  return faults;
}

/** A length may be a lie; it must not exhaust the memory. */
function refuseImpossible(index: BlobIndex, stretch: readonly Wanted[]): void {
  for (const { entry, location } of stretch) {
    const maximum = index.blobType(entry) === 'tree' ? maximumTreeBlob : maximumDataBlob;
    if (location.length > maximum) throw new HoldfastError('BLOB_DAMAGED', 'the index gives it an impossible length.');
  }
}

/** Neighbours that are read together, in the order they lie in. */
function stretchesOf(wanted: readonly Wanted[]): readonly (readonly [Wanted, ...Wanted[]])[] {
  const stretches: [Wanted, ...Wanted[]][] = [];
  let end = 0;
  for (const next of wanted.toSorted(
    (a, b) => a.location.pack - b.location.pack || a.location.offset - b.location.offset,
  )) {
    const { pack, offset, length } = next.location;
    const stretch = stretches.at(-1);
    const start = stretch?.[0].location;
    const near = start?.pack === pack && offset <= end + gapBytes && offset + length - start.offset <= stretchBytes;
    if (stretch !== undefined && near) stretch.push(next);
    else stretches.push([next]);
    end = near ? Math.max(end, offset + length) : offset + length;
  }
  return stretches;
}
