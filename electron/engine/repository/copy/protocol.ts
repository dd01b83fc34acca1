/**
 * What threads that copy are asked, and what they answer. Entries are numbers in the source's index; what threads deliver
 * goes the way of all threads that store (store-protocol.ts).
 */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RepositoryVersion } from '../blob-codec.ts';
import type { BlobType, SharedBlobIndex } from '../blob-index.ts';
import type { SealingKey } from '../crypto.ts';
import type { CopyFault } from '../upkeep/protocol.ts';

/** What is known of a blob of the source; a byte for each entry, shared by all threads. */
export const standing = {
  unknown: 0,
  /** The target has it. */
  present: 1,
  /** To be copied. */
  needed: 2,
  /** Copied, or taken from elsewhere. */
  sent: 3,
  /** It could not be read, and nobody else has it. */
  lost: 4,
} as const;

export type SourceSetup = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  /** See Backend.localFolder. */
  readonly localFolder: string | null;
  /** For what the thread cannot read by itself. */
  readonly ranges: MessagePort;
  readonly standings: Uint8Array<SharedArrayBuffer>;
  /** A byte for each entry: 1 for folders that somebody has looked into, or is about to. */
  readonly walked: Uint8Array<SharedArrayBuffer>;
};

/** Folders to look into, as columns. */
export type FolderList = {
  /** -1 where the folder is in no index of the source. */
  readonly trees: Int32Array;
  /** The folder of the same path in a snapshot that the target has whole; -1 where there is none. */
  readonly bases: Int32Array;
  /** Which snapshot they were reached from. */
  readonly roots: Int32Array;
  /** Raw, absolute. */
  readonly paths: readonly string[];
};

export type WalkFault = {
  readonly type: BlobType;
  /** Empty where it is the folder that was given. */
  readonly blob: string;
  readonly root: number;
  /** Of a folder: what to pass on if it can be had from elsewhere. */
  readonly base: number;
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
};

export type WalkCounts = {
  readonly folders: number;
  readonly files: number;
  readonly updatedFiles: number;
  /** Blobs that nobody knew to be missing at the target, and their bytes as they lie at the source. */
  readonly missingBlobs: number;
  readonly missingBytes: number;
};

export type Walked = {
  readonly found: FolderList;
  /** Bytes of the files in each of the folders that were asked for. */
  readonly fileBytes: Float64Array;
  readonly counts: WalkCounts;
  readonly faults: readonly WalkFault[];
};

export type CopyCalls = {
  /** The first call. */
  readonly open: { readonly ask: SourceSetup; readonly answer: null };
  /** An index file of the source; `sealed` is transferred. False where it is damaged. */
  readonly loadIndex: { readonly ask: { readonly sealed: Uint8Array<ArrayBuffer> }; readonly answer: boolean };
  readonly walk: { readonly ask: FolderList; readonly answer: Walked };
  /** As `walk` for one folder, whose content comes from elsewhere. */
  readonly walkGiven: {
    readonly ask: { readonly folder: FolderList; readonly plain: Uint8Array };
    readonly answer: Walked;
  };
  /** Takes blobs of one pack over; those that cannot be are named and have no new standing. */
  readonly move: { readonly ask: { readonly entries: Int32Array }; readonly answer: readonly CopyFault[] };
  /** Stores a blob that comes from elsewhere. False where it is not what its id says. */
  readonly store: {
    readonly ask: { readonly type: BlobType; readonly id: string; readonly plain: Uint8Array };
    readonly answer: boolean;
  };
};

export type CallName = keyof CopyCalls;
export type CopyThreadRequest = {
  [Name in CallName]: { readonly job: number; readonly call: Name; readonly ask: CopyCalls[Name]['ask'] };
}[CallName];
export type CopyThreadReply =
  | { readonly job: number; readonly answer: CopyCalls[CallName]['answer'] }
  | { readonly job: number; readonly error: { readonly code: ErrorCode; readonly message: string } };
