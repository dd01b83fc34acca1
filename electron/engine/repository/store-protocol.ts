/** What the threads that store data say to each other. Paths are raw; buffers in messages are transferred or shared, not copied. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import type { RepositoryVersion } from './blob-codec.ts';
import type { SharedBlobIndex } from './blob-index.ts';
import { maximumChunk } from './chunker.ts';
import type { SealingKey } from './crypto.ts';
import type { FinishedPack } from './pack-builder.ts';

/** What a thread needs to seal blobs and deliver packs. */
export type StoreSetup = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly chunkerPolynomial: string;
  readonly index: SharedBlobIndex;
  /** One number: packs delivered and not yet saved. Whoever delivers waits while it is at `maximumPacksInFlight`. */
  readonly packsInFlight: Int32Array;
  /** What keeps the run from taking the whole machine; null: nothing does. */
  readonly throttle?: SharedThrottle | null;
};

export const maximumPacksInFlight = 4;

/** A thread reads this much of a file at once; whole files up to it, and larger ones window by window. */
export const windowBytes = 2 * maximumChunk;

/** A file to store, as it was when it was listed. */
export type FileTask = {
  readonly path: RawPath;
  readonly size: number;
  /** Nanoseconds since 1970. */
  readonly mtimeNs: bigint;
};

/** Many small files as columns: a message of few objects travels three times as fast as one of many. */
export type FileBatch = {
  readonly paths: readonly RawPath[];
  readonly sizes: Float64Array;
  readonly mtimesNs: BigInt64Array;
};

/** Results of a batch as columns, in its order. */
export type BatchResult = {
  /** 32 bytes an id, those of all files one after the other. */
  readonly ids: Uint8Array;
  /** Number of ids of each file. */
  readonly idCounts: Uint32Array;
  readonly sizes: Float64Array;
  /** See StoredFileResult; modulo 2^64. */
  readonly mtimesNs: BigInt64Array;
  /** 1 where it changed. */
  readonly flags: Uint8Array;
  readonly errors: readonly { readonly file: number; readonly code: ErrorCode; readonly message: string }[];
};

export type StoreRequest =
  | { readonly type: 'files'; readonly job: number; readonly files: FileBatch }
  /** A part of a large file: cuts from `offset`, says where it stopped, then stores what lies before. */
  | { readonly type: 'window'; readonly job: number; readonly file: FileTask; readonly offset: number }
  /** A stretch of a stream: what was left of the one before, and what follows it; together no more than `windowBytes`. */
  | {
      readonly type: 'bytes';
      readonly job: number;
      readonly head: Bytes;
      readonly data: Bytes;
      readonly cut: StreamCut;
    }
  | { readonly type: 'tree'; readonly job: number; readonly json: Bytes };

/** Plain memory is transferred, shared memory stays with whoever has sent it. */
export type Bytes = Uint8Array;

/**
 * By content, as files are, with or without more to come; into blobs of the same length, of which the last may be shorter; or
 * where it is said, since it is many things that were put together.
 */
export type StreamCut =
  | { readonly by: 'content'; readonly atEnd: boolean }
  | { readonly by: 'length'; readonly blobBytes: number }
  | { readonly by: 'ends'; readonly ends: readonly number[] };

export type StoredFileResult =
  | {
      /** 32 bytes an id, in order. */
      readonly ids: Uint8Array;
      readonly size: number;
      /**
       * The modification time that belongs to the content: of before it was read and after. Where it changed meanwhile, that
       * of the listing, so that the next run sees that it has changed since.
       */
      readonly mtimeNs: bigint;
      /** It changed while it was read, every time. */
      readonly changed: boolean;
    }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** The file a window was read from: each opens it anew, and by then the name may be another file's. */
export type SeenFile = {
  /** Device and inode. */
  readonly identity: string;
  readonly size: number;
  readonly mtimeNs: bigint;
};

export type StoreReply =
  | { readonly type: 'files'; readonly job: number; readonly result: BatchResult; readonly bytes: number }
  | {
      readonly type: 'cut';
      readonly job: number;
      readonly next: number;
      readonly atEnd: boolean;
      /** Null where it could not be opened. */
      readonly seen: SeenFile | null;
    }
  | { readonly type: 'window'; readonly job: number; readonly result: StoredFileResult; readonly bytes: number }
  /** What is to stand before the next stretch of a stream, if there is one; before anything of this one is stored. */
  | { readonly type: 'rest'; readonly job: number; readonly rest: Bytes }
  /** 32 bytes an id. */
  | { readonly type: 'bytes'; readonly job: number; readonly ids: Uint8Array }
  | { readonly type: 'tree'; readonly job: number; readonly id: string };

/** The first message to a storing thread. */
export type StoreWorkerSetup = { readonly setup: StoreSetup; readonly clients: readonly MessagePort[] };

/** The first message to any other thread whose packs are taken. */
export type AdoptedSetup = { readonly setup: StoreSetup };

/** From any thread that stores to the main thread. */
export type DeliveryMessage =
  | { readonly type: 'pack'; readonly pack: FinishedPack }
  | { readonly type: 'flushed' }
  | { readonly type: 'sealed'; readonly data: Uint8Array<ArrayBuffer>; readonly id: string }
  | { readonly type: 'indexLoaded'; readonly damaged: boolean }
  /** Something was sent to the storing thread at this position, which may not have started. */
  | { readonly type: 'wanted'; readonly position: number };

/** From the main thread to a thread that stores. */
export type DeliveryRequest =
  | { readonly type: 'flush' }
  /** The memory of a pack that has been saved, for the next one. */
  | { readonly type: 'recycle'; readonly memory: SharedArrayBuffer }
  | { readonly type: 'seal'; readonly entries: readonly Uint8Array[] }
  /** The sealed bytes of an index file, to be read into the shared index. */
  | { readonly type: 'loadIndex'; readonly sealed: Uint8Array<ArrayBuffer> };
