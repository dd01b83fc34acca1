/** A thread that writes an index that was loaded into a file (see kept-file.ts), while a run goes on that adds to it. */
import { closeSync, constants, fsyncSync, openSync } from 'node:fs';
import { endianness } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec, type RepositoryVersion } from '../blob-codec.ts';
import { BlobIndex, type SharedBlobIndex } from '../blob-index.ts';
import type { SealingKey } from '../crypto.ts';
import {
  entryBytes,
  entryWords,
  groups,
  keyBytes,
  keyWords,
  readUpTo,
  sortKeys,
  tableWords,
  type DiskRun,
  type IndexDisk,
} from '../index-disk.ts';
import { sealUnpacked } from '../unpacked.ts';
import { keptVersion, pieceBytes, PieceWriter, type KeptDescription } from './kept-file.ts';

export type KeepWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly repository: string;
  readonly index: SharedBlobIndex;
  /** As many as had been loaded: what comes after them is the run's own. */
  readonly blobs: number;
  readonly packs: number;
  readonly indexFiles: KeptDescription['indexFiles'];
  /** Must not be there yet. */
  readonly path: string;
};

/** Keys of so many groups are put in order at once. */
const groupsAtOnce = 512;

keep(threadData() as KeepWorkerData);
parentPort?.postMessage('kept');

function keep(data: KeepWorkerData): void {
  const { path, blobs, packs, repository, indexFiles } = data;
  const index = BlobIndex.attach(data.index);
  const { disk } = index;
  if (disk === null) throw new RangeError('an index in memory is not kept');
  const file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  try {
    const writer = new PieceWriter(file);
    const spilled = index.spilledCount;
    const rest = index.entriesInMemory(blobs);
    writeEntries(writer, disk, spilled, rest);
    const table = writeKeys(writer, disk, spilled, rest);
    writer.write(index.packIds(packs));
    // More in the filter than there is in files leads to a look there in vain, no more.
    for (let at = 0; at < rest.length; at += entryWords) disk.filter.add(rest, at);
    writer.write(bytesOf(disk.filter.words));
    writer.write(bytesOf(table));
    writer.end();
    const description: KeptDescription = {
      version: keptVersion,
      repository,
      endianness: endianness(),
      blobs,
      packs,
      filterWords: disk.filter.words.length,
      indexFiles: [...indexFiles],
      pieces: writer.pieces,
    };
    const codec = new BlobCodec(data.key, data.version);
    writer.appendDescription(sealUnpacked(codec, data.version, Buffer.from(JSON.stringify(description))));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeEntries(writer: PieceWriter, { files }: IndexDisk, spilled: number, rest: Int32Array): void {
  const { base, entries } = files;
  const baseBytes = (base?.blobs ?? 0) * entryBytes;
  if (base !== null) copyRange(writer, base.file, base.entriesAt, baseBytes);
  copyRange(writer, entries, 0, spilled * entryBytes - baseBytes);
  writer.write(bytesOf(rest));
}

function copyRange(writer: PieceWriter, file: number, from: number, length: number): void {
  const piece = Buffer.allocUnsafeSlow(Math.min(length, pieceBytes));
  for (let at = 0; at < length; at += piece.length) {
    const part = piece.subarray(0, Math.min(piece.length, length - at));
    readWhole(file, part, from + at);
    writer.write(part);
  }
}

type Keys = DiskRun | { readonly keys: Int32Array; readonly table: Int32Array };

/** Keys of all runs as those of one, group by group; returns where each group begins. */
function writeKeys(writer: PieceWriter, disk: IndexDisk, spilled: number, rest: Int32Array): Int32Array {
  const restTable = new Int32Array(tableWords);
  const keys = sortKeys(rest, restTable, { count: rest.length / entryWords, first: spilled });
  const runs: readonly Keys[] = [...disk.runs(spilled), { keys, table: restTable }];
  const table = new Int32Array(tableWords);
  for (let group = 0; group <= groups; group++) table[group] = runs.reduce((sum, run) => sum + startOf(run, group), 0);
  for (let first = 0; first < groups; first += groupsAtOnce) {
    const parts = runs.map((run) => readGroups(run, first, first + groupsAtOnce));
    const before = startOf({ table }, first);
    const merged = new Int32Array((startOf({ table }, first + groupsAtOnce) - before) * keyWords);
    let filled = 0;
    for (let group = first; group < first + groupsAtOnce; group++) {
      for (const [at, run] of runs.entries()) {
        const from = startOf(run, first);
        const [start, end] = [startOf(run, group) - from, startOf(run, group + 1) - from];
        if (start === end) continue;
        merged.set((parts[at] as Int32Array).subarray(start * keyWords, end * keyWords), filled);
        filled += (end - start) * keyWords;
      }
    }
    writer.write(bytesOf(merged));
  }
  return table;
}

function readGroups(run: Keys, first: number, end: number): Int32Array {
  const start = startOf(run, first);
  const count = startOf(run, end) - start;
  if ('keys' in run) return run.keys.subarray(start * keyWords, (start + count) * keyWords);
  const keys = new Int32Array(count * keyWords);
  readWhole(run.file, Buffer.from(keys.buffer), run.keysAt + start * keyBytes);
  return keys;
}

function startOf({ table }: { readonly table: Int32Array }, group: number): number {
  return table[group] as number;
}

function readWhole(file: number, bytes: Buffer, position: number): void {
  if (readUpTo(file, bytes, position) < bytes.length)
    throw new RangeError('the file of the index is shorter than what was written to it');
}

function bytesOf(words: Int32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}
