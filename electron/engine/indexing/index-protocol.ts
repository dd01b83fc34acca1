/** What the indexing thread is given, and what it says. */
import type { MessagePort } from 'node:worker_threads';
import type { Caller, Issue } from '../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { IndexScope } from '../catalog/versions.ts';
import type { RepositoryVersion } from '../repository/blob-codec.ts';
import type { SharedBlobIndex } from '../repository/blob-index.ts';
import type { SealingKey } from '../repository/crypto.ts';

export type IndexWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
  readonly catalogPort: MessagePort;
  readonly caller: Caller;
  /** Which snapshots are taken in. */
  readonly scope: IndexScope;
};

export type IndexMessage =
  | { readonly type: 'indexLoaded'; readonly isIntact: boolean }
  | { readonly type: 'snapshot'; readonly snapshot: string; readonly source: string }
  | { readonly type: 'progress'; readonly entries: number; readonly currentItem: string }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'indexed'; readonly snapshot: string; readonly entries: number }
  /** A snapshot whose trees cannot be read; the catalog holds nothing of it. */
  | { readonly type: 'refused'; readonly snapshot: string; readonly code: ErrorCode; readonly message: string }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

/** What is said of the snapshots themselves. */
export type IndexNews = Exclude<IndexMessage, { readonly type: 'indexLoaded' | 'finished' | 'failed' }>;

export type IndexRequest =
  /** Only before it begins. */
  | { readonly type: 'loadIndex'; readonly sealed: Uint8Array<ArrayBuffer> }
  | { readonly type: 'begin' }
  /** Stop between two folders. What has been written of a snapshot stays, and is gone on with later. */
  | { readonly type: 'stop' };
