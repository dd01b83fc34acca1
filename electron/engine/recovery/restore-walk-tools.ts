/** What a walk of a restore works with, and what was chosen for it. */
import type { ErrorCode } from '../../../shared/model/errors.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { BlobIndex } from '../repository/blob-index.ts';
import type { BlobReader } from '../repository/blob-reader.ts';
import type { DataClient } from './data-client.ts';
import type { RestoreJournal } from './restore-journal.ts';
import type { Basis, Overwrite, PlannedEntry, RestoreMode, Sealed } from './restore-protocol.ts';
import type { RestoreLedger } from './runs/ledger.ts';

export type RestoreWalkTools = {
  readonly index: BlobIndex;
  readonly reader: BlobReader;
  readonly data: DataClient;
  readonly journal: RestoreJournal;
  /** Of a restore run that writes. */
  readonly ledger: RestoreLedger | null;
  /** What a comparison does not look at, because it is known not to be as stored. */
  readonly leftOut: ReadonlySet<RawPath>;
  readonly onIssue: (path: RawPath, code: ErrorCode, message: string) => void;
  readonly onConflict: (path: RawPath, action: 'kept' | 'replaced') => void;
  readonly onPlanned: (entry: PlannedEntry) => void;
  /** A promise where whoever reads the plan is behind. */
  readonly room: () => Promise<void> | null;
  readonly onItem: (items: number, path: RawPath) => void;
};

export type RestoreWalkOptions = {
  readonly target: RawPath;
  readonly overwrite: Overwrite;
  readonly mode: RestoreMode;
  /** Name of the folder for what is replaced; null where that is not kept. */
  readonly aside: RawPath | null;
  readonly basis: Basis | null;
  readonly sealed: Sealed | null;
  /** Identities of folders into which nothing is restored, whatever path leads there. */
  readonly forbidden: ReadonlySet<string>;
};
