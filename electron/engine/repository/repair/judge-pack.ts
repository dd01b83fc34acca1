/** What of a pack can still be relied on, blob by blob. */
import { hash } from 'node:crypto';
import { describeFault, type BlobCodec } from '../blob-codec.ts';
import { readPackHeader } from '../check-pack.ts';
import type { PackedBlob } from '../format/pack.ts';
import { packEntries, unpackEntries } from '../format/packed-entries.ts';
import type { PackJudgement } from './protocol.ts';

/** Names of single blobs are told up to here; the first say enough. */
const namedFaults = 20;

/**
 * `expected` is what index files list, one list a file. Where the content is what the name says, the pack's own header is
 * the truth about it; else whatever either of the two promises is tried.
 */
export function judgePack(
  codec: BlobCodec,
  packId: string,
  pack: Buffer,
  expected: readonly Uint8Array[],
): PackJudgement {
  const isOriginal = hash('sha256', pack, 'hex') === packId;
  const header = readPackHeader(codec, pack);
  const listed = expected.flatMap(unpackEntries);
  const faults: string[] = [];
  if (!isOriginal) faults.push('its content is not what its name says');
  if (header === null) faults.push('its header is damaged');
  const promised = isOriginal && header !== null ? header : distinct([...(header ?? []), ...listed]);
  const intact: PackedBlob[] = [];
  const lost: PackedBlob[] = [];
  for (const blob of promised) {
    const fault = faultOf(codec, pack, blob);
    (fault === null ? intact : lost).push(blob);
    if (fault !== null && faults.length < namedFaults) faults.push(`blob ${blob.id.slice(0, 8)}: ${fault}`);
  }
  const readable = new Set(intact.map(({ type, id }) => `${type}/${id}`));
  // One of two places that were promised may be the right one.
  const missing = lost.filter(({ type, id }) => !readable.has(`${type}/${id}`));
  return {
    bytes: pack.length,
    whole: isOriginal && header !== null && lost.length === 0,
    intact: packEntries(intact),
    lost: packEntries(missing),
    faults,
  };
}

function faultOf(codec: BlobCodec, pack: Buffer, { type, id, offset, length, uncompressedLength }: PackedBlob) {
  if (offset + length > pack.length) return 'the pack ends before it';
  const fault = codec.verify(type, id, pack.subarray(offset, offset + length), uncompressedLength);
  return fault === null ? null : describeFault(fault);
}

function distinct(blobs: readonly PackedBlob[]): readonly PackedBlob[] {
  return [...new Map(blobs.map((blob) => [`${blob.type}/${blob.id}/${blob.offset}/${blob.length}`, blob])).values()];
}
