/** One run of protection, whatever it is of: from the lock to the snapshot. */
import type { Caller, Issue, Progress } from '../../../shared/contract/common.ts';
import type { ProtectResult } from '../../../shared/contract/protection.ts';
import { throwIfCancelled, toHoldfastError } from '../../../shared/model/errors.ts';
import type { CheckedMirror } from '../../../shared/model/mirror-checks.ts';
import type { Lock } from '../../../shared/model/period-retention.ts';
import type { RawPath } from '../platform/raw-path.ts';
import type { EarlyThread } from '../platform/threads.ts';
import type { SharedThrottle } from '../platform/throttle.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { beginLock } from '../repository/lock.ts';
import type { Repository } from '../repository/repository.ts';
import { loadSnapshots, type StoredSnapshot } from '../repository/snapshots.ts';
import type { StoreThreads } from '../repository/store-threads.ts';
import { RepositoryWriter } from '../repository/writer.ts';
import type { CaptureContext, CaptureProgress, CaptureResult, Requested } from '../sources/source.ts';
import { describeResult, describeSnapshot } from './describe-run.ts';
import { HookedCapture, type CaptureHooks, type Quiesce, type Quiesced } from './hooks.ts';
import { findEarlier } from './parent.ts';
import type { HookStatus } from './run-hook.ts';
import { suspicionAgainst } from './suspicion.ts';

export type RunRequest = {
  /** Opens the repository: deriving the key takes a moment, in which threads can start. */
  readonly open: () => Promise<Repository>;
  readonly caller: Caller;
  /** Throws where somebody else is to write there by now, as the snapshots that are there tell. */
  readonly fence?: (snapshots: readonly StoredSnapshot[]) => Promise<void>;
  readonly tags: readonly string[];
  /** What the run answers, and its id; null for one that nobody keeps a book of. */
  readonly facts?: RunFacts | null;
  /** What runs around the capture; null: nothing does. */
  readonly quiesce?: Quiesce | null;
  /** In place of hooks of its own: it is taken together with others, and waits until all of them hold still. */
  readonly hooks?: CaptureHooks | null;
  readonly allowEmpty: boolean;
  readonly force: boolean;
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

/** What a run is of. */
export type Subject = {
  readonly source: string;
  /** By which snapshots are found that name no source. */
  readonly roots: readonly RawPath[];
  readonly excludes: readonly string[];
  /** What was told already. */
  readonly issues: readonly Issue[];
  readonly checkedMirrors: readonly CheckedMirror[];
  /** What is not there yet, without which the snapshot does not count. */
  readonly requested?: Requested | null;
  /** How the source held still before it was captured; null: the hooks around the capture say so. */
  readonly quiesced?: Quiesced | null;
  /** Before anything is read, and after a hook has run. Throws why nothing may be read. */
  readonly look: (repository: Repository, earlier: readonly StoredSnapshot[]) => Sight;
};

export type Sight = {
  /** As the snapshot shows them. */
  readonly paths: readonly RawPath[];
  readonly mountPoints: readonly RawPath[];
  readonly capture: (context: CaptureContext, before: Before) => Promise<CaptureResult>;
};

/** What there is of the source already. */
export type Before = {
  /** All there are of it, oldest first. */
  readonly earlier: readonly StoredSnapshot[];
  readonly reader: BlobReader;
};

export type Start = {
  readonly startedAtMs: number;
  /** On the clock that only grows. */
  readonly beganMs: number;
  readonly storeThreads: StoreThreads;
  /** A thread of the source's own that runs already, and can load an index until it captures. */
  readonly helper?: () => EarlyThread | null;
};

export async function runProtection(
  request: RunRequest,
  repository: Repository,
  subject: Subject,
  start: Start,
): Promise<ProtectResult> {
  const { source, roots, requested = null } = subject;
  const lock = await beginLock(repository);
  try {
    const { snapshots } = await loadSnapshots(repository);
    await request.fence?.(snapshots);
    const earlier = findEarlier(snapshots, { source, roots, tenant: request.caller.tenant });
    const parent = earlier.at(-1) ?? null;
    // All of it will be stored, as far as can be told.
    if (parent === null) start.storeThreads.start(0);
    const seen = isQuiesced(request) ? null : subject.look(repository, earlier);
    // What may not be read at all is known before others are held still for it.
    if (seen === null && (request.quiesce ?? null) === null) subject.look(repository, earlier);
    // Reading goes on while the lock settles; the writer saves nothing before it is confirmed.
    const writer = await RepositoryWriter.open(repository, {
      ready: lock.confirmed,
      threads: start.storeThreads,
      helper: start.helper?.() ?? null,
      throttle: request.throttle ?? null,
      signal: AbortSignal.any([request.signal, lock.signal]),
    });
    const hooks = request.hooks ?? new HookedCapture(request.quiesce ?? null, request);
    try {
      const signal = AbortSignal.any([request.signal, lock.signal]);
      await hooks.begin(signal);
      const { paths, mountPoints, capture } = seen ?? subject.look(repository, earlier);
      const issues: Issue[] = [...subject.issues];
      const startedAtMs = hooks.takenFromMs ?? start.startedAtMs;
      const run = { ...start, ...subject, startedAtMs, requested, request, parent, issues, paths, mountPoints };
      const context = contextOf(request, { repository, writer, parent, signal, issues });
      const captured = await capture(context, { earlier, reader: mainReader(repository, writer) });
      await hooks.captured(hookStatusOf(captured));
      tellAllRead(request, issues, captured);
      const written = await writer.finish(captured.threads);
      await lock.confirmed;
      await lock.mustBeHeld();
      throwIfCancelled(request.signal);
      // Held against nothing, all in it is new; and so it is each time where what lies elsewhere is only told of.
      const isNew = request.force || requested !== null;
      const suspicion = isNew ? null : suspicionAgainst(earlier, captured, written);
      if (suspicion !== null) request.onNotice(`This snapshot is marked as suspect. ${suspicion}`);
      const quiesced = subject.quiesced ?? hooks.outcome;
      const described = describeSnapshot(run, captured, written, { suspicion, ...quiesced });
      // Much may have happened since: whoever may not write any more leaves no snapshot.
      await request.fence?.(snapshots);
      const id = await repository.saveSnapshot(described);
      await hooks.ended(hookStatusOf(captured), id);
      const { consistency, problem: consistencyProblem } = subject.quiesced ?? hooks.outcome;
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

/** Whether what is seen of it before it holds still does not count. */
export function isQuiesced({ quiesce = null, hooks = null }: RunRequest): boolean {
  return quiesce !== null || hooks !== null;
}

type Context = Pick<CaptureContext, 'repository' | 'writer' | 'signal'> & {
  readonly parent: StoredSnapshot | null;
  readonly issues: Issue[];
};

function contextOf(request: RunRequest, { parent, issues, ...context }: Context): CaptureContext {
  return {
    ...context,
    parentTree: request.force ? null : (parent?.file.tree ?? null),
    onProgress: ({ doneItems, doneBytes, currentItem, totals }: CaptureProgress) => {
      // A source may grow while it is read: never more done than there is.
      const totalItems = totals === null ? null : Math.max(totals.items, doneItems);
      const totalBytes = totals === null ? null : Math.max(totals.bytes, doneBytes);
      const known = { totalItems, totalBytes };
      request.onProgress({ phase: 'Reading', doneItems, doneBytes, ...known, currentItem, issues: issues.length });
    },
    onIssue: (issue) => {
      issues.push(issue);
      request.onIssue(issue);
    },
    onNotice: request.onNotice,
  };
}

function mainReader(repository: Repository, writer: RepositoryWriter): BlobReader {
  const codec = new BlobCodec(repository.key, repository.config.version);
  return new BlobReader(codec, writer.index, (name, range) => repository.backend.load({ type: 'data', name }, range));
}

/** The last word on how far it is: what was told before trails behind. */
function tellAllRead(request: RunRequest, issues: readonly Issue[], { counts: { files, bytes } }: CaptureResult): void {
  const doneItems = files.new + files.changed + files.unmodified;
  const all = { doneItems, totalItems: doneItems, doneBytes: bytes, totalBytes: bytes };
  request.onProgress({ phase: 'Storing', ...all, currentItem: null, issues: issues.length });
}

function endOf(error: unknown): HookStatus {
  const { code } = toHoldfastError(error);
  return code === 'CANCELLED' || code === 'ENGINE_STOPPED' ? 'cancelled' : 'failed';
}

function hookStatusOf({ complete }: CaptureResult): HookStatus {
  return complete ? 'complete' : 'partial';
}
