import type { Hold } from '../../../shared/contract/holds.ts';
import type { Snapshot } from '../../../shared/contract/snapshots.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { diffSnapshots } from '../repository/diff-snapshots.ts';
import { readConsistency, readFact } from '../repository/format/snapshot.ts';
import { ReadPool } from '../repository/read-pool.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../repository/snapshots.ts';
import { openAccess } from './access.ts';
import { handlers } from './context.ts';
import { findHolds } from './holds.ts';
import { listEntries } from './list-entries.ts';

export const snapshotsHandlers = {
  list: handlers.snapshots.list.handler(async ({ input, context }) => {
    const repository = await openAccess(context, input.repository);
    const { snapshots, unreadable } = await listSnapshots(repository);
    const { holds, notices } = await findHolds(context, repository, snapshots);
    const { source: wanted, after, limit } = input;
    const chosen = wanted === undefined ? snapshots : snapshots.filter(({ source }) => source === wanted);
    const first = after === undefined ? 0 : chosen.findIndex(({ id }) => id === after) + 1;
    if (after !== undefined && first === 0)
      throw new HoldfastError('SNAPSHOT_NOT_FOUND', `There is no snapshot ${after.slice(0, 8)} (any more).`);
    const page = chosen.slice(first, first + limit);
    return {
      more: first + page.length < chosen.length,
      snapshots: page.map((snapshot) => present(snapshot, holds.get(snapshot.id) ?? null)),
      unreadable: [...unreadable],
      notices: [...notices],
    };
  }),
  ls: handlers.snapshots.ls.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(context, input.repository);
    const pool = await ReadPool.open(repository, { rescue: repository.rescue });
    try {
      yield* listEntries(repository, pool, {
        reference: input.snapshot,
        source: input.source,
        recursive: input.recursive,
        signal,
      });
    } finally {
      await pool.close();
    }
  }),
  diff: handlers.snapshots.diff.handler(async function* ({ input, context, signal }) {
    const repository = await openAccess(context, input.repository);
    const { snapshots } = await listSnapshots(repository);
    const treeOf = (reference: string): string =>
      resolveReference(snapshots, reference, input.source).snapshot.file.tree;
    const [before, after] = [treeOf(input.before), treeOf(input.after)];
    yield* diffSnapshots(repository, { before, after, metadata: input.metadata, signal });
  }),
};

const statuses = new Set(['complete', 'completeWithExceptions', 'partial', 'pending']);

function present({ id, file, source, takenAtMs }: StoredSnapshot, hold: Hold | null): Snapshot {
  const status = readFact(file.tags, 'status') ?? 'unknown';
  return {
    id,
    source,
    takenAt: new Date(takenAtMs).toISOString(),
    status: statuses.has(status) ? (status as Snapshot['status']) : 'unknown',
    tenant: readFact(file.tags, 'tenant') ?? 'default',
    actor: readFact(file.tags, 'actor') ?? file.username ?? '',
    hostname: file.hostname ?? '',
    paths: [...file.paths],
    tags: file.tags.filter((tag) => !tag.startsWith('holdfast:')),
    program: file.program_version ?? '',
    files: file.summary?.total_files_processed ?? null,
    bytes: file.summary?.total_bytes_processed ?? null,
    ...readConsistency(file.tags),
    hold,
  };
}
