/** What the thread that captures a bucket is told, and what it says. */
import type { MessagePort } from 'node:worker_threads';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Issue } from '../../../../shared/contract/common.ts';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { SealingKey } from '../../repository/crypto.ts';
import type { StoreSetup } from '../../repository/store-protocol.ts';
import type { BucketWanted, CapturedBucket } from './capture.ts';

export type BucketSetup = {
  readonly wanted: BucketWanted;
  readonly access: {
    readonly region: string;
    readonly endpoint: string | null;
    /** Whether the main thread is asked as whom; else what the environment says. */
    readonly asksForCredentials: boolean;
  };
  readonly setup: Pick<StoreSetup, 'index' | 'version'> & { readonly key: SealingKey };
  readonly storePorts: readonly MessagePort[];
  /** Answers range requests. */
  readonly rangePort: MessagePort;
  readonly parentTree: string | null;
};

export type BucketRequest =
  | { readonly type: 'stop' }
  | { readonly type: 'credentials'; readonly identity: AwsCredentialIdentity }
  | { readonly type: 'noCredentials'; readonly message: string };

export type BucketMessage =
  | { readonly type: 'askCredentials' }
  | {
      readonly type: 'progress';
      readonly doneItems: number;
      readonly doneBytes: number;
      readonly currentItem: string | null;
      readonly totals: { readonly items: number; readonly bytes: number } | null;
    }
  | { readonly type: 'issue'; readonly issue: Issue }
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'captured'; readonly captured: CapturedBucket }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };
