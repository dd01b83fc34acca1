/**
 * The capturing thread's line to the threads that store: small files travel in batches, large ones window by window, so
 * that several threads work on one file. Callbacks get each file's result.
 */
import type { MessagePort } from 'node:worker_threads';
import type { RawPath } from '../../platform/raw-path.ts';
import { WorkLanes } from '../../platform/work-lanes.ts';
import {
  windowBytes,
  type BatchResult,
  type FileBatch,
  type FileTask,
  type SeenFile,
  type StoredFileResult,
  type StoreReply,
  type StoreRequest,
} from '../../repository/store-protocol.ts';

const batchFiles = 64;
const batchBytes = 4 * 1024 * 1024;
const requestsPerThread = 3;
const queueLimit = 8;
/** A large file that another takes the place of while it is read is begun anew this often. */
const attempts = 3;
/**
 * The longest list of pieces an entry can have: its JSON must fit into a string. Some 8 TiB of data, 45 TiB of holes.
 */
const maximumPieces = 6_000_000;
const idBytes = 32;

type Waiting = { readonly task: FileTask; readonly done: (result: StoredFileResult) => void };
type LargeFile = {
  readonly waiting: Waiting;
  readonly attempt: number;
  readonly ids: Uint8Array[];
  pieces: number;
  /** Of the first window. */
  seen: SeenFile | null;
  /** What had its name later, where that was another file. */
  successor: SeenFile | null;
  windowsStarted: number;
  windowsOpen: number;
  atEnd: boolean;
  last: StoredFileResult | null;
  failed: StoredFileResult | null;
};

export class StoreClient {
  /** Bytes read and stored (or found to be known) so far. */
  bytesDone = 0;
  /** A large file of which windows are under way: the newest one. */
  largeFile: RawPath | null = null;
  readonly #lanes: WorkLanes<StoreRequest, StoreReply>;
  #batch: Waiting[] = [];
  #batchSize = 0;

  /** `onFirstUse`: called with the position of a port before anything is sent to it for the first time. */
  constructor(ports: readonly MessagePort[], onFirstUse?: (position: number) => void) {
    this.#lanes = new WorkLanes(ports, {
      requestsPerThread,
      queueLimit,
      ...(onFirstUse !== undefined && { onFirstUse }),
      isLast: ({ type }) => type !== 'cut',
      // A window waits for whichever thread is free first: behind another it would hold up all that follow it.
      weight: ({ type }) => (type === 'window' ? requestsPerThread : 1),
    });
  }

  /** A promise where the caller should wait for room; `done` is called later, in any order. */
  submit(task: FileTask, done: (result: StoredFileResult) => void): Promise<void> | null {
    if (task.size > windowBytes) {
      this.largeFile = task.path;
      // One window leads to the next, and a thread takes longer to start than to cut one.
      this.#lanes.begin(Math.ceil(task.size / windowBytes));
      this.#startWindow(largeFile({ task, done }, 1), 0, 'last');
    } else {
      this.#batch.push({ task, done });
      this.#batchSize += task.size;
      if (this.#batch.length >= batchFiles || this.#batchSize >= batchBytes) this.#sendBatch();
    }
    return this.#lanes.room();
  }

  /** Sends what is still being collected. */
  flush(): void {
    if (this.#batch.length > 0) this.#sendBatch();
  }

  close(): void {
    this.#lanes.close();
  }

  #sendBatch(): void {
    const files = this.#batch;
    this.#batch = [];
    this.#batchSize = 0;
    this.#lanes.ask({ type: 'files', files: toColumns(files) }, (reply) => {
      if (reply.type !== 'files') return;
      this.bytesDone += reply.bytes;
      deliver(files, reply.result);
    });
  }

  #startWindow(large: LargeFile, offset: number, place: 'first' | 'last'): void {
    const position = large.windowsStarted++;
    large.windowsOpen += 1;
    const request = { type: 'window', file: large.waiting.task, offset } as const;
    const take = (reply: StoreReply): void => {
      if (reply.type === 'cut') this.#takeCut(large, reply);
      else if (reply.type === 'window') {
        this.bytesDone += reply.bytes;
        this.#receiveWindow(large, position, reply.result);
      }
    };
    this.#lanes.ask(request, take, place);
  }

  #takeCut(large: LargeFile, { next, atEnd, seen }: Extract<StoreReply, { type: 'cut' }>): void {
    large.seen ??= seen;
    if (seen !== null && seen.identity !== large.seen?.identity) large.successor = seen;
    large.atEnd = atEnd || large.successor !== null || large.pieces > maximumPieces;
    if (!large.atEnd) this.#startWindow(large, next, 'first');
  }

  #receiveWindow(large: LargeFile, position: number, result: StoredFileResult): void {
    large.windowsOpen -= 1;
    if ('error' in result) large.failed ??= result;
    else {
      large.ids[position] = result.ids;
      large.pieces += result.ids.length / idBytes;
      if (position === large.windowsStarted - 1) large.last = result;
    }
    if (!large.atEnd || large.windowsOpen > 0) return;
    if (this.largeFile === large.waiting.task.path) this.largeFile = null;
    const { waiting, successor, attempt } = large;
    if (successor === null || attempt === attempts) {
      waiting.done(large.failed ?? joinWindows(large));
      return;
    }
    // Half of one file and half of another would be worth nothing.
    const { size, mtimeNs } = successor;
    this.#startWindow(largeFile({ ...waiting, task: { ...waiting.task, size, mtimeNs } }, attempt + 1), 0, 'first');
  }
}

function largeFile(waiting: Waiting, attempt: number): LargeFile {
  return {
    waiting,
    attempt,
    ids: [],
    pieces: 0,
    seen: null,
    successor: null,
    windowsStarted: 0,
    windowsOpen: 0,
    atEnd: false,
    last: null,
    failed: null,
  };
}

function joinWindows({ ids, last, pieces, successor }: LargeFile): StoredFileResult {
  if (successor !== null) {
    return { error: { code: 'FILE_CHANGED', message: 'Other files kept taking its place while it was read.' } };
  }
  if (pieces > maximumPieces) {
    return { error: { code: 'FILE_TOO_LARGE', message: 'It is too large for one entry of a snapshot.' } };
  }
  if (last === null || 'error' in last) return { error: { code: 'INTERNAL', message: 'a part of the file was lost' } };
  return { ...last, ids: Buffer.concat(ids) };
}

function toColumns(files: readonly Waiting[]): FileBatch {
  return {
    paths: files.map(({ task }) => task.path),
    sizes: Float64Array.from(files, ({ task }) => task.size),
    mtimesNs: BigInt64Array.from(files, ({ task }) => task.mtimeNs),
  };
}

function deliver(files: readonly Waiting[], { ids, idCounts, sizes, mtimesNs, flags, errors }: BatchResult): void {
  const failed = new Map(errors.map(({ file, code, message }) => [file, { error: { code, message } }]));
  let at = 0;
  for (const [file, { done }] of files.entries()) {
    const length = (idCounts[file] ?? 0) * idBytes;
    const stored = {
      ids: ids.subarray(at, at + length),
      size: sizes[file] ?? 0,
      mtimeNs: mtimesNs[file] ?? 0n,
      changed: flags[file] === 1,
    };
    at += length;
    done(failed.get(file) ?? stored);
  }
}
