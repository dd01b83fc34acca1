/** Index files: which pack holds which blobs, as JSON (restic design, "Indexing"). */
import type { BlobType } from '../blob-index.ts';
import { splitIndex, type TakeObject } from './index-split.ts';
import type { PackedBlob } from './pack.ts';

/** restic keeps index files below this many blobs, so that each stays small enough to load at once. */
export const maximumIndexBlobs = 50_000;

export type IndexedPack = { readonly id: string; readonly blobs: readonly PackedBlob[] };

/** The JSON of one pack's entry, in memory of its own; entries are joined by commas and wrapped by `encodeIndex`. */
export function encodeIndexEntry(packId: string, blobs: readonly PackedBlob[]): Uint8Array<ArrayBuffer> {
  const items = blobs.map(({ id, type, offset, length, uncompressedLength }) => {
    const uncompressed = uncompressedLength > 0 ? `,"uncompressed_length":${uncompressedLength}` : '';
    return `{"id":"${id}","type":"${type}","offset":${offset},"length":${length}${uncompressed}}`;
  });
  const text = `{"id":"${packId}","blobs":[${items.join(',')}]}`;
  const bytes = Buffer.allocUnsafeSlow(text.length);
  bytes.write(text, 'latin1');
  return bytes;
}

export function encodeIndex(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat([...encodeIndexPieces(entries)]);
}

/** As `encodeIndex`, an entry at a time. */
export function* encodeIndexPieces(entries: Iterable<Uint8Array>): Generator<Uint8Array> {
  let before = '{"packs":[';
  for (const entry of entries) {
    yield Buffer.from(before);
    yield entry;
    before = ',';
  }
  yield Buffer.from(before === ',' ? ']}\n' : '{"packs":[]}\n');
}

const idPattern = /^[0-9a-f]{64}$/;
const maximumOffset = 0xffff_ffff;

/**
 * The packs an index file lists, one at a time, except for those that `take` takes (see index-scan.ts). Returns how many
 * entries cannot be true (the others still serve), or null where it is not an index file. Every number is checked: they
 * may lie.
 */
export function* decodeIndex(pieces: Iterable<Uint8Array>, take?: TakeObject): Generator<IndexedPack, number | null> {
  const texts = splitIndex(pieces, take);
  let refused = 0;
  for (let next = texts.next(); ; next = texts.next()) {
    if (next.done === true) return next.value === null ? null : refused + next.value;
    const pack = parsePack(next.value);
    if (pack === null) return null;
    const { id, blobs = null } = pack;
    const listed = blobs ?? [];
    if (typeof id !== 'string' || !idPattern.test(id) || !Array.isArray(listed)) {
      refused += 1;
      continue;
    }
    const possible = listed.filter(isPackedBlob);
    refused += listed.length - possible.length;
    yield { id, blobs: possible.map(readPackedBlob) };
  }
}

function parsePack(text: Buffer): { readonly id?: unknown; readonly blobs?: unknown } | null {
  try {
    return JSON.parse(text.toString('utf8')) as object;
  } catch {
    return null;
  }
}

type IndexedBlobJson = { id: string; type: BlobType; offset: number; length: number; uncompressed_length?: number };

function isPackedBlob(value: unknown): value is IndexedBlobJson {
  if (typeof value !== 'object' || value === null) return false;
  const { id, type, offset, length, uncompressed_length: uncompressedLength } = value as Partial<IndexedBlobJson>;
  return (
    typeof id === 'string' &&
    idPattern.test(id) &&
    (type === 'data' || type === 'tree') &&
    isOffset(offset) &&
    isOffset(length) &&
    length >= 32 &&
    offset + length <= maximumOffset &&
    (uncompressedLength === undefined || isOffset(uncompressedLength))
  );
}

function isOffset(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= maximumOffset;
}

function readPackedBlob(blob: IndexedBlobJson): PackedBlob {
  const { id, type, offset, length } = blob;
  return { id, type, offset, length, uncompressedLength: blob.uncompressed_length ?? 0 };
}
