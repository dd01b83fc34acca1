/** What the threads that read images are asked, and what they answer. Bytes are transferred. */
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
  readonly client: MessagePort;
};

/** A block: stretches of blobs one after the other, filled up with zeros. */
export type BlockRequest = { readonly job: number; readonly stretches: readonly BlobStretch[] };

export type BlockAnswer =
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly hash: Uint8Array }
  /** Nothing but zeros. */
  | { readonly bytes: null }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };
export type BlockReply = { readonly job: number; readonly block: BlockAnswer };
