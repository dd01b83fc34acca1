/** What reading threads are asked, and what they answer. */
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RepositoryVersion } from './blob-codec.ts';
import type { SharedBlobIndex } from './blob-index.ts';
import type { PackVerdict } from './check-pack.ts';
import type { SealingKey } from './crypto.ts';
import type { TreePiece } from './format/tree.ts';
import type { ListedPack } from './index-loading.ts';

export type ReadWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  /** See Backend.localFolder. */
  readonly localFolder: string | null;
};

export type ReadRequest =
  | {
      readonly job: number;
      readonly type: 'loadIndex';
      readonly sealed: Uint8Array<ArrayBuffer>;
      /** Whether to answer with the packs. */ readonly list: boolean;
    }
  | {
      readonly job: number;
      readonly type: 'checkPack';
      readonly packId: string;
      /** Null where the thread shall read the pack by itself. */
      readonly data: Uint8Array<ArrayBuffer> | null;
      /** What the indexes say lies in the pack (packed-entries.ts), one list an index file. */
      readonly expected: readonly Uint8Array[];
    }
  /** A tree that is too large to be parsed where others wait. Answered with its first nodes. */
  | {
      readonly job: number;
      readonly type: 'openTree';
      readonly tree: string;
      /** As it lies in its pack. */
      readonly sealed: Uint8Array<ArrayBuffer>;
    }
  /** The next nodes of an opened tree, by the job that opened it. */
  | { readonly job: number; readonly type: 'nextNodes'; readonly opened: number }
  | { readonly job: number; readonly type: 'closeTree'; readonly opened: number };

export type ReadReply = { readonly job: number; readonly result: LoadedIndex | PackVerdict | TreeStep };

/** Null after the last nodes. */
export type TreeStep =
  | { readonly piece: TreePiece | null }
  | { readonly failed: { readonly code: ErrorCode; readonly message: string } };

export type LoadedIndex = { readonly intact: boolean; readonly packs: readonly ListedPack[] };
