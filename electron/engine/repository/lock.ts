/**
 * Locks shared with restic: files in `locks/`, created, then checked again after a moment, refreshed every five minutes
 * (restic design, "Locks"). Any number of shared locks, or one exclusive one.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { uptime } from 'node:os';
import { z } from 'zod';
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import { processIdentity } from '../platform/identity.ts';
import { processSpace, relationTo } from '../platform/process-space.ts';
import { formatGoTimeNs, parseGoTime } from './format/go-time.ts';
import type { Repository } from './repository.ts';
import { parseJson } from './unpacked.ts';

const refreshMs = 5 * 60_000;
/** restic calls a lock stale after 30 minutes; well before that we must have stopped writing. */
const abandonMs = 22 * 60_000;
const staleMs = 30 * 60_000;
const tickMs = 15_000;

const lockFileSchema = z.object({
  time: z.string().default(''),
  exclusive: z.boolean().default(false),
  hostname: z.string().default(''),
  username: z.string().default(''),
  pid: z.number().int().default(0),
  uid: z.number().int().nonnegative().optional(),
  gid: z.number().int().nonnegative().optional(),
  /** Ours only; restic passes over what it does not know. */
  holdfast_space: z.string().max(200).default('').catch(''),
});
type LockFile = z.infer<typeof lockFileSchema>;

export interface RepositoryLock {
  /**
   * Settles a moment after the lock was written, when nobody else turned out to have locked at the same time; rejects with
   * REPOSITORY_LOCKED otherwise. Reading may begin before, but nothing may be written and no result believed.
   */
  readonly confirmed: Promise<void>;
  /** Fires with LOCK_LOST when the lock could not be kept alive, or was taken away: nothing more may be written. */
  readonly signal: AbortSignal;
  /** Looks whether the lock is still there, right before something that relies on it. LOCK_LOST. */
  mustBeHeld(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Writes a lock. What is read from the repository after this returns cannot be pruned away any more, once `confirmed`.
 * Throws REPOSITORY_LOCKED when others hold the repository in a way that excludes this use.
 */
export async function beginLock(
  repository: Repository,
  options: { readonly exclusive?: boolean } = {},
): Promise<RepositoryLock> {
  const exclusive = options.exclusive ?? false;
  await removeDeadLocks(repository);
  await refuseConflicts(repository, exclusive, null);
  return new HeldLock(repository, exclusive, await writeLock(repository, exclusive));
}

const unlocked: RepositoryLock = {
  confirmed: Promise.resolve(),
  signal: new AbortController().signal,
  mustBeHeld: () => Promise.resolve(),
  release: () => Promise.resolve(),
};

/**
 * For operations that only read. Where the repository cannot be written to (a read-only disk, another account's files),
 * they go on without a lock and say so: on a bad day that is where the data comes from.
 */
export async function beginReadLock(repository: Repository, onNotice: (text: string) => void): Promise<RepositoryLock> {
  try {
    return await beginLock(repository);
  } catch (error) {
    const { code } = toHoldfastError(error);
    if (code !== 'READ_ONLY' && code !== 'NO_PERMISSION') throw error;
    onNotice('The repository cannot be written to, so it was not locked: nobody may prune it meanwhile.');
    return unlocked;
  }
}

/** As `beginLock`, and waits until the lock is confirmed. */
export async function lockRepository(
  repository: Repository,
  options: { readonly exclusive?: boolean } = {},
): Promise<RepositoryLock> {
  const lock = await beginLock(repository, options);
  try {
    await lock.confirmed;
    return lock;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

/** Removes locks whose process is gone, or all of them; returns how many. */
export async function unlockRepository(repository: Repository, all: boolean): Promise<number> {
  const doomed = all
    ? (await repository.backend.list('locks')).map(({ name }) => name)
    : (await loadLocks(repository)).filter(({ lock }) => lock !== null && isStale(lock)).map(({ name }) => name);
  for (const name of doomed) await repository.backend.remove({ type: 'locks', name });
  return doomed.length;
}

/** Locks that this process is done with, but could not remove yet. While it lives, nobody takes them for dead. */
const leftBehind = new Set<string>();

class HeldLock implements RepositoryLock {
  readonly #repository: Repository;
  readonly #exclusive: boolean;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly confirmed: Promise<void>;
  readonly #outlived = new Set<string>();
  #name: string;
  #refreshedAt = Date.now();
  #refreshing: Promise<void> | null = null;

  constructor(repository: Repository, exclusive: boolean, name: string) {
    this.#repository = repository;
    this.#exclusive = exclusive;
    this.#name = name;
    // Wall clock, in short ticks: a machine that slept notices at once that its lock has aged.
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#timer.unref();
    this.confirmed = this.#settle();
    this.confirmed.catch(() => undefined);
  }

  /**
   * Everybody writes a lock first and looks for others afterwards, so of two that come at once the later one sees the
   * earlier one, and where both see each other both give way.
   */
  async #settle(): Promise<void> {
    await sleep(await this.#repository.backend.listingDelayMs());
    await refuseConflicts(this.#repository, this.#exclusive, this.#name);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  async mustBeHeld(): Promise<void> {
    throwIfCancelled(this.signal);
    // While it is replaced, one of the two is there.
    await this.#refreshing;
    await this.#look();
    throwIfCancelled(this.signal);
  }

  /** Somebody may have removed it (`unlock --all`): then a prune may be at work already. */
  async #look(): Promise<void> {
    const name = this.#name;
    try {
      await this.#repository.backend.load({ type: 'locks', name });
    } catch (error) {
      if (!(error instanceof HoldfastError) || error.code !== 'STORED_FILE_MISSING') throw error;
      if (name !== this.#name) return;
      clearInterval(this.#timer);
      const text = 'Somebody has removed the lock of this run from the repository.';
      this.#abort.abort(new HoldfastError('LOCK_LOST', text, { cause: error }));
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#refreshing;
    this.#outlived.add(this.#name);
    await this.#removeOutlived();
  }

  /** What cannot be removed now is tried again with the next one: a stale lock keeps restic out. */
  async #removeOutlived(): Promise<void> {
    for (const name of this.#outlived) {
      await discard(this.#repository, name);
      this.#outlived.delete(name);
    }
  }

  #tick(): void {
    const age = Date.now() - this.#refreshedAt;
    if (age > abandonMs) {
      clearInterval(this.#timer);
      this.#abort.abort(new HoldfastError('LOCK_LOST', 'The lock on the repository was not refreshed for too long.'));
      return;
    }
    if (age < refreshMs && age >= 0) return;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
  }

  async #refresh(): Promise<void> {
    try {
      await this.#look();
      if (this.signal.aborted) return;
      const replacement = await writeLock(this.#repository, this.#exclusive);
      this.#outlived.add(this.#name);
      this.#name = replacement;
      this.#refreshedAt = Date.now();
      await this.#removeOutlived();
    } catch {
      // The next tick tries again; after `abandonMs` the run is stopped.
    }
  }
}

async function writeLock(repository: Repository, exclusive: boolean): Promise<string> {
  const { hostname, username, pid, uid, gid } = processIdentity();
  const lock = {
    time: formatGoTimeNs(BigInt(Date.now()) * 1_000_000n),
    exclusive,
    hostname,
    username,
    pid,
    ...(uid === 0 ? {} : { uid }),
    ...(gid === 0 ? {} : { gid }),
    holdfast_space: processSpace(),
  };
  const { name, sealed } = repository.seal(Buffer.from(JSON.stringify(lock)));
  try {
    await repository.backend.save({ type: 'locks', name }, sealed);
  } catch (error) {
    // It may be there all the same, if only the answer was lost; this process lives, so nobody else would take it away.
    await discard(repository, name).catch(() => undefined);
    throw error;
  }
  return name;
}

/** Takes away a lock that this process is done with. Where that fails, the next one to lock tries again. */
async function discard(repository: Repository, name: string): Promise<void> {
  leftBehind.add(name);
  await repository.backend.remove({ type: 'locks', name });
  leftBehind.delete(name);
}

type FoundLock = {
  readonly name: string;
  /** Null where the file is not readable as a lock. */ readonly lock: LockFile | null;
};

async function loadLocks(repository: Repository): Promise<readonly FoundLock[]> {
  const found: FoundLock[] = [];
  for (const { name } of await repository.backend.list('locks')) {
    try {
      const parsed = lockFileSchema.safeParse(parseJson(await repository.loadUnpacked('locks', name)));
      found.push({ name, lock: parsed.success ? parsed.data : null });
    } catch (error) {
      // Its owner removed it between the listing and now.
      if (error instanceof HoldfastError && error.code === 'STORED_FILE_MISSING') continue;
      found.push({ name, lock: null });
    }
  }
  return found;
}

/** An unreadable lock (half written by another program, or damaged) only excludes what would be exclusive. */
async function refuseConflicts(repository: Repository, exclusive: boolean, own: string | null): Promise<void> {
  for (const { name, lock } of await loadLocks(repository)) {
    if (name === own || (!exclusive && lock?.exclusive !== true)) continue;
    const holder = lock === null ? 'an unreadable lock' : describeLock(lock);
    throw new HoldfastError('REPOSITORY_LOCKED', `The repository is locked by ${holder}.`);
  }
}

function describeLock({ username, hostname, pid, time, exclusive }: LockFile): string {
  return `${username}@${hostname} (process ${pid}) since ${time}${exclusive ? ', exclusively' : ''}`;
}

/**
 * Only locks this account left on this machine and whose process is gone for sure, or is this one and has done with them:
 * restic would refuse to run beside them. Another container may have the same host name and account, and other processes:
 * where that cannot be told, a lock stays until it is stale.
 */
async function removeDeadLocks(repository: Repository): Promise<void> {
  const { hostname, username } = processIdentity();
  for (const { name, lock } of await loadLocks(repository)) {
    if (leftBehind.has(name)) {
      await discard(repository, name);
      continue;
    }
    if (lock?.hostname !== hostname || lock.username !== username || !isDead(lock)) continue;
    await repository.backend.remove({ type: 'locks', name });
  }
}

/** For an operator who has asked: a lock of restic, which does not say where its process is looked up, counts as of here. */
function isStale(lock: LockFile): boolean {
  if (isOld(lock)) return true;
  if (lock.hostname !== processIdentity().hostname) return false;
  return isDead(lock) || (lock.holdfast_space === '' && !processExists(lock.pid));
}

function isDead(lock: LockFile): boolean {
  const relation = relationTo(lock.holdfast_space);
  if (relation === 'over') return isFromBeforeStart(lock);
  return !processExists(lock.pid) && (relation === 'same' || isOld(lock));
}

/** Copies of one virtual machine call themselves the same: a lock from after our start is not of our past. */
function isFromBeforeStart({ time }: LockFile): boolean {
  const lockedAt = parseGoTime(time);
  const startedMs = Date.now() - uptime() * 1000;
  return lockedAt !== null && Number(lockedAt / 1_000_000n) < startedMs;
}

function isOld({ time }: LockFile): boolean {
  const lockedAt = parseGoTime(time);
  return lockedAt !== null && Date.now() - Number(lockedAt / 1_000_000n) > staleMs;
}

function processExists(pid: number): boolean {
  if (pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A process that has ended, but whose parent has not asked how, still answers signals. */
function isZombie(pid: number): boolean {
  try {
    return / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/s, ''));
  } catch {
    return false;
  }
}
