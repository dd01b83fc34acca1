/** Index files: which pack holds which blobs, as JSON (restic design, "Indexing"). */
import type { BlobType } from '../blob-index.ts';
import type { PackedBlob } from './pack.ts';

/** restic keeps index files below this many blobs, so that each stays small enough to load at once. */
export const maximumIndexBlobs = 50_000;

export type IndexedPack = { readonly id: string; readonly blobs: readonly PackedBlob[] };

/** The JSON of one pack's entry; entries are joined by commas and wrapped by `encodeIndex`. */
export function encodeIndexEntry(packId: string, blobs: readonly PackedBlob[]): string {
  const items = blobs.map(({ id, type, offset, length, uncompressedLength }) => {
    const uncompressed = uncompressedLength > 0 ? `,"uncompressed_length":${uncompressedLength}` : '';
    return `{"id":"${id}","type":"${type}","offset":${offset},"length":${length}${uncompressed}}`;
  });
  return `{"id":"${packId}","blobs":[${items.join(',')}]}`;
}

export function encodeIndex(entries: readonly string[]): Buffer {
  return Buffer.from(`{"packs":[${entries.join(',')}]}\n`, 'utf8');
}

const idPattern = /^[0-9a-f]{64}$/;
const maximumOffset = 0xffff_ffff;

/** `refused`: entries that cannot be true. The others still serve. */
export type DecodedIndex = { readonly packs: readonly IndexedPack[]; readonly refused: number };

/** The packs an index file lists, or null where it is not one. Every number is checked: they may lie. */
export function decodeIndex(json: Buffer): DecodedIndex | null {
  let index: unknown;
  try {
    index = JSON.parse(json.toString('utf8'));
  } catch {
    return null;
  }
  if (typeof index !== 'object' || index === null || Array.isArray(index)) return null;
  const packs = (index as { packs?: unknown } | null)?.packs ?? [];
  if (!Array.isArray(packs)) return null;
  const decoded: IndexedPack[] = [];
  let refused = 0;
  for (const pack of packs as { id?: unknown; blobs?: unknown }[]) {
    const blobs = pack?.blobs ?? [];
    if (typeof pack?.id !== 'string' || !idPattern.test(pack.id) || !Array.isArray(blobs)) {
      refused += 1;
      continue;
    }
    const possible = blobs.filter(isPackedBlob);
    refused += blobs.length - possible.length;
    decoded.push({ id: pack.id, blobs: possible.map(readPackedBlob) });
  }
  return { packs: decoded, refused };
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
