/** What copying snapshots from one repository to another is asked, and what it answers. */
import type { ErrorCode } from '../../../../shared/model/errors.ts';
import type { BlobType } from '../blob-index.ts';
import type { Repository } from '../repository.ts';

export type CopyRequest = {
  readonly from: Repository;
  readonly to: Repository;
  /** Ids at the source, in the order in which they are wanted. */
  readonly snapshots: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CopyProgress) => void;
  /** What has become of a snapshot, as soon as that is known: what then ends the copying does not take it back. */
  readonly onSnapshot: (outcome: SnapshotOutcome) => void;
  readonly onNotice: (text: string) => void;
  /** Bytes a second that may leave for the target, asked again for each slice; null: as many as will go. */
  readonly throttle?: () => number | null;
  /**
   * A folder of this machine, made where it is missing, in which is kept what snapshot files say: what was looked at once
   * is not loaded again. The same for all repositories of a home.
   */
  readonly memory?: string;
  /** Tags that the copy of a snapshot gets beside its own, which are given. */
  readonly tags?: (id: string, tags: readonly string[]) => readonly string[];
  /** What of its own tags the copy keeps; by default all. */
  readonly keptTags?: (tags: readonly string[]) => readonly string[];
  /** Another way to what is damaged or missing at the source. */
  readonly rescue?: Rescue;
};

/** The plain bytes of a blob, from wherever; null where nobody has it. What comes is compared with the id. */
export type Rescue = (type: BlobType, id: string) => Promise<Uint8Array | null>;

export type CopyResult = {
  /** One for each snapshot that was asked for, in that order. */
  readonly outcomes: readonly SnapshotOutcome[];
  readonly figures: CopyFigures;
};

export type SnapshotOutcome =
  | {
      readonly id: string;
      /** `present`: it was there already. */
      readonly state: 'copied' | 'present';
      /** Its id at the target. */
      readonly copy: string;
    }
  | {
      readonly id: string;
      readonly state: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      /** What is damaged or missing, at most a hundred of them. */
      readonly damage: readonly CopyDamage[];
    };

export type CopyDamage = {
  readonly type: BlobType;
  readonly blob: string;
  /** Raw, absolute, where it was met first. */
  readonly path: string;
  readonly message: string;
};

export type CopyProgress = {
  readonly phase: 'comparing' | 'walking' | 'copying' | 'finishing';
  /** Snapshots of which is known what becomes of them. */
  readonly doneSnapshots: number;
  readonly totalSnapshots: number;
  /** Bytes still to be read at the source; null until what is missing is known. */
  readonly missingBytes: number | null;
  readonly figures: CopyFigures;
};

export type CopyFigures = {
  /** What the files of the snapshots that were not there yet hold together. */
  readonly scannedBytes: number;
  /** Of these, what lies in folders that were compared: others are equal to those of a snapshot that is there. */
  readonly checkedBytes: number;
  /** Plain bytes of what was missing and has arrived. */
  readonly sentBytes: number;
  /** Bytes that went to the target, as they travelled. */
  readonly sentNetBytes: number;
  readonly sentBlobs: number;
  readonly sentPacks: number;
  /** Folders that were compared, files in them, and those files of which something was missing. */
  readonly folders: number;
  readonly files: number;
  readonly updatedFiles: number;
  readonly durationMs: number;
  /** Calls of the backends. */
  readonly sourceRequests: number;
  readonly targetRequests: number;
  /** Calls that had to be made again. */
  readonly retries: number;
};

export type CopySnapshots = (request: CopyRequest) => Promise<CopyResult>;
