/**
 * An index that was loaded, as a file for the next run: so that only what has come since is read and parsed. Of a repository
 * of 42 million blobs that is 2.7 GB.
 *
 * Layout, numbers as this machine has them: entries | keys | ids of packs | filter | table of the keys (see index-disk.ts) |
 * description | length of the description (4 bytes, big-endian) | mark. The description is sealed with the key of the
 * repository and holds a hash of each piece of all before it, and which index files it is of: names that stand for their
 * content. Nothing of a file is believed before all of it has been compared with those; nor is one of which an index file
 * is no longer there, for a prune takes index files away before it takes packs.
 */
import { createHash } from 'node:crypto';
import { fstatSync, writeSync } from 'node:fs';
import { endianness } from 'node:os';
import { z } from 'zod';
import type { StoredFile } from '../backend/backend.ts';
import { entryBytes, keyBytes, readUpTo, tableWords } from '../index-disk.ts';
import type { IndexBase } from '../index-files.ts';

export const keptVersion = 1;
/** As much is hashed and compared at once. */
export const pieceBytes = 4 * 1024 * 1024;
const mark = Buffer.from('holdfast index\n');
const maximumDescriptionBytes = 256 * 1024 * 1024;

const fileName = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();
const descriptionSchema = z.object({
  version: z.literal(keptVersion),
  repository: fileName,
  endianness: z.enum(['LE', 'BE']),
  blobs: count.max(2 ** 31 - 1),
  packs: count.max(2 ** 29),
  filterWords: count.min(16).max(2 ** 31 - 16),
  indexFiles: z.array(z.object({ name: fileName, size: count })),
  /** SHA-256 of each piece. */
  pieces: z.array(fileName),
});
export type KeptDescription = z.infer<typeof descriptionSchema>;

export type Sections = {
  readonly entriesAt: number;
  readonly keysAt: number;
  readonly packsAt: number;
  readonly filterAt: number;
  readonly tableAt: number;
  readonly end: number;
};

export function sectionsOf({ blobs, packs, filterWords }: Omit<KeptDescription, 'indexFiles' | 'pieces'>): Sections {
  const keysAt = blobs * entryBytes;
  const packsAt = keysAt + blobs * keyBytes;
  const filterAt = packsAt + packs * 32;
  const tableAt = filterAt + filterWords * 4;
  return { entriesAt: 0, keysAt, packsAt, filterAt, tableAt, end: tableAt + tableWords * 4 };
}

/** What a file says of itself, or null where it is not one of this repository that can be read here. */
export function readDescription(
  file: number,
  repository: string,
  unseal: (sealed: Buffer) => Buffer | null,
): KeptDescription | null {
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(4 + mark.length);
  if (size < tail.length || readUpTo(file, tail, size - tail.length) < tail.length) return null;
  const length = tail.readUInt32BE(0);
  const end = size - tail.length - length;
  if (!tail.subarray(4).equals(mark) || length > maximumDescriptionBytes || end < 0) return null;
  const sealed = Buffer.alloc(length);
  if (readUpTo(file, sealed, end) < length) return null;
  const parsed = descriptionSchema.safeParse(parse(unseal(sealed)));
  if (!parsed.success) return null;
  const { data } = parsed;
  const isOurs = data.repository === repository && data.endianness === endianness();
  const isWhole = sectionsOf(data).end === end && data.pieces.length === Math.ceil(end / pieceBytes);
  return isOurs && isWhole ? data : null;
}

function parse(json: Buffer | null): unknown {
  try {
    return json === null ? null : JSON.parse(json.toString('utf8'));
  } catch {
    return null;
  }
}

export function baseOf(file: number, description: KeptDescription): IndexBase {
  const { blobs, packs, filterWords } = description;
  const { entriesAt, keysAt } = sectionsOf(description);
  return { file, blobs, packs, entriesAt, keysAt, filterWords };
}

/** The index files that came after it, or null where one that it is of is gone or is another. */
export function filesSince(
  { indexFiles }: KeptDescription,
  listed: readonly StoredFile[],
): readonly StoredFile[] | null {
  const sizes = new Map(listed.map(({ name, size }) => [name, size]));
  for (const { name, size } of indexFiles) {
    if (sizes.get(name) !== size) return null;
    sizes.delete(name);
  }
  return listed.filter(({ name }) => sizes.has(name));
}

/** Writes one piece after the other, and remembers what they must be. */
export class PieceWriter {
  readonly #file: number;
  readonly pieces: string[] = [];
  #hash = createHash('sha256');
  #inPiece = 0;

  constructor(file: number) {
    this.#file = file;
  }

  write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, Math.min(bytes.length, at + pieceBytes - this.#inPiece));
      this.#hash.update(part);
      this.append(part);
      at += part.length;
      this.#inPiece += part.length;
      if (this.#inPiece === pieceBytes) this.#endPiece();
    }
  }

  /** After this nothing more may be written but by `append`. */
  end(): void {
    if (this.#inPiece > 0) this.#endPiece();
  }

  /** What no hash is of. */
  append(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#file, bytes, written, bytes.length - written);
  }

  appendDescription(sealed: Uint8Array): void {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sealed.length);
    this.append(sealed);
    this.append(length);
    this.append(mark);
  }

  #endPiece(): void {
    this.pieces.push(this.#hash.digest('hex'));
    this.#hash = createHash('sha256');
    this.#inPiece = 0;
  }
}
