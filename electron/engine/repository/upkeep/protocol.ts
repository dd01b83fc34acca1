/** What threads of upkeep (prune, repair of the index) are asked, and what they answer. Numbers are those of the shared index. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RepositoryVersion } from '../blob-codec.ts';
import type { SharedBlobIndex } from '../blob-index.ts';
import type { SealingKey } from '../crypto.ts';

export type UpkeepSetup = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  /** A byte for each entry of the index: 1 where a snapshot needs it. Shared by all threads. */
  readonly used: Uint8Array<SharedArrayBuffer>;
  /** See Backend.localFolder. */
  readonly localFolder: string | null;
  /** For what the thread cannot read by itself. */
  readonly ranges: MessagePort;
  /** Two numbers: packs delivered and not yet saved, and how many there may be. */
  readonly packsInFlight: Int32Array;
};

/** What one index file lists, as columns. */
export type LoadedIndexFile = {
  /** False where something in it cannot be true. */
  readonly intact: boolean;
  /** Pack numbers, in the file's order. */
  readonly packs: Int32Array;
  readonly blobCounts: Int32Array;
  /** The least size each pack can have. */
  readonly leastSizes: Float64Array;
  /** Blobs that were known before: `knownColumns` numbers each. */
  readonly known: Uint32Array;
};

/** entry, pack, offset, length, uncompressed length */
export const knownColumns = 5;

/** Why something in a snapshot's folders cannot be relied on; `root` is the snapshot it was reached from. */
export type MarkFault = { readonly root: number; readonly code: ErrorCode; readonly message: string };

export type CopyFault = { readonly entry: number; readonly code: ErrorCode; readonly fault: string };

export type SealedIndex = {
  readonly id: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly packs: readonly string[];
};

export type UpkeepCalls = {
  readonly loadIndex: {
    /** `sealed` is transferred. */
    readonly ask: { readonly sealed: Uint8Array<ArrayBuffer> };
    /** Null where the file is damaged. */
    readonly answer: LoadedIndexFile | null;
  };
  /** Marks what trees need, and finds the trees below that nobody has looked at yet. */
  readonly mark: {
    readonly ask: { readonly trees: Int32Array; readonly roots: Int32Array };
    readonly answer: { readonly trees: Int32Array; readonly roots: Int32Array; readonly faults: readonly MarkFault[] };
  };
  /** Copies blobs of one pack into new packs, which come as `UpkeepPack` messages. */
  readonly copy: {
    readonly ask: { readonly entries: Int32Array };
    readonly answer: readonly CopyFault[];
  };
  /** Sends the packs that are not full. */
  readonly flush: { readonly ask: object; readonly answer: null };
  /** Drops them. */
  readonly discard: { readonly ask: object; readonly answer: null };
  /** Reads blobs where they lie and compares them with their ids. */
  readonly verify: { readonly ask: { readonly entries: Int32Array }; readonly answer: readonly CopyFault[] };
  /** One index file from several, without the packs whose `keep` is 0; null where nothing is left. */
  readonly rewriteIndex: {
    readonly ask: {
      readonly files: readonly { readonly sealed: Uint8Array<ArrayBuffer>; readonly keep: Uint8Array }[];
    };
    readonly answer: SealedIndex | null;
  };
  /** An index file of packs of copies. */
  readonly indexCopies: {
    readonly ask: { readonly packs: readonly { readonly id: string; readonly entries: Int32Array }[] };
    readonly answer: SealedIndex;
  };
  readonly sealIndex: { readonly ask: { readonly entries: readonly Uint8Array[] }; readonly answer: SealedIndex };
  /** What a pack's own header lists. */
  readonly readHeader: {
    readonly ask: { readonly packId: string; readonly size: number };
    readonly answer: HeaderVerdict;
  };
};

export type HeaderVerdict =
  | { readonly indexEntry: Uint8Array; readonly blobs: number }
  | { readonly code: ErrorCode; readonly message: string };

export type CallName = keyof UpkeepCalls;
export type UpkeepRequest = {
  [Name in CallName]: { readonly job: number; readonly call: Name } & UpkeepCalls[Name]['ask'];
}[CallName];

export type UpkeepReply =
  | { readonly job: number; readonly answer: UpkeepCalls[CallName]['answer'] }
  | { readonly job: number; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** A pack of copies, to be saved; its memory is transferred. */
export type UpkeepPack = {
  readonly id: string;
  readonly data: Uint8Array<ArrayBuffer>;
  /** The entries of its blobs, in order, one after the other from offset 0. */
  readonly entries: Int32Array;
};

export type UpkeepMessage = UpkeepReply | { readonly pack: UpkeepPack };
