/**
 * The part of a blob index that lies in files (see blob-index.ts). Entries stand in the order of their numbers, 48 bytes
 * each. Keys (12 bytes: two words of the id, the entry's number) stand in runs, ordered by 16 bits of the id within each;
 * a table in shared memory says where each of these 65,536 groups begins. So a lookup reads one group of each run, some
 * hundred bytes; and a filter in shared memory spares that to nearly all blobs that are not there. What an earlier run has
 * kept (kept-index) is one run of any length, in a file of its own, before all others.
 */
import { readSync, writeSync } from 'node:fs';
import { IndexFilter, filterWordsFor } from './index-filter.ts';
import type { IndexFiles } from './index-files.ts';

export const entryWords = 12;
export const entryBytes = entryWords * 4;
export const keyWords = 3;
export const keyBytes = keyWords * 4;
export const groups = 65_536;
export const tableWords = groups + 1;

/** Entries that are read together, and how many such blocks a thread keeps. */
const blockEntries = 128;
const blockBytes = blockEntries * entryBytes;
const keptBlocks = 64;

export type DiskLayout = { readonly files: IndexFiles; readonly filterWords: number };

export function diskLayout(files: IndexFiles, knownBlobs: number): DiskLayout {
  return { files, filterWords: files.base?.filterWords ?? filterWordsFor(knownBlobs) };
}

/** Words of shared memory it needs. */
export function diskWords({ files, filterWords }: DiskLayout): number {
  return filterWords + runsOf(files) * tableWords;
}

/** One of the runs, in whatever file: where its keys begin there, and where each group of them does among them. */
export type DiskRun = { readonly file: number; readonly keysAt: number; readonly table: Int32Array };

export class IndexDisk {
  readonly #files: IndexFiles;
  readonly #baseBlobs: number;
  readonly filter: IndexFilter;
  readonly #tables: Int32Array;
  readonly #blocks = new Int32Array(keptBlocks * blockEntries * entryWords);
  readonly #blockBytes = Buffer.from(this.#blocks.buffer);
  readonly #blockNumbers = new Int32Array(keptBlocks).fill(-1);
  #group = new Int32Array(1024 * keyWords);
  #epoch = 0;

  constructor({ files, filterWords }: DiskLayout, words: Int32Array) {
    this.#files = files;
    this.#baseBlobs = files.base?.blobs ?? 0;
    this.filter = new IndexFilter(words.subarray(0, filterWords));
    this.#tables = words.subarray(filterWords, filterWords + runsOf(files) * tableWords);
  }

  get files(): IndexFiles {
    return this.#files;
  }

  get runBlobs(): number {
    return this.#files.runBlobs;
  }

  hasRoom(spilled: number): boolean {
    return spilled - this.#baseBlobs < this.#files.runBlobs * this.#files.runs;
  }

  /** What is there while so many entries lie in files. */
  runs(spilled: number): readonly DiskRun[] {
    const { base, runBlobs, keys } = this.#files;
    const count = Math.floor((spilled - this.#baseBlobs) / runBlobs);
    const own = Array.from({ length: count }, (_, run) => ({
      file: keys,
      keysAt: run * runBlobs * keyBytes,
      table: this.#tableOf(run),
    }));
    return base === null ? own : [{ file: base.file, keysAt: base.keysAt, table: this.baseTable }, ...own];
  }

  /** Of what was kept. */
  get baseTable(): Int32Array {
    return this.#tables.subarray(0, tableWords);
  }

  /** Entry numbers that may be those of an id; the caller compares. */
  *candidates(id: Int32Array, spilled: number): Generator<number> {
    const { base, runBlobs, keys } = this.#files;
    const group = groupOf(id[0] as number);
    if (base !== null) yield* this.#among(id, base.file, base.keysAt, group);
    let table = base === null ? 0 : tableWords;
    for (let first = 0; first < spilled - this.#baseBlobs; first += runBlobs) {
      yield* this.#among(id, keys, first * keyBytes, table + group);
      table += tableWords;
    }
  }

  *#among(id: Int32Array, file: number, keysAt: number, group: number): Generator<number> {
    const start = this.#tables[group] as number;
    const count = (this.#tables[group + 1] as number) - start;
    if (count === 0) return;
    const keys = this.#readGroup(file, keysAt + start * keyBytes, count);
    for (let at = 0; at < count * keyWords; at += keyWords) {
      if (keys[at] === id[1] && keys[at + 1] === id[2]) yield keys[at + 2] as number;
    }
  }

  /** Where in `blocks` the words of an entry begin; valid until the next call. What was changed since `epoch` is read anew. */
  locate(entry: number, epoch: number): number {
    if (epoch !== this.#epoch) this.#blockNumbers.fill(-1);
    this.#epoch = epoch;
    const { base, entries } = this.#files;
    const isKept = base !== null && entry < base.blobs;
    const inFile = isKept ? entry : entry - this.#baseBlobs;
    const block = Math.floor(inFile / blockEntries);
    const number = isKept ? block : block + Math.ceil(this.#baseBlobs / blockEntries);
    const kept = number % keptBlocks;
    const first = kept * blockEntries * entryWords;
    if (this.#blockNumbers[kept] !== number) {
      // Until it is read completely, it is nobody's.
      this.#blockNumbers[kept] = -1;
      const bytes = this.#blockBytes.subarray(first * 4, first * 4 + blockBytes);
      if (isKept) readUpTo(base.file, bytes, base.entriesAt + block * blockBytes);
      else readUpTo(entries, bytes, block * blockBytes);
      this.#blockNumbers[kept] = number;
    }
    return first + (inFile % blockEntries) * entryWords;
  }

  get blocks(): Int32Array {
    return this.#blocks;
  }

  /** Replaces the last four words of an entry. */
  rewrite(entry: number, place: Int32Array): void {
    if (entry < this.#baseBlobs) throw new RangeError('what was kept of an index does not change');
    const bytes = Buffer.from(place.buffer, place.byteOffset, place.byteLength);
    const ends = (entry - this.#baseBlobs + 1) * entryBytes;
    writeAll(this.#files.entries, bytes, ends - bytes.length);
  }

  /** Takes over a whole run of entries, which get the numbers from `spilled` on. */
  spill(entries: Int32Array, spilled: number): void {
    const { runBlobs } = this.#files;
    const first = spilled - this.#baseBlobs;
    const rows = Buffer.from(entries.buffer, entries.byteOffset, runBlobs * entryBytes);
    writeAll(this.#files.entries, rows, first * entryBytes);
    const keys = sortKeys(entries, this.#tableOf(first / runBlobs), { count: runBlobs, first: spilled });
    writeAll(this.#files.keys, Buffer.from(keys.buffer), first * keyBytes);
    for (let at = 0; at < runBlobs * entryWords; at += entryWords) this.filter.add(entries, at);
  }

  /** Of a run that is not the one that was kept. */
  #tableOf(run: number): Int32Array {
    const at = (this.#files.base === null ? run : run + 1) * tableWords;
    return this.#tables.subarray(at, at + tableWords);
  }

  #readGroup(file: number, position: number, count: number): Int32Array {
    if (this.#group.length < count * keyWords) this.#group = new Int32Array(count * keyWords * 2);
    const bytes = Buffer.from(this.#group.buffer, 0, count * keyBytes);
    if (readUpTo(file, bytes, position) < bytes.length)
      throw new RangeError('the file of the index is shorter than what was written to it');
    return this.#group;
  }
}

/** Keys of `count` entries, whose numbers begin with `first`, in the order of their groups; the table is filled. */
export function sortKeys(
  entries: Int32Array,
  table: Int32Array,
  { count, first }: { readonly count: number; readonly first: number },
): Int32Array {
  table.fill(0);
  for (let entry = 0; entry < count; entry++) {
    const group = groupOf(entries[entry * entryWords] as number) + 1;
    table[group] = (table[group] as number) + 1;
  }
  for (let group = 0; group < groups; group++)
    table[group + 1] = (table[group + 1] as number) + (table[group] as number);
  const next = table.slice();
  const keys = new Int32Array(count * keyWords);
  for (let entry = 0; entry < count; entry++) {
    const from = entry * entryWords;
    const group = groupOf(entries[from] as number);
    const place = next[group] as number;
    next[group] = place + 1;
    keys[place * keyWords] = entries[from + 1] as number;
    keys[place * keyWords + 1] = entries[from + 2] as number;
    keys[place * keyWords + 2] = first + entry;
  }
  return keys;
}

function runsOf({ base, runs }: IndexFiles): number {
  return base === null ? runs : runs + 1;
}

function groupOf(word: number): number {
  return word >>> 16;
}

/** Returns how much there was: the last block is not full. */
export function readUpTo(file: number, bytes: Buffer, position: number): number {
  let filled = 0;
  while (filled < bytes.length) {
    const read = readSync(file, bytes, filled, Math.min(bytes.length - filled, largestPiece), position + filled);
    if (read === 0) break;
    filled += read;
  }
  return filled;
}

export function writeAll(file: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length;)
    written += writeSync(file, bytes, written, Math.min(bytes.length - written, largestPiece), position + written);
}

/** The kernel takes no more in one call. */
const largestPiece = 1024 * 1024 * 1024;
