/** Objects of Git LFS on disk: each a file by the SHA-256 of its content, which is checked before it is one. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

export function objectPath(folder: string, oid: string): string {
  return join(folder, oid.slice(0, 2), oid.slice(2, 4), oid);
}

/** In bytes; null for an object that is not there. */
export function objectSize(folder: string, oid: string): number | null {
  return statSync(objectPath(folder, oid), { throwIfNoEntry: false })?.size ?? null;
}

/** Whether the content was that of the object. What was not leaves nothing behind. */
export async function storeObject(folder: string, oid: string, content: Readable): Promise<boolean> {
  const path = objectPath(folder, oid);
  mkdirSync(join(path, '..'), { recursive: true });
  const place = `${path}.${randomUUID()}`;
  const hash = createHash('sha256');
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(content, measure, createWriteStream(place));
    if (hash.digest('hex') !== oid) return false;
    renameSync(place, path);
    return true;
  } finally {
    rmSync(place, { force: true });
  }
}
