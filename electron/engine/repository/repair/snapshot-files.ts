/** Snapshot files that are damaged or gone: where each can be had from. */
import type { Issue } from '../../../../shared/contract/common.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { Repository } from '../repository.ts';
import { describeSnapshot, loadSnapshots, type StoredSnapshot } from '../snapshots.ts';
import type { Donors } from './donors.ts';
import type { Safekeeping } from './safekeeping.ts';

export type RecoveredSnapshot = {
  /** Under the id it had. */
  readonly stored: StoredSnapshot;
  readonly isThere: boolean;
  /** For people. */
  readonly from: string;
  /** As it was, byte by byte; null where it is to be written anew, which gives it another id. */
  readonly sealed: Buffer | null;
};

export type SnapshotSurvey = {
  readonly intact: readonly StoredSnapshot[];
  readonly recovered: readonly RecoveredSnapshot[];
  /** Damaged ones of which there is no copy. */
  readonly lost: readonly Issue[];
};

export type SnapshotSources = {
  readonly repository: Repository;
  readonly kept: Safekeeping;
  readonly donors: Donors;
  /** Snapshots that should be there, by their ids. */
  readonly expected: readonly string[];
};

const damageCodes: ReadonlySet<string> = new Set(['STORED_FILE_DAMAGED', 'IO_ERROR']);
const keptName = 'the copy kept here';

export function allSnapshots({ intact, recovered }: SnapshotSurvey): readonly StoredSnapshot[] {
  return [...intact, ...recovered.map(({ stored }) => stored)];
}

export async function surveySnapshots(sources: SnapshotSources): Promise<SnapshotSurvey> {
  const { snapshots, unreadable } = await loadSnapshots(sources.repository);
  const [silent] = unreadable.filter(({ code }) => !damageCodes.has(code));
  // A place that did not answer says nothing about what lies there.
  if (silent !== undefined) throw new HoldfastError(silent.code, silent.message);
  const damaged = new Map(unreadable.map((issue) => [issue.path.replace('snapshots/', ''), issue]));
  const there = new Set([...snapshots.map(({ id }) => id), ...damaged.keys()]);
  // One that was written anew after it was lost is not missing.
  const again = new Set(snapshots.flatMap(({ file }) => file.original ?? []));
  const missing = sources.expected.filter((id) => !there.has(id) && !again.has(id));
  const recovered: RecoveredSnapshot[] = [];
  const lost: Issue[] = [];
  for (const id of [...damaged.keys(), ...missing]) {
    const isThere = damaged.has(id);
    const found = (await fromKept(sources, id, isThere)) ?? (await fromDonors(sources.donors, id, isThere));
    const issue = damaged.get(id);
    if (found !== null) recovered.push(found);
    else if (issue !== undefined) lost.push(issue);
  }
  return { intact: snapshots, recovered, lost };
}

async function fromKept(
  { repository, kept }: SnapshotSources,
  id: string,
  isThere: boolean,
): Promise<RecoveredSnapshot | null> {
  const sealed = await kept.load({ type: 'snapshots', name: id });
  const file = sealed === null ? null : repository.readSnapshot(sealed);
  if (file === null) return null;
  return { stored: describeSnapshot(id, file), isThere, from: keptName, sealed };
}

/** A copy elsewhere says which snapshot it is a copy of (restic's `original`). */
async function fromDonors(donors: Donors, id: string, isThere: boolean): Promise<RecoveredSnapshot | null> {
  for (const replica of donors.replicas) {
    const found = (await snapshotsOf(donors, replica)).find((other) => other.file.original === id || other.id === id);
    if (found === undefined) continue;
    const { parent: _, ...file } = found.file;
    const stored = describeSnapshot(id, { ...file, original: id });
    return { stored, isThere, from: replica.name, sealed: null };
  }
  return null;
}

async function snapshotsOf(donors: Donors, replica: Donors['replicas'][number]): Promise<readonly StoredSnapshot[]> {
  try {
    return await donors.snapshots(replica);
  } catch (error) {
    if (error instanceof HoldfastError) return [];
    throw error;
  }
}
