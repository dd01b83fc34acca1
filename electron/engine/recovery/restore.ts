/** Bringing back paths from snapshots: one run, from references to a verified result. */
import { constants, statSync } from 'node:fs';
import { access, readdir, realpath, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { availableParallelism } from 'node:os';
import { MessageChannel, type Worker } from 'node:worker_threads';
import type { Issue, Progress } from '../../../shared/contract/common.ts';
import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import { HoldfastError, toHoldfastError, type ErrorCode } from '../../../shared/model/errors.ts';
import { makeFolders } from '../platform/make-folders.ts';
import { rawFromDisplay, rawFromUtf8, type RawPath } from '../platform/raw-path.ts';
import { startThread, stopThread, type ThreadOptions } from '../platform/threads.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { readFact, readFacts } from '../repository/format/snapshot.ts';
import { beginReadLock, type RepositoryLock } from '../repository/lock.ts';
import { serveRanges } from '../repository/range-channel.ts';
import { ReadPool } from '../repository/read-pool.ts';
import type { Repository } from '../repository/repository.ts';
import { RescueCount } from '../repository/rescue.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../repository/snapshots.ts';
import { SteadyReads } from '../repository/steady-reads.ts';
import { findNodeIn } from '../repository/tree-lookup.ts';
import { journalPath, removeJournal } from './restore-journal.ts';
import type {
  DataWorkerData,
  Overwrite,
  PlanMessage,
  PlanRequest,
  PlannedEntry,
  PlannedSelection,
  PlanWorkerData,
  RestoreCounts,
  Sealed,
} from './restore-protocol.ts';

export type PlannedEvent = { type: 'planned'; entries: PlannedEntry[] };

export type RestoreRequest = {
  readonly repository: Repository;
  /** The console's home: remembers what an interrupted restore had made. */
  readonly home: string;
  readonly selections: readonly string[];
  readonly source: string | undefined;
  /** Absolute path, or null for the original place. */
  readonly target: string | null;
  readonly overwrite: Overwrite;
  readonly dryRun: boolean;
  /** Of a restore run: its id, where it notes what it makes, and whether what it made is only compared. */
  readonly run?: { readonly id: string; readonly ledger: string; readonly compare: boolean };
  /** A folder on the target's file system that holds an earlier restore: what is the same is taken over from there. */
  readonly basis?: { readonly folder: string; readonly sealedNs: bigint };
  /** Nothing is written: what is there, also on top of the snapshot, is held against it. */
  readonly compare?: Sealed;
  readonly throttle?: SharedThrottle;
  readonly verify: boolean;
  /** The target is a folder of the console's own, in its home, which holds nothing else. */
  readonly isOwnFolder?: boolean;
  /** Begin although it cannot fit. */
  readonly ignoreFreeSpace: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
  readonly say: (event: PlannedEvent) => Promise<void>;
};

type Chosen = { readonly selections: readonly PlannedSelection[]; readonly totalBytes: number | null };

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
      const run = new RestoreRun(request, pool, chosen, { target, room, steady }, signal);
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

/** As `TargetFolder.identity`; of those that are there. */
function identitiesOf(folders: readonly (string | null)[]): string[] {
  return folders.flatMap((folder) => {
    const stats = folder === null ? undefined : statSync(folder, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? [] : [`${stats.dev} ${stats.ino}`];
  });
}

/** The real path of the folder to restore below. Throws TARGET_UNUSABLE. */
async function prepareTarget({ target, dryRun, repository, home, isOwnFolder }: RestoreRequest): Promise<RawPath> {
  if (target === null) return '/';
  const folder = resolve(target);
  const nearest = await existing(folder);
  const real = nearest.real + folder.slice(nearest.given.length);
  // Who is signed in, and what leads to the repositories, lies in the one; the data itself in the other.
  const ours = {
    ...(repository.backend.localFolder === null ? {} : { [repository.backend.localFolder]: 'the repository' }),
    ...(isOwnFolder === true ? {} : { [home]: 'the home of Holdfast' }),
  };
  for (const [path, what] of Object.entries(ours)) {
    const place = await realpath(path).catch(() => path);
    if (real === place || real.startsWith(`${place}/`))
      throw new HoldfastError('TARGET_UNUSABLE', `${target} is part of ${what}.`);
  }
  if (nearest.given === folder && !nearest.isFolder)
    throw new HoldfastError('TARGET_UNUSABLE', `${target} is not a folder.`);
  if (dryRun) return rawFromUtf8(nearest.given === folder ? real : nearest.real);
  try {
    await makeFolders(folder);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    throw new HoldfastError(
      await whyNotMade(nearest, code),
      `${target} could not be made: ${message.replace(/\.$/, '')}.`,
      {
        cause: error,
      },
    );
  }
  return rawFromUtf8(await realpath(folder));
}

/** A full or read-only disk has a word of its own; else the place is no good. */
async function whyNotMade({ given }: Nearest, code: ErrorCode): Promise<ErrorCode> {
  if (code !== 'IO_ERROR' && code !== 'PLACE_UNUSABLE') return code;
  try {
    await access(given, constants.W_OK);
    return 'TARGET_UNUSABLE';
  } catch (error) {
    const { code: reason } = toHoldfastError(error);
    return reason === 'IO_ERROR' ? 'TARGET_UNUSABLE' : reason;
  }
}

type Nearest = { readonly given: string; readonly real: string; readonly isFolder: boolean };

async function existing(path: string): Promise<Nearest> {
  for (let at = path; ; at = dirname(at)) {
    const found = await stat(at).catch(() => null);
    if (found !== null) return { given: at, real: await realpath(at), isFolder: found.isDirectory() };
    if (at === '/') return { given: '/', real: '/', isFolder: true };
  }
}

type Room = {
  readonly freeBytes: number;
  /** Bytes of which it is certain that no more can be written; null where files may take less than they hold. */
  readonly mostBytes: number | null;
};

/** File systems that may compress, or share what is equal: Btrfs, ZFS, bcachefs, F2FS. */
const frugalFileSystems: ReadonlySet<number> = new Set([0x9123683e, 0x2fc12fc1, 0xca451a4e, 0xf2f52010]);

async function roomAt(target: RawPath): Promise<Room | null> {
  const { given } = await existing(Buffer.from(target, 'latin1').toString('utf8'));
  const found = await statfs(given).catch(() => null);
  if (found === null) return null;
  const isNew = target !== '/' && (await readdir(given).catch(() => ['?'])).length === 0;
  // Root may use what is kept back for it. Where something is there already, less may have to be written.
  const most = process.geteuid?.() === 0 ? found.bfree : found.bavail;
  const mostBytes = isNew && !frugalFileSystems.has(found.type) ? most * found.bsize : null;
  return { freeBytes: found.bavail * found.bsize, mostBytes };
}

type Destination = {
  readonly target: RawPath;
  readonly room: Room | null;
  readonly steady: SteadyReads;
};

class RestoreRun {
  readonly #request: RestoreRequest;
  readonly #workers: Worker[] = [];
  readonly #finished = Promise.withResolvers<RestoreCounts>();
  readonly #issues: Issue[] = [];
  readonly #conflicts: RestoreResult['conflicts'] = [];
  readonly #bytesDone = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #journal: string;
  readonly #signal: AbortSignal;
  /** Null while they are not known. */
  #totals: { readonly items: number | null; readonly bytes: number | null };
  readonly #ranges: MessageChannel[] = [];
  readonly #steady: SteadyReads;

  constructor(
    request: RestoreRequest,
    pool: ReadPool,
    chosen: Chosen,
    { target, room, steady }: Destination,
    signal: AbortSignal,
  ) {
    this.#request = request;
    this.#steady = steady;
    this.#totals = { items: null, bytes: chosen.totalBytes };
    this.#journal = journalPath(request.home, [target, ...chosen.selections.flatMap(({ tree, path }) => [tree, path])]);
    this.#finished.promise.catch(() => undefined);
    const { key, config } = request.repository;
    const common = { key, version: config.version, index: pool.index.shared };
    const mode = request.dryRun ? 'plan' : isComparison(request) ? 'compare' : 'write';
    const threads = mode === 'plan' ? 0 : dataThreads(chosen.totalBytes);
    const channels = Array.from({ length: threads }, () => new MessageChannel());
    for (const { port2 } of channels) {
      const rangePort = this.#rangePort();
      const threadData: DataWorkerData = {
        ...common,
        rangePort,
        localFolder: request.repository.backend.localFolder,
        client: port2,
        verify: request.verify,
        throttle: request.throttle ?? null,
        bytesDone: this.#bytesDone,
      };
      this.#adopt(
        startThread(new URL('./data-worker.ts', import.meta.url), threadOptions(threadData, [rangePort, port2])),
      );
    }
    const rangePort = this.#rangePort();
    const dataPorts = channels.map(({ port1 }) => port1);
    const { overwrite, run, basis, compare } = request;
    const threadData: PlanWorkerData = {
      ...common,
      rangePort,
      dataPorts,
      selections: chosen.selections,
      target,
      overwrite,
      mode,
      basis: basis === undefined ? null : { folder: rawFromUtf8(basis.folder), sealedNs: basis.sealedNs },
      sealed: compare ?? null,
      forbidden: identitiesOf([request.home, request.repository.backend.localFolder]),
      ledger: run === undefined ? null : { path: run.ledger, run: run.id },
      journal: this.#journal,
      // A whole snapshot says itself how much it holds; where that fits, nothing needs to be counted.
      measures: mode === 'write' && (chosen.totalBytes === null || chosen.totalBytes > (room?.freeBytes ?? 0)),
      roomBytes: mode !== 'write' || request.ignoreFreeSpace ? null : (room?.mostBytes ?? null),
    };
    const planner = startThread(
      new URL('./plan-worker.ts', import.meta.url),
      threadOptions(threadData, [rangePort, ...dataPorts]),
    );
    this.#adopt(planner);
    planner.on('message', (message: PlanMessage) => this.#hear(message, planner));
    this.#signal = signal;
    signal.addEventListener('abort', this.#stop, { once: true });
    if (signal.aborted) this.#stop();
  }

  readonly #stop = (): void => this.#finished.reject(toHoldfastError(this.#signal.reason));

  async finish(startedAtMs: number, free: number | null): Promise<Omit<RestoreResult, 'elsewhere'>> {
    const { dryRun, target } = this.#request;
    try {
      const counts = await this.#finished.promise;
      if (!dryRun) removeJournal(this.#journal);
      const result = { ...counts, conflicts: this.#conflicts, freeBytes: free, issues: this.#issues };
      return { dryRun, target, ...result, durationMs: Date.now() - startedAtMs };
    } finally {
      // A signal that is listened to is held, and all of this run with it.
      this.#signal.removeEventListener('abort', this.#stop);
      await Promise.all(this.#workers.map((worker) => stopThread(worker)));
      for (const { port1 } of this.#ranges) port1.close();
    }
  }

  #rangePort(): MessageChannel['port2'] {
    const channel = new MessageChannel();
    this.#ranges.push(channel);
    serveRanges(channel.port1, this.#steady.backend, this.#steady.rescue);
    return channel.port2;
  }

  #adopt(worker: Worker): void {
    worker.on('error', (error) => this.#finished.reject(toHoldfastError(error)));
    worker.on('exit', () => this.#finished.reject(toHoldfastError(new Error('a thread ended before its work'))));
    this.#workers.push(worker);
  }

  #hear(message: PlanMessage, planner: Worker): void {
    const { onProgress, onIssue, say } = this.#request;
    switch (message.type) {
      case 'progress': {
        const doneBytes = Number(Atomics.load(this.#bytesDone, 0));
        const phase = this.#request.dryRun ? 'Planning' : isComparison(this.#request) ? 'Verifying' : 'Restoring';
        onProgress({
          phase,
          doneItems: message.items,
          totalItems: this.#totals.items,
          doneBytes,
          totalBytes: this.#totals.bytes,
          currentItem: message.currentItem,
          issues: this.#issues.length,
        });
        return;
      }
      case 'measured':
        this.#totals = { items: message.items, bytes: message.bytes };
        return;
      case 'issue':
        this.#issues.push(message.issue);
        onIssue(message.issue);
        return;
      case 'conflict':
        this.#conflicts.push({ path: message.path, action: message.action });
        return;
      case 'planned':
        void say({ type: 'planned', entries: [...message.entries] }).then(() =>
          planner.postMessage({ type: 'taken' } satisfies PlanRequest),
        );
        return;
      case 'finished':
        this.#finished.resolve(message.counts);
        return;
      case 'failed':
        this.#finished.reject(new HoldfastError(message.code, message.message));
    }
  }
}

function isComparison({ run, compare }: RestoreRequest): boolean {
  return run?.compare === true || compare !== undefined;
}

/** Little is written sooner by one thread than a second one starts. `totalBytes` is null where nobody knows. */
function dataThreads(totalBytes: number | null): number {
  const isLittle = totalBytes !== null && totalBytes < 1024 * 1024;
  return isLittle ? 1 : Math.max(2, Math.min(8, availableParallelism()));
}

function threadOptions(data: DataWorkerData | PlanWorkerData, transferList: MessageChannel['port2'][]): ThreadOptions {
  return { data, transferList, resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 8 } };
}
