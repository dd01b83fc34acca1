/**
 * Copies snapshots from one repository to another, whatever keys they have: only what is missing travels, as it is
 * compressed, sealed anew. Order of writes at the target: packs, index, snapshot; so a snapshot there is always whole.
 */
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../../shared/model/errors.ts';
import { giveBackThread } from '../../platform/lent-threads.ts';
import type { EarlyThread } from '../../platform/threads.ts';
import type { Backend, FileHandle } from '../backend/backend.ts';
import { delegate } from '../backend/delegate.ts';
import { withThrottle } from '../backend/throttle.ts';
import { beginLock, beginReadLock, type RepositoryLock } from '../lock.ts';
import type { Repository } from '../repository.ts';
import { StoreThreads } from '../store-threads.ts';
import { RepositoryWriter } from '../writer.ts';
import { CopyRun, type Wanted } from './copy-run.ts';
import { Holdings } from './compare.ts';
import { Figures } from './figures.ts';
import { HeaderBook } from './headers.ts';
import { takeInLeftovers } from './leftovers.ts';
import { AskedPace } from './pace.ts';
import type { CopyRequest, CopyResult, SnapshotOutcome } from './request.ts';
import { CopyPool, startCopyThreads } from './threads.ts';
import { reached, withTraffic } from './traffic.ts';

/**
 * What was stored before it was cut off, by whatever, is found by the next call and does not travel again. Damage at the
 * source stops the snapshots that need what is damaged, and no other. Throws REPOSITORY_LOCKED, LOCK_LOST, CANCELLED, and
 * what the backends throw.
 */
export async function copySnapshots(request: CopyRequest): Promise<CopyResult> {
  const figures = new Figures(request);
  const from = reached(request.from, withTraffic(request.from.backend, figures.source));
  const to = reached(request.to, withTraffic(slowed(request), figures.target));
  try {
    figures.tell('comparing');
    const books = {
      from: await HeaderBook.open(from, request.memory, request.signal),
      to: await HeaderBook.open(to, request.memory, request.signal),
    };
    const { outcomes, wanted } = compare(request, books);
    for (const outcome of outcomes.values()) figures.settle(outcome);
    if (wanted.length > 0) {
      for (const outcome of await copyWanted({ request, from, to, books, figures }, wanted))
        outcomes.set(outcome.id, outcome);
    }
    return { outcomes: request.snapshots.map((id) => outcomes.get(id) ?? unknown(id)), figures: figures.now() };
  } catch (error) {
    throw toHoldfastError(error);
  }
}

/** When all is stopped, packs on their way stop too; the index of those that have arrived is still written. */
function slowed({ to: { backend }, throttle, signal }: CopyRequest): Backend {
  if (throttle === undefined) return backend;
  const slow = withThrottle(backend, new AskedPace(throttle, signal));
  const place = ({ type }: FileHandle): Backend => (type !== 'data' && signal.aborted ? backend : slow);
  return { ...delegate(slow), save: (handle, data) => place(handle).save(handle, data) };
}

type Books = { readonly from: HeaderBook; readonly to: HeaderBook };

function compare(
  { snapshots }: CopyRequest,
  books: Books,
): { readonly outcomes: Map<string, SnapshotOutcome>; readonly wanted: readonly Wanted[] } {
  const holdings = new Holdings(books.to);
  const outcomes = new Map<string, SnapshotOutcome>();
  const wanted: Wanted[] = [];
  for (const id of new Set(snapshots)) {
    const header = books.from.headers.get(id);
    const copy = header === undefined ? null : holdings.copyOf(header);
    const error = books.from.unreadable.get(id);
    if (copy !== null) outcomes.set(id, { id, state: 'present', copy });
    else if (header !== undefined) wanted.push({ id, header });
    else if (error !== undefined) outcomes.set(id, failed(id, error));
    else outcomes.set(id, unknown(id));
  }
  return { outcomes, wanted };
}

function failed(id: string, { code, message }: HoldfastError): SnapshotOutcome {
  return { id, state: 'failed', code, message, damage: [] };
}

function unknown(id: string): SnapshotOutcome {
  return failed(id, new HoldfastError('SNAPSHOT_NOT_FOUND', `The source has no snapshot ${id.slice(0, 8)}.`));
}

type Copying = {
  readonly request: CopyRequest;
  readonly from: Repository;
  readonly to: Repository;
  readonly books: Books;
  readonly figures: Figures;
};

async function copyWanted(copying: Copying, wanted: readonly Wanted[]): Promise<readonly SnapshotOutcome[]> {
  const { request, from, to } = copying;
  const threads = startCopyThreads();
  try {
    const sourceLock = await beginReadLock(from, request.onNotice);
    try {
      const targetLock = await beginLock(to);
      try {
        const locks = [sourceLock, targetLock];
        return await copyLocked(copying, wanted, threads, locks);
      } finally {
        await targetLock.release();
      }
    } finally {
      await sourceLock.release();
    }
  } finally {
    // The writer has ended those that it was given.
    await Promise.all(threads.map(({ worker }) => giveBackThread(worker)));
  }
}

async function copyLocked(
  { request, from, to, books, figures }: Copying,
  wanted: readonly Wanted[],
  threads: readonly EarlyThread[],
  locks: readonly RepositoryLock[],
): Promise<readonly SnapshotOutcome[]> {
  const signal = AbortSignal.any([request.signal, ...locks.map((lock) => lock.signal)]);
  const confirmed = Promise.all(locks.map((lock) => lock.confirmed));
  confirmed.catch(() => undefined);
  const writer = await RepositoryWriter.open(to, { ready: confirmed, threads: StoreThreads.of(threads) });
  try {
    await confirmed;
    // From here on nobody prunes: what is there now stays.
    await books.to.refresh(signal);
    if (books.to.mayHoldLeftovers) await takeInLeftovers(to, writer, signal);
    throwIfCancelled(signal);
    const { pool, damagedIndexes } = await CopyPool.open(from, writer, signal);
    try {
      for (const { name } of damagedIndexes)
        request.onNotice(`index/${name.slice(0, 8)} of the source cannot be read: what it alone lists is missing.`);
      const run = new CopyRun({ request, from, to, writer, pool, book: books.to, figures, signal, locks });
      return await run.copy(wanted);
    } finally {
      pool.close();
    }
  } catch (error) {
    if (locks.every((lock) => !lock.signal.aborted)) await writer.keepStored();
    throw error;
  } finally {
    await writer.close();
  }
}
