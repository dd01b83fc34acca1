/** Whether a pack holds what its header and the index say. */
import { hash } from 'node:crypto';
import type { BlobCodec } from './blob-codec.ts';
import { describeFault } from './blob-codec.ts';
import { decodePackHeader, headerLengthBytes, maximumHeaderBytes, type PackedBlob } from './format/pack.ts';

/** `blob` is the id of the damaged blob, or null where the pack itself is at fault. */
export type PackFault = { readonly blob: string | null; readonly fault: string };

/** Null `bytes` where the pack could not be read from here. */
export type PackVerdict = { readonly bytes: number | null; readonly faults: readonly PackFault[] };

/** Reads every blob the index expects, and the header; returns all that is wrong. */
export function checkPack(
  codec: BlobCodec,
  packId: string,
  pack: Buffer,
  expected: readonly PackedBlob[],
): readonly PackFault[] {
  const faults: PackFault[] = [];
  if (hash('sha256', pack, 'hex') !== packId)
    faults.push({ blob: null, fault: 'its content is not what its name says' });
  const header = readPackHeader(codec, pack);
  if (header === null) faults.push({ blob: null, fault: 'its header is damaged' });
  const listed = new Map(header?.map((blob) => [`${blob.type}/${blob.id}/${blob.offset}`, blob]));
  const unlisted = (header?.length ?? 0) - new Set(expected.map(({ offset }) => offset)).size;
  if (header !== null && unlisted > 0)
    faults.push({ blob: null, fault: `its header lists ${unlisted} blobs that no index does` });
  for (const blob of expected) {
    if (blob.offset + blob.length > pack.length) {
      faults.push({ blob: blob.id, fault: 'the pack ends before it' });
      continue;
    }
    const inHeader = listed.get(`${blob.type}/${blob.id}/${blob.offset}`);
    const agrees = inHeader?.length === blob.length && inHeader.uncompressedLength === blob.uncompressedLength;
    if (header !== null && !agrees)
      faults.push({ blob: blob.id, fault: "the pack's header does not list it as the index does" });
    const sealed = pack.subarray(blob.offset, blob.offset + blob.length);
    const fault = codec.verify(blob.type, blob.id, sealed, blob.uncompressedLength);
    if (fault !== null) faults.push({ blob: blob.id, fault: describeFault(fault) });
  }
  return faults;
}

/** The blobs a whole pack lists, or null where its header cannot be read. */
export function readPackHeader(codec: BlobCodec, pack: Buffer): readonly PackedBlob[] | null {
  if (pack.length < headerLengthBytes) return null;
  const end = pack.length - headerLengthBytes;
  const length = pack.readUInt32LE(end);
  if (length > end || length > maximumHeaderBytes) return null;
  const plain = codec.sealer.open(pack.subarray(end - length, end));
  return plain === null ? null : decodePackHeader(plain);
}
