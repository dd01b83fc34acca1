/** What the comparing thread is given, and what it says. */
import type { MessagePort } from 'node:worker_threads';
import type { Issue } from '../../../shared/contract/common.ts';
import type { DiffEntry, DiffSummary } from '../../../shared/contract/diff.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RepositoryVersion } from './blob-codec.ts';
import type { SharedBlobIndex } from './blob-index.ts';
import type { SealingKey } from './crypto.ts';

export type DiffWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
  readonly before: string;
  readonly after: string;
  /** Whether changes of metadata alone are told one by one. */
  readonly metadata: boolean;
};

export type DiffMessage =
  /** Answered with `taken` before the next one is sent. */
  | { readonly type: 'entries'; readonly entries: DiffEntry[] }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'finished'; readonly summary: DiffSummary }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

export type DiffRequest = { readonly type: 'taken' };
