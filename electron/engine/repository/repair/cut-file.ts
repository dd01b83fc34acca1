/** Looks for lost blobs in a file of this machine, by cutting it as protection does. */
import { hash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { fsPath, type RawPath } from '../../platform/raw-path.ts';
import { findCut, maximumChunk, type GearTable } from '../chunker.ts';
import type { CutBlob } from './protocol.ts';

const windowBytes = 2 * maximumChunk;

/** Returns what was found; `take` gets each of them once. Throws where the file cannot be read. */
export async function cutFile(
  gear: GearTable,
  path: RawPath,
  wanted: readonly string[],
  take: (id: string, plain: Buffer) => boolean,
): Promise<readonly CutBlob[]> {
  const left = new Set(wanted);
  const found: CutBlob[] = [];
  const file = await open(fsPath(path), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!(await file.stat()).isFile()) return [];
    const buffer = Buffer.allocUnsafeSlow(windowBytes);
    for (let filled = 0, position = 0, isAtEnd = false; left.size > 0 && !(isAtEnd && filled === 0);) {
      while (!isAtEnd && filled < buffer.length) {
        const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position);
        isAtEnd = bytesRead === 0;
        filled += bytesRead;
        position += bytesRead;
      }
      let start = 0;
      // What is shorter than the longest piece may go on behind the window.
      const least = isAtEnd ? 1 : maximumChunk;
      while (filled - start >= least) {
        const end = findCut(gear, buffer, start, filled);
        const plain = buffer.subarray(start, end);
        const id = hash('sha256', plain, 'hex');
        if (left.has(id) && take(id, plain)) {
          left.delete(id);
          found.push({ id, bytes: plain.length });
        }
        start = end;
      }
      buffer.copyWithin(0, start, filled);
      filled -= start;
    }
    return found;
  } finally {
    await file.close();
  }
}
