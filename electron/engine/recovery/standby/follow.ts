/** What every kind of standby is told, and what it answers. */
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import type { SharedThrottle } from '../../platform/throttle.ts';
import type { Repository } from '../../repository/repository.ts';
import type { StoredSnapshot } from '../../repository/snapshots.ts';

export type FollowRequest = {
  readonly home: string;
  readonly repository: Repository;
  /** What is to be shown. */
  readonly snapshot: StoredSnapshot;
  /** By what it was called where it was taken; null where the repository does not have it. */
  readonly storedAs: (original: string) => StoredSnapshot | null;
  readonly mark: { readonly id: string; readonly name: string; readonly source: string };
  readonly versions: number;
  readonly keepChanges: boolean;
  /** Only looks for changes by others. */
  readonly looksOnly: boolean;
  /** Writes also where the newest is shown already: what somebody has changed is put right. */
  readonly putsRight: boolean;
  readonly throttle: SharedThrottle;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type Followed = {
  readonly updated: boolean;
  readonly place: string;
  readonly items: number;
  readonly written: number;
  readonly unchanged: number;
  /** Of the target, because the snapshot does not have it any more. */
  readonly removed: number;
  readonly writtenBytes: number;
  /** What was not as it had been restored. */
  readonly drift: readonly string[];
  readonly kept: readonly { readonly name: string; readonly takenAtMs: number; readonly changed: boolean }[];
};

/** Of that many changes by others the names are kept. */
export const namedDrift = 20;

export const nothingDone = { items: 0, written: 0, unchanged: 0, removed: 0, writtenBytes: 0 } as const;
