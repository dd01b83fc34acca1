/** What the browsing thread is given, asked, and answers. */
import type { MessagePort } from 'node:worker_threads';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { RepositoryVersion } from '../repository/blob-codec.ts';
import type { SharedBlobIndex } from '../repository/blob-index.ts';
import type { SealingKey } from '../repository/crypto.ts';
import type { FileRequest, FolderPart, FoundFolder, PageRequest } from './tree-browser.ts';

export type BrowseWorkerData = {
  readonly key: SealingKey;
  readonly version: RepositoryVersion;
  readonly index: SharedBlobIndex;
  readonly rangePort: MessagePort;
};

export type BrowseRequest =
  | { readonly request: number; readonly type: 'page'; readonly page: PageRequest }
  /** The folders in a folder, or the content of a file. */
  | { readonly request: number; readonly type: 'folders'; readonly tree: string; readonly path: RawPath }
  | { readonly request: number; readonly type: 'file'; readonly file: FileRequest }
  /** Reads one more index file into the table. */
  | { readonly request: number; readonly type: 'loadIndex'; readonly sealed: Uint8Array<ArrayBuffer> };

export type BrowseReply =
  | { readonly request: number; readonly part: FolderPart }
  /** Null where there is no such folder or file. */
  | { readonly request: number; readonly folders: readonly FoundFolder[] | null }
  | { readonly request: number; readonly content: Uint8Array<ArrayBuffer> | null }
  /** Whether the index file was intact. */
  | { readonly request: number; readonly intact: boolean }
  | { readonly request: number; readonly code: ErrorCode; readonly message: string };
