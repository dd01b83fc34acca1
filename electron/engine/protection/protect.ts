/** A run of protection of folders of this machine, or of what was fetched into one. */
import type { Issue } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { CheckedMirror } from '../../../shared/model/mirror-checks.ts';
import { displayRaw, type RawPath } from '../platform/raw-path.ts';
import { stopThread, type EarlyThread } from '../platform/threads.ts';
import type { Repository } from '../repository/repository.ts';
import type { StoredSnapshot } from '../repository/snapshots.ts';
import { StoreThreads } from '../repository/store-threads.ts';
import type { CaptureOptions } from '../sources/folder/capture-protocol.ts';
import { folderSource, startCaptureThread } from '../sources/folder/folder-source.ts';
import { findRoots, mountPointOf, resolveRoots, type LostRoot } from '../sources/folder/guards.ts';
import { outermostPaths, pathFrom } from '../sources/folder/roots.ts';
import type { CaptureContext, CaptureResult, Requested } from '../sources/source.ts';
import type { Quiesced } from './hooks.ts';
import { ownPlaces, refuseEmptied, refuseLostMounts } from './preconditions.ts';
import { isQuiesced, runProtection, type Before, type RunRequest, type Sight, type Subject } from './run.ts';

export type ProtectRequest = RunRequest & {
  /** Absolute paths. */
  readonly paths: readonly string[];
  readonly source: string | undefined;
  readonly excludes: readonly string[];
  readonly excludeCaches: boolean;
  readonly excludeLargerThanBytes: number | undefined;
  readonly oneFileSystem: boolean;
  /** What `paths` was fetched into, where the source lies elsewhere; null for folders of this machine. */
  readonly fetched?: Fetched | null;
  readonly allowUnmounted: boolean;
  /** The console's own home: never part of a snapshot. */
  readonly home: string;
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
  /** What is not there yet, without which the snapshot does not count; null: nothing. */
  readonly requested: Requested | null;
  /** How it held still meanwhile; null: the capture says so. */
  readonly quiesced: Quiesced | null;
};

type Roots = {
  readonly roots: readonly RawPath[];
  /** Named by the operator, but not there or not to be read: the run is partial. */
  readonly lost: readonly LostRoot[];
};

export async function protectFolders(request: ProtectRequest): Promise<ProtectResult> {
  const startedAtMs = request.fetched?.startedAtMs ?? request.nowMs();
  const beganMs = performance.now();
  // What a hook makes or mounts is there only later.
  const first = isQuiesced(request) ? outermost(findRoots(request.paths)) : outermost(resolveRoots(request.paths));
  const storeThreads = new StoreThreads();
  const walker = new Walker(request);
  if (!isQuiesced(request)) walker.thread(first.roots);
  try {
    const repository = await request.open();
    return await runProtection(request, repository, subjectOf(request, first, walker), {
      startedAtMs,
      beganMs,
      storeThreads,
      helper: () => walker.started,
    });
  } catch (error) {
    // A signal throws its own error, whoever looks at it first.
    throw toHoldfastError(error);
  } finally {
    await Promise.all([storeThreads.stop(), walker.stop()]);
  }
}

/** The capturing thread looks around as soon as it runs: what it sees before the hooks have run must not count. */
class Walker {
  readonly #request: ProtectRequest;
  #thread: EarlyThread | null = null;

  constructor(request: ProtectRequest) {
    this.#request = request;
  }

  get started(): EarlyThread | null {
    return this.#thread;
  }

  thread(roots: readonly RawPath[]): EarlyThread {
    this.#thread ??= startCaptureThread(captureOptions(this.#request, roots));
    return this.#thread;
  }

  async stop(): Promise<void> {
    if (this.#thread !== null) await stopThread(this.#thread.worker);
  }
}

function outermost({ found, lost }: ReturnType<typeof findRoots>): Roots {
  return { roots: outermostPaths(found), lost };
}

function subjectOf(request: ProtectRequest, first: Roots, walker: Walker): Subject {
  const named = outermostPaths([...first.roots, ...first.lost.map(({ path }) => path)]);
  return {
    source: request.source ?? named.map(displayRaw).join(' + '),
    roots: named,
    excludes: request.excludes,
    issues: request.fetched?.issues ?? [],
    checkedMirrors: request.fetched?.checkedMirrors ?? [],
    requested: request.fetched?.requested ?? null,
    quiesced: request.fetched?.quiesced ?? null,
    look: (repository, earlier) => {
      const roots = isQuiesced(request) ? outermost(resolveRoots(request.paths)) : first;
      return sightOf(request, repository, earlier, roots, walker);
    },
  };
}

/** Throws why nothing may be read there. */
function sightOf(
  request: ProtectRequest,
  repository: Repository,
  earlier: readonly StoredSnapshot[],
  found: Roots,
  walker: Walker,
): Sight {
  const { roots } = found;
  const neverRead = ownPlaces(request, repository, roots);
  if (!request.allowUnmounted) refuseLostMounts(roots, earlier);
  const base = request.fetched?.base ?? '/';
  return {
    paths: roots.map((root) => pathFrom(base, root)),
    mountPoints: [...new Set(roots.map(mountPointOf))].filter((mountPoint) => mountPoint !== null),
    capture: (context, before) => capture({ request, neverRead, walker, ...found }, context, before),
  };
}

type Capture = Roots & {
  readonly request: ProtectRequest;
  readonly neverRead: readonly RawPath[];
  readonly walker: Walker;
};

async function capture(
  { request, roots, lost, neverRead, walker }: Capture,
  context: CaptureContext,
  { earlier, reader }: Before,
): Promise<CaptureResult> {
  const { fetched = null } = request;
  if (!request.allowEmpty && fetched === null) await refuseEmptied(roots, earlier, reader);
  for (const { path, error } of lost)
    context.onIssue({ path: displayRaw(path), code: error.code, message: error.message });
  const folders = folderSource(walker.thread(roots), { ...captureOptions(request, roots), neverRead });
  const captured = await folders.capture(context);
  const unread = lost.map(({ path }) => ({ path: displayRaw(path), complete: false }));
  return withUnread(captured, [...unread, ...(fetched?.items ?? [])]);
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

function captureOptions(request: ProtectRequest, roots: readonly RawPath[]): CaptureOptions {
  const { excludes, excludeCaches, oneFileSystem } = request;
  const excludeLargerThanBytes = request.excludeLargerThanBytes ?? null;
  const base = request.fetched?.base ?? '/';
  return { base, roots, excludes, excludeCaches, excludeLargerThanBytes, oneFileSystem };
}
