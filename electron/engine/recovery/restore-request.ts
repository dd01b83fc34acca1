/** What is asked of a restore, by whoever asks for one. */
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import type { Repository } from '../repository/repository.ts';
import type { Overwrite, PlannedEntry, Sealed } from './restore-protocol.ts';

export type PlannedEvent = { type: 'planned'; entries: PlannedEntry[] };

export type RestoreRequest = {
  readonly repository: Repository;
  /** The console's home: remembers what an interrupted restore had made. */
  readonly home: string;
  readonly selections: readonly string[];
  readonly source: string | undefined;
  /** Absolute path, or null for the original place. */
  readonly target: string | null;
  readonly overwrite: Overwrite;
  readonly dryRun: boolean;
  /** Of a restore run: its id, where it notes what it makes, and whether what it made is only compared. */
  readonly run?: { readonly id: string; readonly ledger: string; readonly compare: boolean };
  /** A folder on the target's file system that holds an earlier restore: what is the same is taken over from there. */
  readonly basis?: { readonly folder: string; readonly sealedNs: bigint };
  /** Nothing is written: what is there, also on top of the snapshot, is held against it. */
  readonly compare?: Sealed;
  readonly throttle?: SharedThrottle;
  readonly verify: boolean;
  /** The target is a folder of the console's own, in its home, which holds nothing else. */
  readonly isOwnFolder?: boolean;
  /** Begin although it cannot fit. */
  readonly ignoreFreeSpace: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  readonly say: (event: PlannedEvent) => Promise<void>;
};
