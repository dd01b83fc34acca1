/** What every kind of source can do: become a tree in a repository. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { Repository } from '../repository/repository.ts';
import type { RepositoryWriter, StoringThread } from '../repository/writer.ts';

export type CaptureProgress = {
  readonly doneItems: number;
  readonly doneBytes: number;
  readonly currentItem: string | null;
  /** Null until the whole amount is known. */
  readonly totals: { readonly items: number; readonly bytes: number } | null;
};

export type CaptureCounts = {
  readonly files: { readonly new: number; readonly changed: number; readonly unmodified: number };
  readonly folders: { readonly new: number; readonly changed: number; readonly unmodified: number };
  /** Bytes of all files in the snapshot. */
  readonly bytes: number;
};

export type CaptureContext = {
  readonly repository: Repository;
  readonly writer: RepositoryWriter;
  /** Tree of the newest snapshot of this source, or null for the first. */
  readonly parentTree: string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CaptureProgress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type CaptureResult = {
  readonly tree: string;
  readonly counts: CaptureCounts;
  /** Every part that freshness is kept for, and whether all of it was read. */
  readonly items: readonly { readonly path: string; readonly complete: boolean }[];
  /** False where anything could not be read. */
  readonly complete: boolean;
  /** Threads that stored trees: to be flushed with the writer's own, then ended. */
  readonly threads: readonly StoringThread[];
};

export interface Source {
  /** Raises SOURCE_… errors where taking a snapshot would replace good data by nothing. */
  capture(context: CaptureContext): Promise<CaptureResult>;
}
