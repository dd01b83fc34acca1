/** What the threads of a restore say to each other. Paths are raw; a `base` is a folder held open (see open-folder.ts). */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import type { RepositoryVersion } from '../repository/blob-codec.ts';
import type { SharedBlobIndex } from '../repository/blob-index.ts';
import type { SealingKey } from '../repository/crypto.ts';
import type { ExtendedAttribute } from '../repository/format/tree-node.ts';
import type { OwnerMark } from './temporary-file.ts';

/** `compare`: what is there is held against the snapshot, and nothing is changed. */
export type RestoreMode = 'plan' | 'write' | 'compare';

export type Overwrite = 'never' | 'if-changed' | 'always';

/** Metadata of anything that can be restored. */
export type Metadata = {
  /** 0o0000 to 0o7777. */
  readonly permissions: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeNs: bigint;
  readonly xattrs: readonly ExtendedAttribute[];
};

export type FileTask = {
  /** Name to write under until the file is whole; the same for every run of the same restore. */
  readonly temporaryName: RawPath;
  /** Path prefix of the folder it goes to, ending in a slash. */
  readonly base: RawPath;
  readonly name: RawPath;
  /** What to do about a regular file of that name: none is there, compare first (then keep or replace), or replace. */
  readonly existing: 'none' | 'compare-keep' | 'compare-replace' | 'replace';
  /** Ids of its blobs in order, 32 bytes each. */
  readonly content: Uint8Array;
  readonly metadata: Metadata;
  /** Folder in the same folder that keeps what is replaced; null where it need not be kept. */
  readonly aside: RawPath | null;
};

export type FileOutcome =
  | {
      readonly outcome: 'written';
      readonly bytes: number;
      readonly verified: boolean;
      readonly notes: readonly string[];
    }
  /** It was in place with the snapshot's content. */
  | { readonly outcome: 'unchanged'; readonly bytes: number; readonly notes: readonly string[] }
  /** It was taken over from an earlier restore, which nobody has touched since: nothing was read. */
  | { readonly outcome: 'taken'; readonly notes: readonly string[] }
  /** Something else was in place and stayed. */
  | { readonly outcome: 'kept' }
  | { readonly outcome: 'failed'; readonly code: ErrorCode; readonly message: string };

export type DataRequest =
  | { readonly type: 'files'; readonly job: number; readonly files: readonly FileTask[] }
  /** A large file is about to come in parts: makes it under its temporary name, `size` bytes long. */
  | { readonly type: 'begin'; readonly job: number; readonly file: FileTask; readonly size: number }
  | {
      readonly type: 'part';
      readonly job: number;
      /** With the content of this part only. */
      readonly file: FileTask;
      /** Byte of the file at which the part begins. */
      readonly offset: number;
      /** An interrupted run left the file: what is right in it stays. */
      readonly resumed: boolean;
      readonly mark: OwnerMark;
    }
  /** All parts are written: metadata and the name. */
  | {
      readonly type: 'finish';
      readonly job: number;
      readonly file: FileTask;
      readonly size: number;
      readonly mark: OwnerMark;
    };

export type DataReply = {
  readonly job: number;
  readonly outcomes: readonly FileOutcome[];
  /** Of `begin`: the file was there already. */
  readonly resumed: boolean;
  /** Of `begin`: how the file is recognised when it is opened again. */
  readonly mark: OwnerMark;
};

export type DataWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
  /** See Backend.localFolder. */
  readonly localFolder: string | null;
  readonly client: MessagePort;
  readonly verify: boolean;
  /** Keeps it within limits; null: there are none. */
  readonly throttle: SharedThrottle | null;
  /** Bytes written so far by all threads; one BigInt64. */
  readonly bytesDone: BigInt64Array;
};

/** Times are of the clock of the file system, in nanoseconds. */
export type Sealed = {
  /** What was last changed before is as it was restored; whatever was changed then or later is compared. */
  readonly sealedNs: bigint;
};

/** An earlier restore on the same file system: what it has of the new one is taken over. */
export type Basis = Sealed & { readonly folder: RawPath };

export type PlannedSelection = {
  readonly snapshotId: string;
  readonly tree: string;
  /** Absolute raw path in the snapshot, '/' for all of it. */
  readonly path: RawPath;
};

export type PlanWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
  readonly dataPorts: readonly MessagePort[];
  readonly selections: readonly PlannedSelection[];
  /** Absolute; '/' restores to the original place. */
  readonly target: RawPath;
  readonly overwrite: Overwrite;
  readonly mode: RestoreMode;
  readonly basis: Basis | null;
  /** Of a comparison that is to be quick; it also finds what is there on top of the snapshot. */
  readonly sealed: Sealed | null;
  /** Identities (`TargetFolder.identity`) of folders into which nothing is restored. */
  readonly forbidden: readonly string[];
  /** Of a restore run: where what it makes is noted, and its id. */
  readonly ledger: { readonly path: string; readonly run: string } | null;
  /** Folders that an interrupted run of the same restore had made: they are ours to finish. */
  readonly journal: string;
  /** Whether to find out how much it is before anything is written. */
  readonly measures: boolean;
  /** Bytes beyond which it cannot fit for sure (TARGET_TOO_SMALL); null where that is not known, or does not matter. */
  readonly roomBytes: number | null;
};

export type PlannedEntry = {
  readonly path: string;
  readonly from: string;
  readonly bytes: number;
  readonly action: 'create' | 'replace' | 'keep' | 'unchanged';
};

export type RestoreCounts = {
  files: number;
  folders: number;
  others: number;
  bytes: number;
  writtenBytes: number;
  unchangedFiles: number;
  verifiedFiles: number;
  verifiedBytes: number;
};

/** What the planning thread is told: that a batch of `planned` has been taken. It does not run far ahead of its reader. */
export type PlanRequest = { readonly type: 'taken' };

export type PlanMessage =
  /** Before anything is written. */
  | { readonly type: 'measured'; readonly items: number; readonly bytes: number }
  | { readonly type: 'progress'; readonly items: number; readonly currentItem: string }
  | {
      readonly type: 'issue';
      readonly issue: { readonly path: string; readonly code: ErrorCode; readonly message: string };
    }
  | { readonly type: 'conflict'; readonly path: string; readonly action: 'kept' | 'replaced' }
  | { readonly type: 'planned'; readonly entries: readonly PlannedEntry[] }
  | { readonly type: 'finished'; readonly counts: RestoreCounts }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };
