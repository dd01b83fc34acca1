/**
 * Stores what comes over a network, without a file in between: threads cut, seal and pack what they are handed, and answer
 * under which ids it lies. Of any thread that has ports to those threads (`RepositoryWriter.connect`). Whoever brings bytes
 * asks for room first: that bounds the memory, and slows down whoever sends them.
 */
import type { MessagePort } from 'node:worker_threads';
import { Room } from '../platform/room.ts';
import { WorkLanes } from '../platform/work-lanes.ts';
import { maximumChunk, minimumChunk } from './chunker.ts';
import { encodeTree } from './format/tree.ts';
import type { Bytes, StoreReply, StoreRequest } from './store-protocol.ts';

/** A stretch of a stream at most: with what is left of the one before, it fits into the memory of a thread. */
export const stretchBytes = maximumChunk;

/** Room before a stretch for what is left of the one before it: of a page that is never written to, there is none. */
const slotBytes = maximumChunk + stretchBytes;
/** Content that is one blob whatever it is: many travel together, for a message costs more than to store a little. */
export const smallBytes = minimumChunk / 4;
const gatheredBytes = 1024 * 1024;
const usualRoomBytes = 96 * 1024 * 1024;
const requestsPerThread = 3;
const idBytes = 32;

export type StoredContent = {
  /** 32 bytes an id, in order. */
  readonly ids: Uint8Array;
  readonly size: number;
};

export class StreamStore {
  readonly #lanes: WorkLanes<StoreRequest, StoreReply>;
  readonly #room: Room;
  /** Of stretches that are stored: fresh memory costs a page fault every 4 KiB. */
  readonly #spare: SharedArrayBuffer[] = [];
  #gathered: Gathered[] = [];
  #gatheredBytes = 0;

  constructor(ports: readonly MessagePort[], { roomBytes = usualRoomBytes }: { readonly roomBytes?: number } = {}) {
    this.#room = new Room(Math.max(roomBytes, 2 * stretchBytes));
    this.#lanes = new WorkLanes(ports, {
      requestsPerThread,
      queueLimit: Number.POSITIVE_INFINITY,
      isLast: ({ type }) => type !== 'rest',
      transfers: (request) => {
        const given =
          request.type === 'tree' ? [request.json] : request.type === 'bytes' ? [request.head, request.data] : [];
        return given.flatMap(({ buffer }) => (buffer instanceof ArrayBuffer && buffer.byteLength > 0 ? [buffer] : []));
      },
    });
  }

  /** Waits, in turn, until so many bytes may be held; no more than `stretchBytes`. */
  room(bytes: number): Promise<void> {
    return this.#room.take(bytes);
  }

  /** Whether nobody would have to wait for it. */
  hasRoom(bytes: number): boolean {
    return this.#room.isFree(bytes);
  }

  /** For bytes that room was asked for; what is handed over in it may not be looked at any more. */
  memory(bytes: number): Bytes {
    // A little in a large one would hold more than was asked for.
    if (bytes <= stretchBytes / 2) return new Uint8Array(bytes);
    return new Uint8Array(this.#spare.pop() ?? new SharedArrayBuffer(slotBytes), maximumChunk, bytes);
  }

  /** Memory that will not be handed over after all, and the room for it. */
  drop(data: Bytes): void {
    this.#recycle(data, data.length);
  }

  /** Of bytes that will not be handed over after all. */
  giveBack(bytes: number): void {
    this.#room.giveBack(bytes);
  }

  /** A stream that is cut by its content, as files are; its stretches come in order. */
  stream(): ContentStream {
    return new ContentStream((stretch) => this.#store(stretch));
  }

  /** As a stream that ends with no more than `smallBytes`. */
  async small(data: Bytes): Promise<StoredContent> {
    if (data.length === 0) return { ids: emptyStretch, size: 0 };
    const stored = Promise.withResolvers<StoredContent>();
    if (this.#gathered.length === 0) setImmediate(() => this.#storeGathered());
    this.#gathered.push({ data, stored });
    this.#gatheredBytes += data.length;
    if (this.#gatheredBytes >= gatheredBytes) this.#storeGathered();
    return stored.promise;
  }

  /** Cut by content, out of pieces of any length. `sizeHint`: bytes it will be, as far as that is known. */
  async content(pieces: AsyncIterable<Uint8Array>, sizeHint = stretchBytes): Promise<StoredContent> {
    const stream = this.stream();
    let stretch = await this.#stretch(sizeHint);
    let filled = 0;
    try {
      for await (const piece of pieces) {
        for (let at = 0; at < piece.length;) {
          if (filled === stretch.length) {
            await stream.add(stretch);
            stretch = emptyStretch;
            stretch = await this.#stretch(sizeHint - stream.size);
            filled = 0;
          }
          const taken = Math.min(piece.length - at, stretch.length - filled);
          stretch.set(piece.subarray(at, at + taken), filled);
          filled += taken;
          at += taken;
        }
      }
    } catch (error) {
      this.drop(stretch);
      await stream.abandon();
      throw error;
    }
    this.giveBack(stretch.length - filled);
    return stream.end(stretch.subarray(0, filled));
  }

  /** Whole blobs of one length, such as blocks of a disk, of which only the last may be shorter. Memory that is not shared is given away. */
  async blobs(data: Bytes, blobBytes: number): Promise<StoredContent> {
    const stored = Promise.withResolvers<StoredContent>();
    const { length } = data;
    const cut = { by: 'length', blobBytes } as const;
    this.#lanes.ask({ type: 'bytes', head: emptyStretch, data, cut }, (reply) => {
      if (reply.type !== 'bytes') return;
      this.#recycle(data, length);
      stored.resolve({ ids: reply.ids, size: length });
    });
    return stored.promise;
  }

  /** The id of a folder, of the JSON of its nodes, which are sorted by the bytes of their names. */
  async tree(nodes: readonly string[]): Promise<string> {
    const stored = Promise.withResolvers<string>();
    const json = new Uint8Array(encodeTree(nodes));
    this.#lanes.ask({ type: 'tree', json }, (reply) => {
      if (reply.type === 'tree') stored.resolve(reply.id);
    });
    return stored.promise;
  }

  close(): void {
    this.#lanes.close();
  }

  async #stretch(sizeHint: number): Promise<Bytes> {
    // One that is longer than was said goes on in small steps.
    const bytes = Math.min(stretchBytes, Math.max(sizeHint, 64 * 1024));
    await this.room(bytes);
    return this.memory(bytes);
  }

  #storeGathered(): void {
    const gathered = this.#gathered;
    if (gathered.length === 0) return;
    const data = new Uint8Array(this.#gatheredBytes);
    [this.#gathered, this.#gatheredBytes] = [[], 0];
    const ends: number[] = [];
    for (const piece of gathered) {
      data.set(piece.data, ends.at(-1) ?? 0);
      ends.push((ends.at(-1) ?? 0) + piece.data.length);
    }
    this.#lanes.ask({ type: 'bytes', head: emptyStretch, data, cut: { by: 'ends', ends } }, (reply) => {
      if (reply.type !== 'bytes') return;
      for (const [at, { data: piece, stored }] of gathered.entries()) {
        this.giveBack(piece.length);
        stored.resolve({ ids: reply.ids.slice(at * idBytes, (at + 1) * idBytes), size: piece.length });
      }
    });
  }

  #recycle({ buffer }: Bytes, length: number): void {
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength === slotBytes) this.#spare.push(buffer);
    this.giveBack(length);
  }

  #store({ head, data, atEnd, onRest }: Stretch): Promise<Uint8Array> {
    const stored = Promise.withResolvers<Uint8Array>();
    const { length } = data;
    const cut = { by: 'content', atEnd } as const;
    this.#lanes.ask({ type: 'bytes', head, data, cut }, (reply) => {
      if (reply.type === 'rest') onRest(reply.rest);
      if (reply.type !== 'bytes') return;
      this.#recycle(data, length);
      stored.resolve(reply.ids);
    });
    return stored.promise;
  }
}

type Gathered = { readonly data: Bytes; readonly stored: PromiseWithResolvers<StoredContent> };

type Stretch = {
  readonly head: Bytes;
  readonly data: Bytes;
  readonly atEnd: boolean;
  readonly onRest: (rest: Bytes) => void;
};
type StoreStretch = (stretch: Stretch) => Promise<Uint8Array>;

/** Stretches are cut one after the other, and stored at the same time. */
export class ContentStream {
  /** Bytes added so far. */
  size = 0;
  readonly #store: StoreStretch;
  readonly #stored: Promise<Uint8Array>[] = [];
  #rest: Bytes = emptyStretch;

  constructor(store: StoreStretch) {
    this.#store = store;
  }

  /** Resolves once it is known where it is cut; one at a time. Room was asked for its length; its memory is given away. */
  async add(data: Bytes): Promise<void> {
    this.size += data.length;
    this.#rest = await new Promise<Bytes>((resolve) => {
      this.#stored.push(this.#store({ head: this.#rest, data, atEnd: false, onRest: resolve }));
    });
  }

  /** With the last stretch; none may follow. */
  async end(data: Bytes): Promise<StoredContent> {
    this.size += data.length;
    if (this.size > 0) this.#stored.push(this.#store({ head: this.#rest, data, atEnd: true, onRest: () => undefined }));
    const ids = await Promise.all(this.#stored);
    return { ids: ids.length === 1 ? (ids[0] ?? emptyStretch) : Buffer.concat(ids), size: this.size };
  }

  /** Waits for what is under way; what was stored of it is left over. */
  async abandon(): Promise<void> {
    await Promise.all(this.#stored);
  }
}

const emptyStretch: Bytes = new Uint8Array(0);

/** Ids as snapshots write them. */
export function hexIds(ids: Uint8Array): readonly string[] {
  const hex = Buffer.from(ids.buffer, ids.byteOffset, ids.length).toString('hex');
  return Array.from({ length: ids.length / idBytes }, (_, at) => hex.slice(at * 64, at * 64 + 64));
}
