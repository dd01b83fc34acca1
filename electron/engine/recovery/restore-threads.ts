/** The threads of one restore: started with what was chosen, followed to their end, and ended with it. */
import { availableParallelism } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import type { Issue } from '../../../shared/contract/common.ts';
import type { RestoreResult } from '../../../shared/contract/recovery.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { rawFromUtf8, type RawPath } from '../platform/raw-path.ts';
import { giveBackThread, lendThread } from '../platform/lent-threads.ts';
import { stopThread, type Thread, type ThreadOptions } from '../platform/threads.ts';
import { serveRanges } from '../repository/range-channel.ts';
import type { ReadPool } from '../repository/read-pool.ts';
import type { SteadyReads } from '../repository/steady-reads.ts';
import { journalPath, removeJournal } from './restore-journal.ts';
import type {
  DataWorkerData,
  PlanMessage,
  PlanRequest,
  PlannedSelection,
  PlanWorkerData,
  RestoreCounts,
} from './restore-protocol.ts';
import type { RestoreRequest } from './restore-request.ts';
import { identitiesOf, type Room } from './restore-target.ts';

/** `totalBytes` is null where nobody knows. */
export type Chosen = { readonly selections: readonly PlannedSelection[]; readonly totalBytes: number | null };

type Destination = {
  readonly target: RawPath;
  readonly room: Room | null;
  readonly steady: SteadyReads;
};

export class RestoreThreads {
  readonly #request: RestoreRequest;
  readonly #workers: Thread[] = [];
  readonly #finished = Promise.withResolvers<RestoreCounts>();
  readonly #issues: Issue[] = [];
  readonly #conflicts: RestoreResult['conflicts'] = [];
  readonly #bytesDone = new BigInt64Array(new SharedArrayBuffer(8));
  readonly #journal: string;
  readonly #signal: AbortSignal;
  /** Null while they are not known. */
  #totals: { readonly items: number | null; readonly bytes: number | null };
  #hasFinished = false;
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
        lendThread(new URL('./data-worker.ts', import.meta.url), threadOptions(threadData, [rangePort, port2])),
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
      forbidden: identitiesOf({ home: request.home, localFolder: request.repository.backend.localFolder }),
      ledger: run === undefined ? null : { path: run.ledger, run: run.id },
      journal: this.#journal,
      // A whole snapshot says itself how much it holds; where that fits, nothing needs to be counted.
      measures: mode === 'write' && (chosen.totalBytes === null || chosen.totalBytes > (room?.freeBytes ?? 0)),
      roomBytes: mode !== 'write' || request.ignoreFreeSpace ? null : (room?.mostBytes ?? null),
    };
    const planner = lendThread(
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
      this.#hasFinished = true;
      const result = { ...counts, conflicts: this.#conflicts, freeBytes: free, issues: this.#issues };
      return { dryRun, target, ...result, durationMs: Date.now() - startedAtMs };
    } finally {
      // A signal that is listened to is held, and all of this run with it.
      this.#signal.removeEventListener('abort', this.#stop);
      const leave = this.#hasFinished ? giveBackThread : stopThread;
      await Promise.all(this.#workers.map((worker) => leave(worker)));
      for (const { port1 } of this.#ranges) port1.close();
    }
  }

  #rangePort(): MessageChannel['port2'] {
    const channel = new MessageChannel();
    this.#ranges.push(channel);
    serveRanges(channel.port1, this.#steady.backend, this.#steady.rescue);
    return channel.port2;
  }

  #adopt(worker: Thread): void {
    worker.on('error', (error) => this.#finished.reject(toHoldfastError(error)));
    worker.on('exit', () => this.#finished.reject(toHoldfastError(new Error('a thread ended before its work'))));
    this.#workers.push(worker);
  }

  #hear(message: PlanMessage, planner: Thread): void {
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
