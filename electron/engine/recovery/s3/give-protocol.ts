/** What the thread that gives objects back to a bucket is told, and what it says. */
import type { MessagePort } from 'node:worker_threads';
import type { BucketRestoreInput, BucketRestoreResult } from '../../../../shared/contract/buckets.ts';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RepositoryVersion } from '../../repository/blob-codec.ts';
import type { SharedBlobIndex } from '../../repository/blob-index.ts';
import type { FollowOptions } from './follow-target.ts';
import type { SealingKey } from '../../repository/crypto.ts';

export type GiveOptions = {
  /** Of the snapshot. */
  readonly tree: string;
  /** Text: only keys that begin with it. */
  readonly from: string;
  /** Raw keys: none but these. */
  readonly only?: readonly string[];
  readonly bucket: string;
  /** Put before each key. */
  readonly prefix: string;
  readonly overwrite: NonNullable<BucketRestoreInput['overwrite']>;
  readonly versions: 'newest' | 'all';
  readonly dryRun: boolean;
  readonly verify: boolean;
  /** The target is to hold what the snapshot has and nothing else. */
  readonly follows?: FollowOptions;
  /** A file that is there as long as uploads are under way. */
  readonly journal: string;
};

export type GiveSetup = {
  readonly options: GiveOptions;
  readonly access: {
    readonly region: string;
    readonly endpoint: string | null;
    readonly credentialsPort: MessagePort | null;
  };
  readonly repository: {
    readonly key: SealingKey;
    readonly version: RepositoryVersion;
    readonly index: SharedBlobIndex;
    /** Answers range requests. */
    readonly rangePort: MessagePort;
  };
};

export type Given = Omit<BucketRestoreResult, 'snapshot' | 'issues' | 'durationMs'> & {
  /** Of a target that follows: what it had and the snapshot has not. */
  readonly removed?: number;
};

export type GiveMessage =
  | {
      readonly type: 'progress';
      readonly doneItems: number;
      readonly doneBytes: number;
      readonly currentItem: string | null;
    }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'given'; readonly given: Given }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };
