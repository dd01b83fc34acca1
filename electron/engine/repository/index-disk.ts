/**
 * The part of a blob index that lies in files (see blob-index.ts). Entries stand in the order of their numbers, 48 bytes
 * each. Keys (12 bytes: two words of the id, the entry's number) stand in runs, ordered by 16 bits of the id within each;
 * a table in shared memory says where each of these 65,536 groups begins. So a lookup reads one group of each run, some
 * hundred bytes; and a filter in shared memory spares that to nearly all blobs that are not there.
 */
import { readSync, writeSync } from 'node:fs';
import type { IndexFiles } from './index-files.ts';

export const entryWords = 12;
const entryBytes = entryWords * 4;
const keyWords = 3;
const keyBytes = keyWords * 4;
const groups = 65_536;
const tableWords = groups + 1;
/** With three bits set for each blob, one in forty that are not there is looked for, at most. */
const filterBits = 8;

/** Entries that are read together, and how many such blocks a thread keeps. */
const blockEntries = 128;
const keptBlocks = 64;

export type DiskLayout = { readonly files: IndexFiles; readonly filterWords: number };

export function diskLayout(files: IndexFiles, knownBlobs: number): DiskLayout {
  return { files, filterWords: Math.max(1, Math.ceil((knownBlobs * filterBits) / 32)) };
}

/** Words of shared memory it needs. */
export function diskWords({ files, filterWords }: DiskLayout): number {
  return filterWords + files.runs * tableWords;
}

export class IndexDisk {
  readonly #files: IndexFiles;
  readonly #filter: Int32Array;
  readonly #tables: Int32Array;
  readonly #blocks = new Int32Array(keptBlocks * blockEntries * entryWords);
  readonly #blockBytes = Buffer.from(this.#blocks.buffer);
  readonly #blockNumbers = new Int32Array(keptBlocks).fill(-1);
  #group = new Int32Array(1024 * keyWords);
  #epoch = 0;

  constructor({ files, filterWords }: DiskLayout, words: Int32Array) {
    this.#files = files;
    this.#filter = words.subarray(0, filterWords);
    this.#tables = words.subarray(filterWords, filterWords + files.runs * tableWords);
  }

  get runBlobs(): number {
    return this.#files.runBlobs;
  }

  hasRoom(spilled: number): boolean {
    return spilled < this.#files.runBlobs * this.#files.runs;
  }

  /** False where an id is not there; nearly always then. An id is random: any of its words serves as a hash. */
  mayHold(id: Int32Array): boolean {
    return this.#isSet(id[3] as number) && this.#isSet(id[4] as number) && this.#isSet(id[5] as number);
  }

  /** Entry numbers that may be those of an id; the caller compares. */
  *candidates(id: Int32Array, spilled: number): Generator<number> {
    const group = groupOf(id[0] as number);
    for (let run = 0; run * this.#files.runBlobs < spilled; run++) {
      const start = this.#tables[run * tableWords + group] as number;
      const count = (this.#tables[run * tableWords + group + 1] as number) - start;
      if (count === 0) continue;
      const keys = this.#readGroup(run * this.#files.runBlobs + start, count);
      for (let at = 0; at < count * keyWords; at += keyWords) {
        if (keys[at] === id[1] && keys[at + 1] === id[2]) yield keys[at + 2] as number;
      }
    }
  }

  /** Where in `blocks` the words of an entry begin; valid until the next call. What was changed since `epoch` is read anew. */
  locate(entry: number, epoch: number): number {
    if (epoch !== this.#epoch) this.#blockNumbers.fill(-1);
    this.#epoch = epoch;
    const number = Math.floor(entry / blockEntries);
    const kept = number % keptBlocks;
    const first = kept * blockEntries * entryWords;
    if (this.#blockNumbers[kept] !== number) {
      // Until it is read completely, it is nobody's.
      this.#blockNumbers[kept] = -1;
      const bytes = this.#blockBytes.subarray(first * 4, (first + blockEntries * entryWords) * 4);
      readUpTo(this.#files.entries, bytes, number * bytes.length);
      this.#blockNumbers[kept] = number;
    }
    return first + (entry % blockEntries) * entryWords;
  }

  get blocks(): Int32Array {
    return this.#blocks;
  }

  /** Replaces the last four words of an entry. */
  rewrite(entry: number, place: Int32Array): void {
    const bytes = Buffer.from(place.buffer, place.byteOffset, place.byteLength);
    writeAll(this.#files.entries, bytes, entry * entryBytes + entryBytes - bytes.length);
  }

  /** Takes over a whole run of entries, which get the numbers from `spilled` on. */
  spill(entries: Int32Array, spilled: number): void {
    const { runBlobs } = this.#files;
    const run = spilled / runBlobs;
    writeAll(
      this.#files.entries,
      Buffer.from(entries.buffer, entries.byteOffset, runBlobs * entryBytes),
      spilled * entryBytes,
    );
    const keys = this.#sortKeys(entries, run, spilled);
    writeAll(this.#files.keys, Buffer.from(keys.buffer), spilled * keyBytes);
    for (let at = 0; at < runBlobs * entryWords; at += entryWords) this.#remember(entries, at);
  }

  #sortKeys(entries: Int32Array, run: number, spilled: number): Int32Array {
    const { runBlobs } = this.#files;
    const table = this.#tables.subarray(run * tableWords, (run + 1) * tableWords);
    table.fill(0);
    for (let entry = 0; entry < runBlobs; entry++) {
      const group = groupOf(entries[entry * entryWords] as number) + 1;
      table[group] = (table[group] as number) + 1;
    }
    for (let group = 0; group < groups; group++)
      table[group + 1] = (table[group + 1] as number) + (table[group] as number);
    const next = table.slice();
    const keys = new Int32Array(runBlobs * keyWords);
    for (let entry = 0; entry < runBlobs; entry++) {
      const from = entry * entryWords;
      const group = groupOf(entries[from] as number);
      const place = next[group] as number;
      next[group] = place + 1;
      keys[place * keyWords] = entries[from + 1] as number;
      keys[place * keyWords + 1] = entries[from + 2] as number;
      keys[place * keyWords + 2] = spilled + entry;
    }
    return keys;
  }

  #readGroup(first: number, count: number): Int32Array {
    if (this.#group.length < count * keyWords) this.#group = new Int32Array(count * keyWords * 2);
    const bytes = Buffer.from(this.#group.buffer, 0, count * keyBytes);
    if (readUpTo(this.#files.keys, bytes, first * keyBytes) < bytes.length)
      throw new RangeError('the file of the index is shorter than what was written to it');
    return this.#group;
  }

  #isSet(word: number): boolean {
    const bit = (word >>> 0) % (this.#filter.length * 32);
    return ((this.#filter[Math.floor(bit / 32)] as number) & (1 << (bit & 31))) !== 0;
  }

  #remember(entries: Int32Array, at: number): void {
    for (let word = 3; word < 6; word++) {
      const bit = ((entries[at + word] as number) >>> 0) % (this.#filter.length * 32);
      const index = Math.floor(bit / 32);
      this.#filter[index] = (this.#filter[index] as number) | (1 << (bit & 31));
    }
  }
}

function groupOf(word: number): number {
  return word >>> 16;
}

/** Returns how much there was: the last block is not full. */
function readUpTo(file: number, bytes: Buffer, position: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const read = readSync(file, bytes, filled, bytes.length - filled, position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

function writeAll(file: number, bytes: Buffer, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, Math.min(bytes.length - written, largestWrite), position + written);
}

/** The kernel takes no more in one call. */
const largestWrite = 1024 * 1024 * 1024;
