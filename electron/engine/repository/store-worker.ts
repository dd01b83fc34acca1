/** A thread that turns files and streams into blobs: reads, cuts, hashes, drops what is known, compresses, seals, packs. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { keptMemory } from '../platform/kept-memory.ts';
import { libc } from '../platform/libc.ts';
import { fsPath } from '../platform/raw-path.ts';
import { firstMessage, threadData } from '../platform/threads.ts';
import { Throttle } from '../platform/throttle.ts';
import { BlobCodec, blobId } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { findCut, gearTable, maximumChunk } from './chunker.ts';
import { serveDelivery } from './delivery.ts';
import { PackBuilder } from './pack-builder.ts';
import {
  windowBytes,
  type BatchResult,
  type FileBatch,
  type FileTask,
  type SeenFile,
  type StoredFileResult,
  type StoreReply,
  type StoreRequest,
  type StoreWorkerSetup,
  type StreamCut,
} from './store-protocol.ts';

const port = parentPort as unknown as MessagePort;
threadData();
const { setup, clients } = await firstMessage<StoreWorkerSetup>(port);
const codec = new BlobCodec(setup.key, setup.version);
const index = BlobIndex.attach(setup.index);
const gear = gearTable(setup.chunkerPolynomial);
const outlet = serveDelivery(port, setup, { codec, index, packs: () => [packs, trees] });
const packs: PackBuilder = new PackBuilder(codec, 'data', 2, outlet);
/** Of sources that are not folders: the thread that captures those packs its trees itself. */
const trees: PackBuilder = new PackBuilder(codec, 'tree', 1, outlet);
const throttle = Throttle.attach(setup.throttle);
const windowBuffer = keptMemory(windowBytes);
/** O_NOFOLLOW: what was a file when it was listed may be a link by now. O_NONBLOCK: or a fifo. */
const openFlags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A file that changes while it is read is read again this often. */
const attempts = 3;

for (const client of clients) client.on('message', (request: StoreRequest) => answerWithinLimits(client, request));

function answerWithinLimits(client: MessagePort, request: StoreRequest): void {
  if (throttle === null) {
    answer(client, request);
    return;
  }
  const before = process.threadCpuUsage();
  answer(client, request);
  const { user, system } = process.threadCpuUsage(before);
  throttle.rest(user + system, outlet.reclaim);
}

function answer(client: MessagePort, request: StoreRequest): void {
  const reply = (message: StoreReply): void => client.postMessage(message);
  if (request.type === 'window') {
    storeWindow(request.job, request.file, request.offset, reply);
    return;
  }
  if (request.type === 'bytes') {
    storeStretch(client, request);
    return;
  }
  if (request.type === 'tree') {
    const id = blobId(request.json);
    if (index.claim('tree', id)) trees.add(id, request.json);
    reply({ type: 'tree', job: request.job, id: id.toString('hex') });
    return;
  }
  const result = storeBatch(request.files);
  const bytes = result.sizes.reduce((sum, size) => sum + size, 0);
  reply({ type: 'files', job: request.job, result, bytes });
}

function storeBatch({ paths, sizes, mtimesNs }: FileBatch): BatchResult {
  const ids: Uint8Array[] = [];
  const errors: { file: number; code: ErrorCode; message: string }[] = [];
  const result = {
    idCounts: new Uint32Array(paths.length),
    sizes: new Float64Array(paths.length),
    mtimesNs: new BigInt64Array(paths.length),
    flags: new Uint8Array(paths.length),
  };
  for (const [file, path] of paths.entries()) {
    const stored = storeFile({ path, size: sizes[file] ?? 0, mtimeNs: mtimesNs[file] ?? 0n });
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

function storeStretch(
  client: MessagePort,
  { job, head, data, cut: how }: Extract<StoreRequest, { type: 'bytes' }>,
): void {
  throttle?.pace('read', data.length, outlet.reclaim);
  const whole = joined(head, data);
  const ends = endsIn(whole, how);
  if (how.by === 'content' && !how.atEnd) {
    const rest = Uint8Array.from(whole.subarray(ends.at(-1) ?? 0));
    client.postMessage({ type: 'rest', job, rest } satisfies StoreReply, [rest.buffer]);
  }
  client.postMessage({ type: 'bytes', job, ids: storeChunks(whole, ends) } satisfies StoreReply);
}

/** One after the other, where the second lies if there is room before it. */
function joined(head: Uint8Array, data: Uint8Array): Uint8Array {
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

function endsIn(data: Uint8Array, how: StreamCut): readonly number[] {
  if (how.by === 'ends') return how.ends;
  return how.by === 'content' ? cut(data, data.length, how.atEnd) : everyBytes(how.blobBytes, data.length);
}

function everyBytes(blobBytes: number, length: number): number[] {
  return Array.from({ length: Math.ceil(length / blobBytes) }, (_, blob) => Math.min(length, (blob + 1) * blobBytes));
}

/** A file that fits into the window. Read again while it changes: two equal looks around a read make it consistent. */
function storeFile(file: FileTask): StoredFileResult {
  try {
    const descriptor = openSync(fsPath(file.path), openFlags);
    try {
      let { size, mtimeNs } = file;
      for (let attempt = 1; ; attempt++) {
        const length = fill(descriptor, 0, size);
        const now = look(descriptor);
        if (now.size > windowBuffer.length) return storeOutgrown(descriptor, file);
        const steady = now.size === length && isSameTime(now.mtimeNs, mtimeNs);
        if (steady || attempt === attempts) {
          const ids = storeChunks(windowBuffer, cut(windowBuffer, length, true));
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
function storeOutgrown(descriptor: number, file: FileTask): StoredFileResult {
  const before = look(descriptor);
  const ids: Uint8Array[] = [];
  let stored = 0;
  for (let atEnd = false; !atEnd && stored < before.size;) {
    const length = fill(descriptor, stored, before.size - stored);
    atEnd = length < windowBuffer.length;
    const ends = cut(windowBuffer, length, atEnd);
    ids.push(storeChunks(windowBuffer, ends));
    stored += ends.at(-1) ?? 0;
  }
  const now = look(descriptor);
  const steady = now.size === stored && now.mtimeNs === before.mtimeNs;
  return { ids: Buffer.concat(ids), size: stored, mtimeNs: steady ? before.mtimeNs : file.mtimeNs, changed: !steady };
}

function storeWindow(job: number, file: FileTask, offset: number, reply: (message: StoreReply) => void): void {
  let cutReported = false;
  try {
    const descriptor = openSync(fsPath(file.path), openFlags);
    try {
      const seen = look(descriptor);
      const { next, atEnd, store } = cutWindow(descriptor, Math.min(file.size, seen.size), offset);
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

type CutWindow = { readonly next: number; readonly atEnd: boolean; readonly store: () => Uint8Array };

/** Where the chunks from `offset` on end, in a file of `size` bytes; `store` puts them into packs. */
function cutWindow(descriptor: number, size: number, offset: number): CutWindow {
  const hole = holeChunks(descriptor, size, offset);
  if (hole !== null)
    return { next: offset + hole.length * maximumChunk, atEnd: false, store: () => Buffer.concat(hole) };
  const length = fill(descriptor, offset, size - offset);
  const atEnd = length < windowBuffer.length;
  const ends = cut(windowBuffer, length, atEnd);
  return { next: offset + (ends.at(-1) ?? 0), atEnd, store: () => storeChunks(windowBuffer, ends) };
}

/** Reads from `offset` until the window is full or the file ends; returns the number of bytes. */
function fill(descriptor: number, offset: number, expected: number): number {
  let filled = 0;
  while (filled < windowBuffer.length) {
    const read = readSync(descriptor, windowBuffer, filled, windowBuffer.length - filled, offset + filled);
    filled += read;
    throttle?.pace('read', read, outlet.reclaim);
    // A read that brought what was expected need not be repeated to see the end; `look` sees the size.
    if (read === 0 || filled === expected) break;
  }
  return filled;
}

/** Ends of the chunks in so many bytes. The last piece is left for what follows unless the file ends with it. */
function cut(data: Uint8Array, end: number, atEnd: boolean): number[] {
  const ends: number[] = [];
  for (let at = 0; at < end;) {
    const next = findCut(gear, data, at, end);
    if (next === end && !atEnd && end - at < maximumChunk) break;
    ends.push(next);
    at = next;
  }
  return ends;
}

function storeChunks(data: Uint8Array, ends: readonly number[]): Uint8Array {
  const ids = new Uint8Array(ends.length * 32);
  let start = 0;
  for (const [position, end] of ends.entries()) {
    ids.set(storeBlob(data.subarray(start, end)), position * 32);
    start = end;
  }
  return ids;
}

function storeBlob(plain: Uint8Array): Buffer {
  const id = blobId(plain);
  if (index.claim('data', id)) packs.add(id, plain);
  return id;
}

let zeroChunk: { readonly id: Buffer; readonly plain: Buffer } | undefined;

/**
 * A hole reads as zeros, and zeros are cut into chunks of the largest size; so whole chunks within a hole are known
 * without reading them. Null where the next chunk is not all hole.
 */
function holeChunks(descriptor: number, size: number, offset: number): Buffer[] | null {
  if (libc === null || size - offset < maximumChunk) return null;
  const dataAt = libc.nextData(descriptor, offset) ?? size;
  const count = Math.min(4096, Math.floor((Math.min(dataAt, size) - offset) / maximumChunk));
  if (count <= 0) return null;
  if (zeroChunk === undefined) {
    const plain = Buffer.alloc(maximumChunk);
    // A gear table can be so unlucky as to cut zeros (one in two million): then holes are read like anything else.
    if (findCut(gear, plain, 0, plain.length) !== maximumChunk) return null;
    zeroChunk = { id: blobId(plain), plain };
  }
  const { id, plain } = zeroChunk;
  if (index.claim('data', id)) packs.add(id, plain);
  return Array.from({ length: count }, () => id);
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
