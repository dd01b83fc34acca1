/**
 * Which blocks of a snapshot were dealt with, in a file that outlives a killed engine: for each the place and the SHA-256.
 * A record that was torn by a crash is known by its checksum, and what follows it is not read.
 */
import { appendFileSync, closeSync, mkdirSync, openSync, readSync, rmSync, truncateSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/** Place (4 bytes), SHA-256 (32), CRC-32 of both (4). */
const recordBytes = 40;
const hashedBytes = 36;
const readRecords = 16_384;
/** A record is lost with the process, not with the machine's power: these many blocks are dealt with again at most. */
const keptRecords = 32;

export class BlockJournal implements Disposable {
  readonly #path: string;
  readonly #pending = Buffer.alloc(keptRecords * recordBytes);
  #count = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** In the order they were noted; cuts off what was torn. */
  *read(): Generator<{ readonly index: number; readonly hash: Buffer }> {
    const file = openIfThere(this.#path);
    if (file === null) return;
    let sound = 0;
    try {
      const buffer = Buffer.alloc(readRecords * recordBytes);
      for (;;) {
        const filled = readSync(file, buffer, 0, buffer.length, sound);
        let at = 0;
        for (; at + recordBytes <= filled; at += recordBytes) {
          if (crc32(buffer.subarray(at, at + hashedBytes)) !== buffer.readUInt32LE(at + hashedBytes)) break;
          const hash = Buffer.from(buffer.subarray(at + 4, at + hashedBytes));
          yield { index: buffer.readUInt32LE(at), hash };
        }
        sound += at;
        if (at < buffer.length) break;
      }
    } finally {
      closeSync(file);
    }
    truncateSync(this.#path, sound);
  }

  note(index: number, hash: Uint8Array): void {
    const at = this.#count * recordBytes;
    this.#pending.writeUInt32LE(index, at);
    this.#pending.set(hash, at + 4);
    this.#pending.writeUInt32LE(crc32(this.#pending.subarray(at, at + hashedBytes)), at + hashedBytes);
    this.#count += 1;
    if (this.#count === keptRecords) this.flush();
  }

  flush(): void {
    if (this.#count === 0) return;
    mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
    appendFileSync(this.#path, this.#pending.subarray(0, this.#count * recordBytes), { mode: 0o600 });
    this.#count = 0;
  }

  remove(): void {
    this.#count = 0;
    rmSync(this.#path, { force: true });
  }

  [Symbol.dispose](): void {
    this.flush();
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
