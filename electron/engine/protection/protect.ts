/** One run of protection: from folders to a snapshot. */
import type { Caller, Issue, Progress, RunStatus } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import type { CheckedMirror } from '../../../shared/model/mirror-checks.ts';
import type { Lock } from '../../../shared/model/period-retention.ts';
import { processIdentity } from '../platform/identity.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { stopThread, type EarlyThread } from '../platform/threads.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { formatGoTimeNs } from '../repository/format/go-time.ts';
import { encodeFact, type SnapshotFile } from '../repository/format/snapshot.ts';
import { beginLock } from '../repository/lock.ts';
import type { Repository } from '../repository/repository.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { RepositoryWriter, startStoreThreads, type WriteStatistics } from '../repository/writer.ts';
import type { CaptureOptions } from '../sources/folder/capture-protocol.ts';
import { folderSource, startCaptureThread } from '../sources/folder/folder-source.ts';
import { findRoots, mountPointOf, resolveRoots, type LostRoot } from '../sources/folder/guards.ts';
import { outermostPaths, pathFrom } from '../sources/folder/roots.ts';
import type { CaptureResult } from '../sources/source.ts';
import { HookedCapture, type Quiesce, type Quiesced } from './hooks.ts';
import type { HookStatus } from './run-hook.ts';
import { findEarlier } from './parent.ts';
import { suspicionAgainst } from './suspicion.ts';
import { ownPlaces, refuseEmptied, refuseLostMounts } from './preconditions.ts';

export type ProtectRequest = {
  /** Opens the repository: deriving the key takes a moment, in which threads can start. */
  readonly open: () => Promise<Repository>;
  readonly caller: Caller;
  /** Absolute paths. */
  readonly paths: readonly string[];
  readonly source: string | undefined;
  readonly excludes: readonly string[];
  readonly excludeCaches: boolean;
  readonly excludeLargerThanBytes: number | undefined;
  readonly oneFileSystem: boolean;
  readonly tags: readonly string[];
  /** What the run answers, and its id; null for one that nobody keeps a book of. */
  readonly facts?: RunFacts | null;
  /** What runs around the capture; null: nothing does. */
  readonly quiesce?: Quiesce | null;
  /** What `paths` was fetched into, where the source lies elsewhere; null for folders of this machine. */
  readonly fetched?: Fetched | null;
  readonly allowEmpty: boolean;
  readonly allowUnmounted: boolean;
  readonly force: boolean;
  /** The console's own home: never part of a snapshot. */
  readonly home: string;
  /** The time of day, in epoch milliseconds. */
  readonly nowMs: () => number;
  /** What keeps it from taking the whole machine; null: nothing does. */
  readonly throttle?: SharedThrottle | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
  readonly onNotice: (text: string) => void;
};

export type RunFacts = {
  readonly run: string;
  readonly profile: string | null;
  readonly periods: readonly string[];
  /** The system snapshot it is part of. */
  readonly system?: string;
  /** Until when nobody removes what is taken at a moment; without it, it is not locked. */
  readonly lockedUntil?: (takenAtMs: number) => Lock;
};

/** What is known of a source that was brought here before it is captured. */
export type Fetched = {
  /** What paths in the snapshot start from. */
  readonly base: RawPath;
  /** When fetching began, in epoch milliseconds: the snapshot shows nothing that is newer for sure. */
  readonly startedAtMs: number;
  /** What was told already. */
  readonly issues: readonly Issue[];
  readonly items: CaptureResult['items'];
  readonly checkedMirrors: readonly CheckedMirror[];
};

const programVersion = 'holdfast 0.1.0';

type Run = Start &
  Places & {
    readonly request: ProtectRequest;
    readonly repository: Repository;
    readonly source: string;
    readonly parent: StoredSnapshot | null;
    /** All there are of the source, oldest first. */
    readonly earlier: readonly StoredSnapshot[];
    readonly writer: RepositoryWriter;
    readonly issues: Issue[];
  };

type Roots = {
  readonly roots: readonly RawPath[];
  /** Named by the operator, but not there or not to be read: the run is partial. */
  readonly lost: readonly LostRoot[];
};

type Places = Roots & {
  readonly neverRead: readonly RawPath[];
  readonly mountPoints: readonly RawPath[];
};

type Start = {
  readonly startedAtMs: number;
  /** On the clock that only grows. */
  readonly beganMs: number;
  readonly threads: { readonly store: readonly EarlyThread[]; readonly walker: Walker };
};

export async function protectFolders(request: ProtectRequest): Promise<ProtectResult> {
  const startedAtMs = request.fetched?.startedAtMs ?? request.nowMs();
  const beganMs = performance.now();
  // What a hook makes or mounts is there only later.
  const first = isQuiesced(request) ? outermost(findRoots(request.paths)) : outermost(resolveRoots(request.paths));
  const threads = { store: startStoreThreads(), walker: new Walker(request) };
  if (!isQuiesced(request)) threads.walker.thread(first.roots);
  try {
    return await runProtection(request, await request.open(), first, { startedAtMs, beganMs, threads });
  } catch (error) {
    // A signal throws its own error, whoever looks at it first.
    throw toHoldfastError(error);
  } finally {
    await Promise.all([...threads.store.map(({ worker }) => stopThread(worker)), threads.walker.stop()]);
  }
}

/** The capturing thread looks around as soon as it runs: what it sees before the hooks have run must not count. */
class Walker {
  readonly #request: ProtectRequest;
  #thread: EarlyThread | null = null;

  constructor(request: ProtectRequest) {
    this.#request = request;
  }

  thread(roots: readonly RawPath[]): EarlyThread {
    this.#thread ??= startCaptureThread(captureOptions(this.#request, roots));
    return this.#thread;
  }

  async stop(): Promise<void> {
    if (this.#thread !== null) await stopThread(this.#thread.worker);
  }
}

async function runProtection(
  request: ProtectRequest,
  repository: Repository,
  first: Roots,
  start: Start,
): Promise<ProtectResult> {
  const { fetched = null } = request;
  const named = outermostPaths([...first.roots, ...first.lost.map(({ path }) => path)]);
  const source = request.source ?? named.map(displayRaw).join(' + ');
  const lock = await beginLock(repository);
  try {
    const earlier = await findEarlier(repository, { source, roots: named, tenant: request.caller.tenant });
    const parent = earlier.at(-1) ?? null;
    const seen = isQuiesced(request) ? null : placesOf(request, repository, earlier, first);
    // Reading goes on while the lock settles; the writer saves nothing before it is confirmed.
    const writer = await RepositoryWriter.open(repository, {
      ready: lock.confirmed,
      threads: start.threads.store,
      throttle: request.throttle ?? null,
    });
    const hooks = new HookedCapture(request.quiesce ?? null, request);
    try {
      const signal = AbortSignal.any([request.signal, lock.signal]);
      await hooks.begin(signal);
      const places = seen ?? placesOf(request, repository, earlier, outermost(resolveRoots(request.paths)));
      const run: Run = {
        ...start,
        ...places,
        request,
        repository,
        source,
        parent,
        earlier,
        writer,
        issues: [...(request.fetched?.issues ?? [])],
      };
      if (!request.allowEmpty && fetched === null) await refuseEmptied(run.roots, earlier, mainReader(run));
      const captured = await capture(run, signal);
      await hooks.captured(hookStatusOf(captured));
      tellAllRead(run, captured);
      const written = await writer.finish(captured.threads);
      await lock.confirmed;
      await lock.mustBeHeld();
      throwIfCancelled(request.signal);
      // Held against nothing, all in it is new.
      const suspicion = request.force ? null : suspicionAgainst(earlier, captured, written);
      if (suspicion !== null) request.onNotice(`This snapshot is marked as suspect. ${suspicion}`);
      const described = describeSnapshot(run, captured, written, { suspicion, ...hooks.outcome });
      const id = await repository.saveSnapshot(described);
      await hooks.ended(hookStatusOf(captured), id);
      const { consistency, problem: consistencyProblem } = hooks.outcome;
      return { ...describeResult(run, captured, written, id), suspicion, consistency, consistencyProblem };
    } catch (error) {
      await hooks.ended(endOf(error), null);
      if (!lock.signal.aborted) await writer.keepStored();
      throw error;
    } finally {
      await writer.close();
    }
  } finally {
    await lock.release();
  }
}

function isQuiesced({ quiesce = null }: ProtectRequest): boolean {
  return quiesce !== null;
}

function outermost({ found, lost }: ReturnType<typeof findRoots>): Roots {
  return { roots: outermostPaths(found), lost };
}

/** Throws why nothing may be read there. */
function placesOf(
  request: ProtectRequest,
  repository: Repository,
  earlier: readonly StoredSnapshot[],
  { roots, lost }: Roots,
): Places {
  const neverRead = ownPlaces(request, repository, roots);
  if (!request.allowUnmounted) refuseLostMounts(roots, earlier);
  const mountPoints = [...new Set(roots.map(mountPointOf))].filter((mountPoint) => mountPoint !== null);
  return { roots, lost, neverRead, mountPoints };
}

function mainReader({ repository, writer }: Run): BlobReader {
  const codec = new BlobCodec(repository.key, repository.config.version);
  return new BlobReader(codec, writer.index, (name, range) => repository.backend.load({ type: 'data', name }, range));
}

async function capture(run: Run, signal: AbortSignal): Promise<CaptureResult> {
  const { request, repository, roots, lost, neverRead, parent, writer, issues, threads } = run;
  const onIssue = (issue: Issue): void => {
    issues.push(issue);
    request.onIssue(issue);
  };
  for (const { path, error } of lost) onIssue({ path: displayRaw(path), code: error.code, message: error.message });
  const folders = folderSource(threads.walker.thread(roots), { ...captureOptions(request, roots), neverRead });
  const captured = await folders.capture({
    repository,
    writer,
    parentTree: request.force ? null : (parent?.file.tree ?? null),
    signal,
    onProgress: ({ doneItems, doneBytes, currentItem, totals }) => {
      // A source may grow while it is read: never more done than there is.
      const totalItems = totals === null ? null : Math.max(totals.items, doneItems);
      const totalBytes = totals === null ? null : Math.max(totals.bytes, doneBytes);
      const known = { totalItems, totalBytes };
      request.onProgress({ phase: 'Reading', doneItems, doneBytes, ...known, currentItem, issues: issues.length });
    },
    onIssue,
    onNotice: request.onNotice,
  });
  const unread = lost.map(({ path }) => ({ path: displayRaw(path), complete: false }));
  return withUnread(captured, [...unread, ...(request.fetched?.items ?? [])]);
}

/** What was not, or not wholly, there to be read is incomplete, whatever was read in its place. */
function withUnread(captured: CaptureResult, items: CaptureResult['items']): CaptureResult {
  const incomplete = new Map(items.filter(({ complete }) => !complete).map((item) => [item.path, item]));
  const known = new Set(captured.items.map(({ path }) => path));
  return {
    ...captured,
    items: [
      ...captured.items.map((item) => ({ ...item, ...(item.complete ? incomplete.get(item.path) : {}) })),
      ...items.filter(({ path }) => !known.has(path)),
    ],
    complete: captured.complete && [...incomplete.values()].every(({ accepted }) => accepted === true),
  };
}

/** The last word on how far it is: what was told before trails behind. */
function tellAllRead({ request, issues }: Run, { counts: { files, bytes } }: CaptureResult): void {
  const doneItems = files.new + files.changed + files.unmodified;
  const all = { doneItems, totalItems: doneItems, doneBytes: bytes, totalBytes: bytes };
  request.onProgress({ phase: 'Storing', ...all, currentItem: null, issues: issues.length });
}

function captureOptions(request: ProtectRequest, roots: readonly RawPath[]): CaptureOptions {
  const { excludes, excludeCaches, oneFileSystem } = request;
  const excludeLargerThanBytes = request.excludeLargerThanBytes ?? null;
  const base = request.fetched?.base ?? '/';
  return { base, roots, excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem };
}

function endOf(error: unknown): HookStatus {
  const { code } = toHoldfastError(error);
  return code === 'CANCELLED' || code === 'ENGINE_STOPPED' ? 'cancelled' : 'failed';
}

function hookStatusOf({ complete }: CaptureResult): HookStatus {
  return complete ? 'complete' : 'partial';
}

function statusOf({ complete, items }: CaptureResult): RunStatus {
  if (!complete) return 'partial';
  return items.every((item) => item.complete) ? 'complete' : 'completeWithExceptions';
}

function describeSnapshot(
  run: Run,
  captured: CaptureResult,
  written: WriteStatistics,
  { suspicion, consistency, problem }: Quiesced & { readonly suspicion: string | null },
): SnapshotFile {
  const { request, roots, mountPoints, parent, startedAtMs } = run;
  const { hostname, username, uid, gid } = processIdentity();
  const { files, folders, bytes } = captured.counts;
  const time = formatMs(startedAtMs);
  return {
    time,
    ...(parent === null || request.force ? {} : { parent: parent.id }),
    tree: captured.tree,
    paths: roots.map((root) => displayRaw(pathFrom(request.fetched?.base ?? '/', root))),
    hostname,
    username,
    uid,
    gid,
    excludes: [...request.excludes],
    tags: [
      encodeFact('source', run.source),
      encodeFact('status', statusOf(captured)),
      encodeFact('tenant', request.caller.tenant),
      encodeFact('actor', request.caller.actor),
      ...mountPoints.map((mountPoint) => encodeFact('mount-point', displayRaw(mountPoint))),
      ...captured.items
        .filter((item) => !item.complete)
        .map((item) => encodeFact(item.accepted === true ? 'accepted' : 'incomplete', item.path)),
      ...(suspicion === null ? [] : [encodeFact('suspect', suspicion)]),
      ...(consistency === null ? [] : [encodeFact('consistency', consistency)]),
      ...(problem === null ? [] : [encodeFact('consistency-problem', problem)]),
      ...runFacts(request.facts ?? null, startedAtMs),
      ...request.tags,
    ],
    program_version: programVersion,
    summary: {
      backup_start: time,
      backup_end: formatMs(request.nowMs()),
      files_new: files.new,
      files_changed: files.changed,
      files_unmodified: files.unmodified,
      dirs_new: folders.new,
      dirs_changed: folders.changed,
      dirs_unmodified: folders.unmodified,
      data_blobs: written.dataBlobs,
      tree_blobs: written.treeBlobs,
      data_added: written.plainBytes,
      data_added_packed: written.storedBytes,
      total_files_processed: files.new + files.changed + files.unmodified,
      total_bytes_processed: bytes,
    },
  };
}

function runFacts(facts: RunFacts | null, takenAtMs: number): readonly string[] {
  if (facts === null) return [];
  const lock = facts.lockedUntil?.(takenAtMs) ?? null;
  return [
    encodeFact('run', facts.run),
    ...(facts.profile === null ? [] : [encodeFact('profile', facts.profile)]),
    ...facts.periods.map((period) => encodeFact('period', period)),
    ...(facts.system === undefined ? [] : [encodeFact('system', facts.system)]),
    ...(lock === null ? [] : [encodeFact('locked', lock === 'forever' ? lock : new Date(lock).toISOString())]),
  ];
}

function describeResult(
  run: Run,
  captured: CaptureResult,
  written: WriteStatistics,
  id: string,
): Omit<ProtectResult, 'suspicion' | 'consistency' | 'consistencyProblem'> {
  const { parent, source, startedAtMs, beganMs, issues, request } = run;
  const { files, folders, bytes } = captured.counts;
  return {
    snapshot: id,
    parent: request.force ? null : (parent?.id ?? null),
    source,
    status: statusOf(captured),
    takenAt: new Date(startedAtMs).toISOString(),
    files: { ...files },
    folders: { ...folders },
    bytes,
    addedBytes: written.plainBytes,
    storedBytes: written.storedBytes,
    durationMs: Math.round(performance.now() - beganMs),
    issues,
    items: [...captured.items],
    checkedMirrors: [...(request.fetched?.checkedMirrors ?? [])],
  };
}

function formatMs(timeMs: number): string {
  return formatGoTimeNs(BigInt(timeMs) * 1_000_000n);
}
