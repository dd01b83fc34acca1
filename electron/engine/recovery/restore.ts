/** Bringing back paths from snapshots: one run, from references to a verified result. */
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import { rawFromDisplay, type RawPath } from '../platform/raw-path.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { readFact, readFacts } from '../repository/format/snapshot.ts';
import { beginReadLock, type RepositoryLock } from '../repository/lock.ts';
import { ReadPool } from '../repository/read-pool.ts';
import type { Repository } from '../repository/repository.ts';
import { RescueCount } from '../repository/rescue.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../repository/snapshots.ts';
import { SteadyReads } from '../repository/steady-reads.ts';
import { findNodeIn } from '../repository/tree-lookup.ts';
import type { PlannedSelection } from './restore-protocol.ts';
import type { RestoreRequest } from './restore-request.ts';
import { prepareTarget, roomAt } from './restore-target.ts';
import { RestoreThreads, type Chosen } from './restore-threads.ts';

const notRoot = 'Not running as root: what is restored will belong to this account, without set-id bits and devices.';

export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const startedAtMs = Date.now();
  const { repository } = request;
  const lock = await beginReadLock(repository, request.onNotice);
  let isAway = false;
  try {
    if (!request.dryRun && process.getuid?.() !== 0) request.onNotice(notRoot);
    const { snapshots } = await listSnapshots(repository);
    const rescued = new RescueCount(repository.rescue);
    const steady = new SteadyReads(repository.backend, { elsewhere: rescued.rescue, onNotice: request.onNotice });
    const pool = await ReadPool.open(repository, { rescue: rescued.rescue });
    steady.waitBy(patientReader(repository, pool));
    try {
      for (const { name } of pool.damagedIndexes) {
        request.onIssue({
          path: `index/${name}`,
          code: 'STORED_FILE_DAMAGED',
          message: 'The index file is damaged; what only it lists cannot be found.',
        });
      }
      const chosen = await choose(request, snapshots, pool);
      await lock.confirmed;
      const target = await prepareTarget(request);
      const signal = AbortSignal.any([request.signal, whileItMatters(lock, steady)]);
      const room = await roomAt(target);
      const run = new RestoreThreads(request, pool, chosen, { target, room, steady }, signal);
      const result = await run.finish(startedAtMs, room?.freeBytes ?? null);
      for (const text of rescued.words()) request.onNotice(text);
      isAway = steady.isAway;
      return { ...result, elsewhere: rescued.places() };
    } finally {
      await pool.close();
    }
  } finally {
    // It goes away by itself at a place that does not answer, and nobody waits for that.
    if (isAway) lock.release().catch(() => undefined);
    else await lock.release();
  }
}

/** Asks nobody else, and waits as long as the place is waited for. */
function patientReader({ key, config, backend }: Repository, { index }: ReadPool): BlobReader {
  return new BlobReader(new BlobCodec(key, config.version), index, (name, range) =>
    backend.load({ type: 'data', name }, range),
  );
}

/** A lock at a place that does not answer guards nothing: what is read has the id it was asked by, wherever it comes from. */
function whileItMatters(lock: RepositoryLock, steady: SteadyReads): AbortSignal {
  const lost = new AbortController();
  lock.signal.addEventListener('abort', () => {
    if (!steady.isAway) lost.abort(lock.signal.reason);
  });
  return lost.signal;
}

async function choose(
  { selections, source, onNotice }: RestoreRequest,
  snapshots: Parameters<typeof resolveReference>[0],
  pool: ReadPool,
): Promise<Chosen> {
  const planned: PlannedSelection[] = [];
  const told = new Set<string>();
  let totalBytes: number | null = 0;
  for (const reference of selections) {
    const { snapshot, path } = resolveReference(snapshots, reference, source);
    if (!told.has(snapshot.id)) for (const line of introduce(snapshot)) onNotice(line);
    told.add(snapshot.id);
    const raw = normalise(path);
    const tree = snapshot.file.tree;
    // Said before anything is made: what is not there cannot be restored.
    if (raw !== '/') await findNodeIn((id) => pool.tree(id), tree, raw, path ?? '/');
    planned.push({ snapshotId: snapshot.id, tree, path: raw });
    const { summary } = snapshot.file;
    const whole = raw === '/' && summary !== undefined;
    totalBytes = whole && totalBytes !== null ? totalBytes + summary.total_bytes_processed : null;
  }
  return { selections: planned, totalBytes };
}

/** Which snapshot `latest` was, and that a partial one cannot give back what was not read when it was taken. */
function introduce({ id, source, takenAtMs, file }: StoredSnapshot): string[] {
  const name = `Snapshot ${id.slice(0, 8)}`;
  const taken = new Date(takenAtMs).toISOString().replace('T', ' ').slice(0, 19);
  const lines = [`${name} of ${source.slice(0, 200)}, taken ${taken} UTC.`];
  if (readFact(file.tags, 'status') !== 'partial') return lines;
  const incomplete = readFacts(file.tags, 'incomplete');
  const where =
    incomplete.length === 0 ? '' : `: see ${incomplete.slice(0, 3).join(', ')}${incomplete.length > 3 ? ' …' : ''}`;
  return [...lines, `${name} is partial: what could not be read when it was taken is not in it${where}.`];
}

function normalise(path: string | null): RawPath {
  const names = rawFromDisplay(path ?? '/')
    .split('/')
    .filter((name) => name !== '' && name !== '.');
  if (names.includes('..')) throw new HoldfastError('BAD_USAGE', 'A path in a snapshot cannot contain "..".');
  return `/${names.join('/')}`;
}
