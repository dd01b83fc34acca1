/** The snapshot that is looked at, with all that its parts of the screen need. */
import type { Connection } from '../../../shared/contract/repositories.ts';

export type SnapshotOf = {
  readonly repository: Connection;
  readonly source: string;
  readonly host: string | null;
  readonly id: string;
  /** ISO-8601 UTC. */
  readonly takenAt: string;
};
