/** What every kind of source can do: become a tree in a repository. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { Consistency } from '../../../shared/model/hooks.ts';
import type { CheckedMirror } from '../../../shared/model/mirror-checks.ts';
import type { SourceFinding } from '../../../shared/model/source-findings.ts';
import type { Repository } from '../repository/repository.ts';
import type { StoringThread } from '../repository/storing-thread.ts';
import type { RepositoryWriter } from '../repository/writer.ts';

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

export type CapturedItem = {
  readonly path: string;
  readonly complete: boolean;
  /** Not complete, and the operator has accepted that. */
  readonly accepted?: boolean;
};

export type CaptureResult = {
  readonly tree: string;
  readonly counts: CaptureCounts;
  /** Every part that freshness is kept for, and whether all of it was read. */
  readonly items: readonly CapturedItem[];
  /** False where anything could not be read that nobody has accepted. */
  readonly complete: boolean;
  /** Threads that stored trees: to be flushed with the writer's own, then ended. */
  readonly threads: readonly StoringThread[];
};

export interface Source {
  /** Raises SOURCE_… errors where taking a snapshot would replace good data by nothing. */
  capture(context: CaptureContext): Promise<CaptureResult>;
}

/** What a source that lies elsewhere was brought into on this machine; from there it is captured as a folder is. */
export type Prepared = {
  /** Its own name is the first in every path of the snapshot. */
  readonly folder: string;
  /** gitignore patterns, relative to it: what is of the work and not of the source. */
  readonly excludes: readonly string[];
  /** Every part that freshness is kept for, by its path in the snapshot, and whether all of it was fetched. */
  readonly items: readonly CapturedItem[];
  /** What was looked through as a whole in this run. */
  readonly checkedMirrors: readonly CheckedMirror[];
  /** What was asked for elsewhere and is not there yet. */
  readonly requested?: Requested;
};

/** Native snapshots, of which the snapshot in the repository tells, and before whose completion it does not count. */
export type Requested = {
  /** By which they are found again. */
  readonly run: string;
  /** When they were asked for, which is the point that they show. */
  readonly takenAtMs: number;
  readonly natives: number;
  readonly consistency: Consistency;
};

/** `consistency`: as it turned out in the end; null: nothing was asked to hold still. */
export type Held<Result> = { readonly result: Result; readonly consistency: Consistency | null };

/** A part as a snapshot holds it. */
export type PartInSnapshot = {
  readonly snapshot: string;
  readonly takenAtMs: number;
  /** Makes `folder`, which is not there, what it was then. `work` is empty, and on the same file system. */
  readonly bringTo: (folder: string, work: string) => Promise<void>;
};

export type PrepareContext = {
  /** Where the folders of such sources lie, one for each; nothing else lives there. */
  readonly root: string;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  readonly onProgress: (progress: CaptureProgress) => void;
  /** One for each part that could not be fetched, or not all of it; the others go on. */
  readonly onIssue: (issue: Issue) => void;
  /** What is not of this run alone, and stays to be told until it is otherwise. */
  readonly onFinding: (finding: SourceFinding) => void;
  readonly onNotice: (text: string) => void;
  readonly log: (text: string) => void;
  /** Runs the hooks of the source around it, of one that does that itself. It is told what holds so far. */
  readonly hold: <Result>(work: (consistency: Consistency | null) => Promise<Result>) => Promise<Held<Result>>;
  /** The part at that path in snapshots of the source, newest first, each content once. */
  readonly inSnapshots: (path: string) => AsyncIterable<PartInSnapshot>;
};

export interface RemoteSource {
  /** Brings it up to date. Raises what makes it pointless to take a snapshot; what was fetched before stays. */
  prepare(context: PrepareContext): Promise<Prepared>;
  /** Hooks run around a part of `prepare`, and not around the capture. */
  readonly holdsItself?: boolean;
}
