/**
 * Content-defined cutting: FastCDC (Xia et al., USENIX ATC 2016) with normalised chunking, 512 KiB / 1 MiB / 8 MiB. The
 * gear table is derived from the repository's secret polynomial, so that the sizes of stored pieces tell an outsider
 * nothing about known files.
 */
import { createHmac } from 'node:crypto';

export const minimumChunk = 512 * 1024;
export const averageChunk = 1024 * 1024;
export const maximumChunk = 8 * 1024 * 1024;

/**
 * Bits that must be zero for a cut: more before the average size, fewer after it, so that sizes gather around it. They
 * are the highest bits of the hash: those depend on the last 32 bytes.
 */
const strictMask = (0xffff_ffff << (32 - 21)) | 0;
const looseMask = (0xffff_ffff << (32 - 18)) | 0;

export type GearTable = Int32Array;

/** 256 secret numbers from the repository's chunker polynomial (hexadecimal, as in its config). */
export function gearTable(chunkerPolynomial: string): GearTable {
  const table = new Int32Array(256);
  for (let block = 0; block < 32; block++) {
    const digest = createHmac('sha256', `holdfast gear table 1`).update(`${chunkerPolynomial}/${block}`).digest();
    for (let word = 0; word < 8; word++) table[block * 8 + word] = digest.readInt32LE(word * 4);
  }
  return table;
}

/**
 * The end of the chunk that begins at `start`, within `data.subarray(0, end)`: at most `maximumChunk` further. When no cut
 * is found and fewer than `maximumChunk` bytes were there, `end` itself: the caller decides whether that is the end of the
 * file or more must be read first.
 */
export function findCut(gear: GearTable, data: Uint8Array, start: number, end: number): number {
  const limit = Math.min(end, start + maximumChunk);
  const average = Math.min(limit, start + averageChunk);
  let position = start + minimumChunk;
  if (position >= limit) return limit;
  // The hash looks back 32 bytes; what lies before the minimum is skipped, as FastCDC does.
  scan.hash = 0;
  position = scanFor(gear, data, position, average, strictMask);
  return position < average || scan.found ? position : scanFor(gear, data, position, limit, looseMask);
}

/** What a scan leaves behind besides its position: no object per call on the hot path. */
const scan = { hash: 0, found: false };

const zeros = Buffer.alloc(16 * 1024);

/**
 * The position after the first byte at which the masked bits are zero, or `end`. Long runs of zeros, of which disk images
 * are full, are passed over twenty times faster than they could be scanned: the hash does not change in them.
 */
function scanFor(gear: GearTable, data: Uint8Array, start: number, end: number, mask: number): number {
  /** The hash that shifting in zero bytes leads to and leaves as it is: h = 2 h + gear[0]. */
  const still = -(gear[0] as number) | 0;
  scan.found = false;
  for (let at = start; at < end;) {
    const stop = Math.min(end, at + zeros.length);
    if (scan.hash === still && (still & mask) !== 0 && zeros.compare(data, at, stop, 0, stop - at) === 0) {
      at = stop;
      continue;
    }
    at = scanBlock(gear, data, at, stop, mask);
    if (scan.found) return at;
  }
  return end;
}

/** As `scanFor`, byte by byte. Four bytes a turn: twice as fast. */
function scanBlock(gear: GearTable, data: Uint8Array, start: number, end: number, mask: number): number {
  let hash = scan.hash;
  let position = start;
  scan.found = true;
  for (const last = end - 4; position <= last; position += 4) {
    const first = ((hash << 1) + (gear[data[position] as number] as number)) | 0;
    const second = ((first << 1) + (gear[data[position + 1] as number] as number)) | 0;
    const third = ((second << 1) + (gear[data[position + 2] as number] as number)) | 0;
    hash = ((third << 1) + (gear[data[position + 3] as number] as number)) | 0;
    if ((first & mask) === 0) return position + 1;
    if ((second & mask) === 0) return position + 2;
    if ((third & mask) === 0) return position + 3;
    if ((hash & mask) === 0) return position + 4;
  }
  for (; position < end; position++) {
    hash = ((hash << 1) + (gear[data[position] as number] as number)) | 0;
    if ((hash & mask) === 0) return position + 1;
  }
  scan.hash = hash;
  scan.found = false;
  return end;
}
