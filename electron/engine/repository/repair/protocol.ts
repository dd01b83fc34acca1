/** What threads of repair are asked, and what they answer. Lists of blobs travel as in packed-entries.ts. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RepositoryVersion } from '../blob-codec.ts';
import type { BlobType } from '../blob-index.ts';
import type { SealingKey } from '../crypto.ts';
import type { ListedPack } from '../index-loading.ts';

/** A repository that is read: the one under repair, or a replica with a key of its own. */
export type ReadPlace = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  /** See Backend.localFolder. */
  readonly localFolder: string | null;
  /** For what the thread cannot read by itself. */
  readonly ranges: MessagePort;
};

export type RepairSetup = {
  /** The one under repair comes first. */
  readonly places: readonly ReadPlace[];
  readonly chunkerPolynomial: string;
  /** Two numbers: packs delivered and not yet saved, and how many there may be. */
  readonly packsInFlight: Int32Array;
};

/** What a pack turned out to hold. */
export type PackJudgement = {
  readonly bytes: number;
  /** Its content is what its name says, and every blob in it is what its id says. */
  readonly whole: boolean;
  /** Blobs that can be read where they lie. */
  readonly intact: Uint8Array<ArrayBuffer>;
  /** Blobs that the index or its header promise, and that cannot be read. */
  readonly lost: Uint8Array<ArrayBuffer>;
  /** In words; empty where it is whole. */
  readonly faults: readonly string[];
};

/** A blob by its name. */
export type Taken = { readonly type: BlobType; readonly id: string };

export type RepairCalls = {
  /** What an index file lists. `sealed` is transferred. */
  readonly listIndex: {
    readonly ask: { readonly sealed: Uint8Array<ArrayBuffer> };
    readonly answer: { readonly intact: boolean; readonly packs: readonly ListedPack[] };
  };
  /** Reads a whole pack of the repository under repair. Rejects as its backend does. */
  readonly judge: {
    readonly ask: { readonly packId: string; readonly size: number; readonly expected: readonly Uint8Array[] };
    readonly answer: PackJudgement;
  };
  /** Takes blobs of one pack of a place over into new packs. Answers with those that could not be had. */
  readonly take: {
    readonly ask: { readonly place: number; readonly packId: string; readonly entries: Uint8Array<ArrayBuffer> };
    readonly answer: { readonly failed: readonly Taken[] };
  };
  /** Takes one blob over whose plain bytes are known. False where they are not what the id says. */
  readonly give: {
    readonly ask: { readonly type: BlobType; readonly id: string; readonly plain: Uint8Array };
    readonly answer: { readonly taken: boolean };
  };
  /** Cuts a file as protection would, and takes over what is wanted. Answers with what was found. */
  readonly cut: {
    readonly ask: { readonly path: string; readonly wanted: readonly string[] };
    readonly answer: { readonly found: readonly CutBlob[] };
  };
  /** Sends the packs that are not full. */
  readonly flush: { readonly ask: object; readonly answer: object };
  /** An index file without some packs of another; null where nothing is left. `sealed` is transferred. */
  readonly without: {
    readonly ask: { readonly sealed: Uint8Array<ArrayBuffer>; readonly packs: readonly string[] };
    readonly answer: { readonly file: SealedFile | null };
  };
  readonly sealIndex: {
    readonly ask: { readonly packs: readonly { readonly id: string; readonly entries: Uint8Array<ArrayBuffer> }[] };
    readonly answer: { readonly file: SealedFile };
  };
};

export type CutBlob = { readonly id: string; /** Plain ones. */ readonly bytes: number };

export type SealedFile = { readonly id: string; readonly data: Uint8Array<ArrayBuffer> };

export type CallName = keyof RepairCalls;
export type RepairRequest = {
  [Name in CallName]: { readonly job: number; readonly call: Name } & RepairCalls[Name]['ask'];
}[CallName];

/** A new pack, to be saved; its memory is transferred. */
export type RepairPack = {
  readonly id: string;
  readonly data: Uint8Array<ArrayBuffer>;
  readonly entries: Uint8Array<ArrayBuffer>;
};

export type RepairMessage =
  | { readonly job: number; readonly answer: RepairCalls[CallName]['answer'] }
  | { readonly job: number; readonly error: { readonly code: ErrorCode; readonly message: string } }
  | { readonly pack: RepairPack };
