/** What the threads that read images are asked, and what they answer. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { RepositoryVersion } from '../../repository/blob-codec.ts';
import type { SharedBlobIndex } from '../../repository/blob-index.ts';
import type { SealingKey } from '../../repository/crypto.ts';
import type { BlobStretch } from './block-map.ts';

export type ImageWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
  readonly localFolder: string | null;
  readonly client: MessagePort;
};

/** A block: stretches of blobs one after the other, filled up with zeros, to be written into memory that both share. */
export type BlockRequest = {
  readonly job: number;
  readonly stretches: readonly BlobStretch[];
  readonly into: Uint8Array;
};

export type BlockAnswer =
  /** SHA-256 of what was written; null: nothing but zeros. */
  { readonly hash: Uint8Array | null } | { readonly error: { readonly code: ErrorCode; readonly message: string } };
export type BlockReply = { readonly job: number; readonly block: BlockAnswer };
