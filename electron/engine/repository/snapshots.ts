/** Snapshots of a repository: listing, and finding one by what a person types. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Issue } from '../../../shared/contract/common.ts';
import { parseGoTime } from './format/go-time.ts';
import { readFact, type SnapshotFile } from './format/snapshot.ts';
import type { Repository } from './repository.ts';

export type StoredSnapshot = {
  readonly id: string;
  readonly file: SnapshotFile;
  /** Epoch milliseconds. */
  readonly takenAtMs: number;
  /** The source's name; for a snapshot that restic made, its paths. */
  readonly source: string;
};

export type SnapshotListing = {
  /** Oldest first. */
  readonly snapshots: readonly StoredSnapshot[];
  readonly unreadable: readonly Issue[];
};

const loadedAtOnce = 16;

/** All snapshots that describe data; the console's own configuration is not among them. */
export async function listSnapshots(repository: Repository): Promise<SnapshotListing> {
  const { snapshots, unreadable } = await loadSnapshots(repository);
  return { snapshots: snapshots.filter(({ file }) => readFact(file.tags, 'kind') !== 'configuration'), unreadable };
}

/** Every snapshot, the configuration's too. One that cannot be read is named and does not hide the others. */
export async function loadSnapshots(repository: Repository): Promise<SnapshotListing> {
  return loadNamedSnapshots(
    repository,
    (await repository.backend.list('snapshots')).map(({ name }) => name),
  );
}

/** As `loadSnapshots`, those with the given ids. */
export async function loadNamedSnapshots(repository: Repository, ids: readonly string[]): Promise<SnapshotListing> {
  const names = [...ids];
  const snapshots: StoredSnapshot[] = [];
  const unreadable: Issue[] = [];
  const load = async (): Promise<void> => {
    for (let id = names.pop(); id !== undefined; id = names.pop()) {
      try {
        snapshots.push(describeSnapshot(id, await repository.loadSnapshot(id)));
      } catch (error) {
        if (!(error instanceof HoldfastError)) throw error;
        // Removed by another program since the listing.
        if (error.code !== 'STORED_FILE_MISSING')
          unreadable.push({ path: `snapshots/${id}`, code: error.code, message: error.message });
      }
    }
  };
  await Promise.all(Array.from({ length: loadedAtOnce }, load));
  snapshots.sort((a, b) => a.takenAtMs - b.takenAtMs || (a.id < b.id ? -1 : 1));
  return { snapshots, unreadable };
}

/** Throws STORED_FILE_DAMAGED where it has no readable time. */
export function describeSnapshot(id: string, file: SnapshotFile): StoredSnapshot {
  const takenAt = parseGoTime(file.time);
  if (takenAt === null) throw new HoldfastError('STORED_FILE_DAMAGED', `snapshots/${id} has no readable time.`);
  const source = readFact(file.tags, 'source') ?? file.paths.join(' + ');
  return { id, file, takenAtMs: Number(takenAt / 1_000_000n), source };
}

export type SnapshotReference = {
  readonly snapshot: StoredSnapshot;
  /** Display form, absolute, or null for all of it. */ readonly path: string | null;
};

/**
 * What `<id>[:path]` means: an id, a prefix of one, or `latest`. Throws SNAPSHOT_NOT_FOUND and SNAPSHOT_AMBIGUOUS.
 */
export function resolveReference(
  snapshots: readonly StoredSnapshot[],
  reference: string,
  source: string | undefined,
): SnapshotReference {
  const colon = reference.indexOf(':');
  const name = colon < 0 ? reference : reference.slice(0, colon);
  const path = colon < 0 || colon === reference.length - 1 ? null : reference.slice(colon + 1);
  const candidates = source === undefined ? snapshots : snapshots.filter((snapshot) => snapshot.source === source);
  if (name === 'latest') {
    const latest = candidates.at(-1);
    if (latest !== undefined) return { snapshot: latest, path };
    throw new HoldfastError(
      'SNAPSHOT_NOT_FOUND',
      source === undefined ? 'There is no snapshot yet.' : `There is no snapshot of ${source}.`,
    );
  }
  const matches = /^[0-9a-f]{1,64}$/.test(name) ? candidates.filter(({ id }) => id.startsWith(name)) : [];
  const [snapshot] = matches;
  if (snapshot === undefined) throw new HoldfastError('SNAPSHOT_NOT_FOUND', `No snapshot is called ${name}.`);
  if (matches.length > 1)
    throw new HoldfastError('SNAPSHOT_AMBIGUOUS', `${matches.length} snapshots begin with ${name}.`);
  return { snapshot, path };
}
