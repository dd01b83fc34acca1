/** Where the newest snapshot of a source lies. */
import type { SourceState } from '../../../../shared/contract/live.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';

export type NewestSnapshot = {
  /** The id of a connection. */
  readonly repository: string;
  readonly snapshot: string;
  readonly takenAt: string;
};

export function useNewestSnapshot({ newest }: SourceState): NewestSnapshot | null {
  const primary = usePrimaryRepository();
  if (newest === null) return null;
  const repository = newest.repository === '' ? (primary?.id ?? '') : newest.repository;
  return { repository, snapshot: newest.snapshot, takenAt: newest.takenAt };
}
