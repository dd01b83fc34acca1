/** The thread's half of rewriting the index: from several sealed files to one, and from pack headers to entries. */
import { hash } from 'node:crypto';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { BlobCodec, RepositoryVersion } from '../blob-codec.ts';
import type { BlobIndex } from '../blob-index.ts';
import { encodeIndexEntry, encodeIndexPieces } from '../format/index-file.ts';
import { splitIndex } from '../format/index-split.ts';
import {
  decodePackHeader,
  headerEntryBytes,
  headerLengthBytes,
  maximumHeaderBytes,
  type PackedBlob,
} from '../format/pack.ts';
import { leastPackSize } from '../format/packed-entries.ts';
import { loadIndexFile, maximumIndexBytes } from '../index-loading.ts';
import { sealPieces, unpackedPieces } from '../unpacked.ts';
import type { BlobSource } from './blob-source.ts';
import {
  knownColumns,
  type HeaderVerdict,
  type LoadedIndexFile,
  type SealedIndex,
  type UpkeepCalls,
} from './protocol.ts';

export function loadIndex(index: BlobIndex, codec: BlobCodec, sealed: Uint8Array): LoadedIndexFile | null {
  const packs: number[] = [];
  const blobCounts: number[] = [];
  const leastSizes: number[] = [];
  const known: number[] = [];
  const refused = loadIndexFile(index, codec, sealed, {
    onPack: (pack, { blobs }) => {
      packs.push(pack);
      blobCounts.push(blobs.length);
      leastSizes.push(leastPackSize(blobs));
    },
    onKnown: (entry, pack, { offset, length, uncompressedLength }) =>
      known.push(entry, pack, offset, length, uncompressedLength),
  });
  if (refused === null) return null;
  if (known.length % knownColumns !== 0) throw new RangeError('a column is missing');
  return {
    intact: refused === 0,
    packs: Int32Array.from(packs),
    blobCounts: Int32Array.from(blobCounts),
    leastSizes: Float64Array.from(leastSizes),
    known: Uint32Array.from(known),
  };
}

/**
 * The entries of packs are taken over as they are: they were looked at when the file was loaded. A pack that several of
 * the files list is listed once.
 */
export function rewriteIndex(
  codec: BlobCodec,
  version: RepositoryVersion,
  { files }: UpkeepCalls['rewriteIndex']['ask'],
): SealedIndex | null {
  const kept = new Map<string, Buffer>();
  for (const { sealed, keep } of files) {
    const packs = splitIndex(unpackedPieces(codec, sealed, maximumIndexBytes));
    let position = 0;
    let next = packs.next();
    for (; next.done !== true; next = packs.next()) {
      if (keep[position++] === 1) keepPack(kept, next.value);
    }
    if (next.value !== 0 || position !== keep.length) {
      throw new HoldfastError('STORED_FILE_DAMAGED', 'An index file no longer holds what it held a moment ago.');
    }
  }
  if (kept.size === 0) return null;
  return seal(codec, version, kept.values(), [...kept.keys()]);
}

type RawBlob = { readonly id: string; readonly type: string; readonly offset: number };
type RawPack = { readonly id: string; readonly blobs?: readonly RawBlob[] | null };

function keepPack(kept: Map<string, Buffer>, text: Buffer): void {
  const pack = JSON.parse(text.toString('utf8')) as RawPack;
  const before = kept.get(pack.id);
  if (before === undefined) kept.set(pack.id, text);
  else {
    const first = JSON.parse(before.toString('utf8')) as RawPack;
    kept.set(pack.id, Buffer.from(JSON.stringify({ ...pack, blobs: withoutRepeats(first, pack) })));
  }
}

function withoutRepeats(...packs: readonly RawPack[]): readonly RawBlob[] {
  const blobs = packs.flatMap((pack) => pack.blobs ?? []);
  return [...new Map(blobs.map((blob) => [`${blob.type}/${blob.id}/${blob.offset}`, blob])).values()];
}

export function sealIndex(codec: BlobCodec, version: RepositoryVersion, entries: readonly Uint8Array[]): SealedIndex {
  const idAt = '{"id":"'.length;
  const packs = entries.map((entry) => Buffer.from(entry.subarray(idAt, idAt + 64)).toString('latin1'));
  return seal(codec, version, entries, packs);
}

/** An index of new packs, whose blobs are known by the entries they have had until now. */
export function indexCopies(
  index: BlobIndex,
  codec: BlobCodec,
  version: RepositoryVersion,
  { packs }: UpkeepCalls['indexCopies']['ask'],
): SealedIndex {
  const entries = packs.values().map(({ id, entries: copied }) => {
    let offset = 0;
    const blobs = Array.from(copied, (entry): PackedBlob => {
      const length = index.lengthOf(entry);
      const at = offset;
      offset += length;
      const uncompressedLength = index.location(entry)?.uncompressedLength ?? 0;
      return { id: index.blobId(entry), type: index.blobType(entry), offset: at, length, uncompressedLength };
    });
    return encodeIndexEntry(id, blobs);
  });
  return seal(
    codec,
    version,
    entries,
    packs.map(({ id }) => id),
  );
}

function seal(
  codec: BlobCodec,
  version: RepositoryVersion,
  entries: Iterable<Uint8Array>,
  packs: readonly string[],
): SealedIndex {
  const data = sealPieces(codec, version, encodeIndexPieces(entries));
  return { id: hash('sha256', data, 'hex'), data, packs };
}

/** Enough for the headers of most packs; larger ones take a second read. */
const firstReadBytes = 64 * 1024;

export async function readHeader(
  codec: BlobCodec,
  source: BlobSource,
  pack: UpkeepCalls['readHeader']['ask'],
): Promise<HeaderVerdict> {
  const { packId } = pack;
  try {
    const blobs = await readListedBlobs(codec, source, pack);
    return { indexEntry: encodeIndexEntry(packId, blobs), blobs: blobs.length };
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    return { code, message };
  }
}

/**
 * What a pack lists of itself. Only the header is read, and its numbers must add up to the size of the file. Throws
 * STORED_FILE_DAMAGED, and what reading throws.
 */
export async function readListedBlobs(
  codec: BlobCodec,
  source: Pick<BlobSource, 'tail'>,
  { packId, size }: { readonly packId: string; readonly size: number },
): Promise<readonly PackedBlob[]> {
  const blobs = decodeHeader(codec, await loadHeader(source, packId, size));
  if (blobs === null) throw damaged('its header is damaged');
  if (leastPackSize(blobs) !== size) throw damaged('its header does not fit its size');
  return blobs;
}

async function loadHeader(source: Pick<BlobSource, 'tail'>, packId: string, size: number): Promise<Buffer> {
  if (size < headerLengthBytes + headerEntryBytes(false)) throw damaged('it is too short to be a pack');
  const tail = await source.tail(packId, size, Math.min(size, firstReadBytes));
  const length = tail.readUInt32LE(tail.length - headerLengthBytes);
  if (length > maximumHeaderBytes || length + headerLengthBytes > size) throw damaged('its header is damaged');
  const needed = length + headerLengthBytes;
  return needed <= tail.length ? tail.subarray(tail.length - needed) : source.tail(packId, size, needed);
}

function decodeHeader(codec: BlobCodec, header: Buffer): readonly PackedBlob[] | null {
  const plain = codec.sealer.open(header.subarray(0, header.length - headerLengthBytes));
  return plain === null ? null : decodePackHeader(plain);
}

function damaged(fault: string): HoldfastError {
  return new HoldfastError('STORED_FILE_DAMAGED', `The pack is damaged: ${fault}.`);
}
