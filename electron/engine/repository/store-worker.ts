/** A thread that turns files and streams into blobs: reads, cuts, hashes, drops what is known, compresses, seals, packs. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import type { MessagePort } from 'node:worker_threads';
import { toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { keptMemory } from '../platform/kept-memory.ts';
import { serveEarly, type EndingWord } from '../platform/lent-threads.ts';
import { libc } from '../platform/libc.ts';
import { fsPath } from '../platform/raw-path.ts';
import { Throttle } from '../platform/throttle.ts';
import { BlobCodec, blobId } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { findCut, gearTable, maximumChunk } from './chunker.ts';
import { serveDelivery } from './delivery.ts';
import { endingWith } from './lent-ending.ts';
import { PackBuilder, type PackOutlet } from './pack-builder.ts';
import {
  windowBytes,
  type BatchResult,
  type FileBatch,
  type FileTask,
  type SeenFile,
  type StoredFileResult,
  type StoreReply,
  type StoreRequest,
  type StoreSetup,
  type StoreWorkerSetup,
  type StreamCut,
} from './store-protocol.ts';

serveEarly((port, { setup, clients }: StoreWorkerSetup) => new StoringSession(port, setup, clients));

const windowBuffer = keptMemory(windowBytes);
/** O_NOFOLLOW: what was a file when it was listed may be a link by now. O_NONBLOCK: or a fifo. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A file that changes while it is read is read again this often. */
const attempts = 3;

type CutWindow = { readonly next: number; readonly atEnd: boolean; readonly store: () => Uint8Array };

/** What it does for one run. */
class StoringSession {
  readonly #codec: BlobCodec;
  readonly #index: BlobIndex;
  readonly #gear: ReturnType<typeof gearTable>;
  readonly #outlet: PackOutlet;
  readonly #packs: PackBuilder;
  /** Of sources that are not folders: the thread that captures those packs its trees itself. */
  readonly #trees: PackBuilder;
  readonly #throttle: Throttle | null;
  #zeroChunk: { readonly id: Buffer; readonly plain: Buffer } | undefined;
  readonly #clients: readonly MessagePort[];

  constructor(port: MessagePort, setup: StoreSetup, clients: readonly MessagePort[]) {
    const codec = new BlobCodec(setup.key, setup.version);
    this.#codec = codec;
    const index = BlobIndex.attach(setup.index);
    this.#index = index;
    this.#gear = gearTable(setup.chunkerPolynomial);
    this.#outlet = serveDelivery(port, setup, { codec, index, packs: () => [this.#packs, this.#trees] });
    this.#packs = new PackBuilder(codec, 'data', 2, this.#outlet);
    this.#trees = new PackBuilder(codec, 'tree', 1, this.#outlet);
    this.#throttle = Throttle.attach(setup.throttle);
    this.#clients = clients;
    for (const client of clients)
      client.on('message', (request: StoreRequest) => this.#answerWithinLimits(client, request));
  }

  end(): EndingWord {
    for (const client of this.#clients) client.close();
    return endingWith(this.#index, this.#codec);
  }

  #answerWithinLimits(client: MessagePort, request: StoreRequest): void {
    if (this.#throttle === null) {
      this.#answer(client, request);
      return;
    }
    const before = process.threadCpuUsage();
    this.#answer(client, request);
    const { user, system } = process.threadCpuUsage(before);
    this.#throttle.rest(user + system, this.#outlet.reclaim);
  }

  #answer(client: MessagePort, request: StoreRequest): void {
    const reply = (message: StoreReply): void => client.postMessage(message);
    if (request.type === 'window') {
      this.#storeWindow(request.job, request.file, request.offset, reply);
      return;
    }
    if (request.type === 'bytes') {
      this.#storeStretch(client, request);
      return;
    }
    if (request.type === 'tree') {
      const id = blobId(request.json);
      if (this.#index.claim('tree', id)) this.#trees.add(id, request.json);
      reply({ type: 'tree', job: request.job, id: id.toString('hex') });
      return;
    }
    const result = this.#storeBatch(request.files);
    const bytes = result.sizes.reduce((sum, size) => sum + size, 0);
    reply({ type: 'files', job: request.job, result, bytes });
  }

  #storeBatch({ paths, sizes, mtimesNs }: FileBatch): BatchResult {
    const ids: Uint8Array[] = [];
    const errors: { file: number; code: ErrorCode; message: string }[] = [];
    const result = {
      idCounts: new Uint32Array(paths.length),
      sizes: new Float64Array(paths.length),
      mtimesNs: new BigInt64Array(paths.length),
      flags: new Uint8Array(paths.length),
    };
    for (const [file, path] of paths.entries()) {
      const stored = this.#storeFile({ path, size: sizes[file] ?? 0, mtimeNs: mtimesNs[file] ?? 0n });
      if ('error' in stored) {
        errors.push({ file, ...stored.error });
        continue;
      }
      ids.push(stored.ids);
      result.idCounts[file] = stored.ids.length / 32;
      result.sizes[file] = stored.size;
      result.mtimesNs[file] = stored.mtimeNs;
      result.flags[file] = stored.changed ? 1 : 0;
    }
    return { ...result, ids: Buffer.concat(ids), errors };
  }

  #storeStretch(client: MessagePort, { job, head, data, cut: how }: Extract<StoreRequest, { type: 'bytes' }>): void {
    this.#throttle?.pace('read', data.length, this.#outlet.reclaim);
    const whole = this.#joined(head, data);
    const ends = this.#endsIn(whole, how);
    if (how.by === 'content' && !how.atEnd) {
      const rest = Uint8Array.from(whole.subarray(ends.at(-1) ?? 0));
      client.postMessage({ type: 'rest', job, rest } satisfies StoreReply, [rest.buffer]);
    }
    client.postMessage({ type: 'bytes', job, ids: this.#storeChunks(whole, ends) } satisfies StoreReply);
  }

  /** One after the other, where the second lies if there is room before it. */
  #joined(head: Uint8Array, data: Uint8Array): Uint8Array {
    if (head.length === 0) return data;
    if (data.buffer instanceof SharedArrayBuffer && data.byteOffset >= head.length) {
      const whole = new Uint8Array(data.buffer, data.byteOffset - head.length, head.length + data.length);
      whole.set(head);
      return whole;
    }
    windowBuffer.set(head);
    windowBuffer.set(data, head.length);
    return windowBuffer.subarray(0, head.length + data.length);
  }

  #endsIn(data: Uint8Array, how: StreamCut): readonly number[] {
    if (how.by === 'ends') return how.ends;
    return how.by === 'content' ? this.#cut(data, data.length, how.atEnd) : everyBytes(how.blobBytes, data.length);
  }

  /** A file that fits into the window. Read again while it changes: two equal looks around a read make it consistent. */
  #storeFile(file: FileTask): StoredFileResult {
    try {
      const descriptor = openSync(fsPath(file.path), openFlags);
      try {
        let { size, mtimeNs } = file;
        for (let attempt = 1; ; attempt++) {
          const length = this.#fill(descriptor, 0, size);
          const now = look(descriptor);
          if (now.size > windowBuffer.length) return this.#storeOutgrown(descriptor, file);
          const steady = now.size === length && isSameTime(now.mtimeNs, mtimeNs);
          if (steady || attempt === attempts) {
            const ids = this.#storeChunks(windowBuffer, this.#cut(windowBuffer, length, true));
            return { ids, size: length, mtimeNs: steady ? mtimeNs : file.mtimeNs, changed: !steady };
          }
          ({ size, mtimeNs } = now);
        }
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      return failure(error);
    }
  }

  /** A file that no longer fits into the window: it has grown since it was listed. Once through, up to its length by now. */
  #storeOutgrown(descriptor: number, file: FileTask): StoredFileResult {
    const before = look(descriptor);
    const ids: Uint8Array[] = [];
    let stored = 0;
    for (let atEnd = false; !atEnd && stored < before.size;) {
      const length = this.#fill(descriptor, stored, before.size - stored);
      atEnd = length < windowBuffer.length;
      const ends = this.#cut(windowBuffer, length, atEnd);
      ids.push(this.#storeChunks(windowBuffer, ends));
      stored += ends.at(-1) ?? 0;
    }
    const now = look(descriptor);
    const steady = now.size === stored && now.mtimeNs === before.mtimeNs;
    return { ids: Buffer.concat(ids), size: stored, mtimeNs: steady ? before.mtimeNs : file.mtimeNs, changed: !steady };
  }

  #storeWindow(job: number, file: FileTask, offset: number, reply: (message: StoreReply) => void): void {
    let cutReported = false;
    try {
      const descriptor = openSync(fsPath(file.path), openFlags);
      try {
        const seen = look(descriptor);
        const { next, atEnd, store } = this.#cutWindow(descriptor, Math.min(file.size, seen.size), offset);
        // Only a file that is not growing ends here; what a writer appends meanwhile belongs to the next run.
        const finished = atEnd || next >= file.size;
        reply({ type: 'cut', job, next, atEnd: finished, seen });
        cutReported = true;
        const ids = store();
        const now = finished ? look(descriptor) : null;
        const changed = now !== null && (now.size !== next || now.mtimeNs !== file.mtimeNs);
        const result = { ids, size: next, mtimeNs: file.mtimeNs, changed };
        reply({ type: 'window', job, result, bytes: next - offset });
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      if (!cutReported) reply({ type: 'cut', job, next: offset, atEnd: true, seen: null });
      reply({ type: 'window', job, result: failure(error), bytes: 0 });
    }
  }

  /** Where the chunks from `offset` on end, in a file of `size` bytes; `store` puts them into packs. */
  #cutWindow(descriptor: number, size: number, offset: number): CutWindow {
    const hole = this.#holeChunks(descriptor, size, offset);
    if (hole !== null)
      return { next: offset + hole.length * maximumChunk, atEnd: false, store: () => Buffer.concat(hole) };
    const length = this.#fill(descriptor, offset, size - offset);
    const atEnd = length < windowBuffer.length;
    const ends = this.#cut(windowBuffer, length, atEnd);
    return { next: offset + (ends.at(-1) ?? 0), atEnd, store: () => this.#storeChunks(windowBuffer, ends) };
  }

  /** Reads from `offset` until the window is full or the file ends; returns the number of bytes. */
  #fill(descriptor: number, offset: number, expected: number): number {
    let filled = 0;
    while (filled < windowBuffer.length) {
      const read = readSync(descriptor, windowBuffer, filled, windowBuffer.length - filled, offset + filled);
      filled += read;
      this.#throttle?.pace('read', read, this.#outlet.reclaim);
      // A read that brought what was expected need not be repeated to see the end; `look` sees the size.
      if (read === 0 || filled === expected) break;
    }
    return filled;
  }

  /** Ends of the chunks in so many bytes. The last piece is left for what follows unless the file ends with it. */
  #cut(data: Uint8Array, end: number, atEnd: boolean): number[] {
    const ends: number[] = [];
    for (let at = 0; at < end;) {
      const next = findCut(this.#gear, data, at, end);
      if (next === end && !atEnd && end - at < maximumChunk) break;
      ends.push(next);
      at = next;
    }
    return ends;
  }

  #storeChunks(data: Uint8Array, ends: readonly number[]): Uint8Array {
    const ids = new Uint8Array(ends.length * 32);
    let start = 0;
    for (const [position, end] of ends.entries()) {
      ids.set(this.#storeBlob(data.subarray(start, end)), position * 32);
      start = end;
    }
    return ids;
  }

  #storeBlob(plain: Uint8Array): Buffer {
    const id = blobId(plain);
    if (this.#index.claim('data', id)) this.#packs.add(id, plain);
    return id;
  }

  /**
   * A hole reads as zeros, and zeros are cut into chunks of the largest size; so whole chunks within a hole are known
   * without reading them. Null where the next chunk is not all hole.
   */
  #holeChunks(descriptor: number, size: number, offset: number): Buffer[] | null {
    if (libc === null || size - offset < maximumChunk) return null;
    const dataAt = libc.nextData(descriptor, offset) ?? size;
    const count = Math.min(4096, Math.floor((Math.min(dataAt, size) - offset) / maximumChunk));
    if (count <= 0) return null;
    if (this.#zeroChunk === undefined) {
      const plain = Buffer.alloc(maximumChunk);
      // A gear table can be so unlucky as to cut zeros (one in two million): then holes are read like anything else.
      if (findCut(this.#gear, plain, 0, plain.length) !== maximumChunk) return null;
      this.#zeroChunk = { id: blobId(plain), plain };
    }
    const { id, plain } = this.#zeroChunk;
    if (this.#index.claim('data', id)) this.#packs.add(id, plain);
    return Array.from({ length: count }, () => id);
  }
}

function everyBytes(blobBytes: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / blobBytes) }, (_, blob) => Math.min(length, (blob + 1) * blobBytes));
}

function look(descriptor: number): SeenFile {
  const stats = fstatSync(descriptor, { bigint: true });
  if (!stats.isFile()) throw Object.assign(new Error('it is no longer a file'), { code: 'ESTALE', syscall: 'open' });
  return { identity: `${stats.dev}/${stats.ino}`, size: Number(stats.size), mtimeNs: stats.mtimeNs };
}

/** Times of a batch are of 64 bits, which end in 2262. */
function isSameTime(whole: bigint, given: bigint): boolean {
  return BigInt.asIntN(64, whole) === BigInt.asIntN(64, given);
}

function failure(error: unknown): StoredFileResult {
  const { code, message } = toHoldfastError(error);
  return { error: { code, message } };
}
