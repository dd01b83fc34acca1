/** The planning thread's line to the threads that bring files back: batches of small files, large ones in parts. */
import type { MessagePort } from 'node:worker_threads';
import { WorkLanes } from '../platform/work-lanes.ts';
import type { DataReply, DataRequest, FileOutcome, FileTask } from './restore-protocol.ts';

const batchFiles = 128;
const batchBytes = 8 * 1024 * 1024;
/** Files above this come in parts. */
const largeBytes = 32 * 1024 * 1024;
const partBytes = 24 * 1024 * 1024;
const requestsPerThread = 2;
const queueLimit = 8;

type Waiting = { readonly task: FileTask; readonly done: (outcome: FileOutcome) => void };

export type PlannedFile = {
  readonly task: FileTask;
  /** Plain bytes of its blobs, and of each one of them. */
  readonly size: number;
  readonly blobLength: (position: number) => number;
};

export class DataClient {
  readonly #lanes: WorkLanes<DataRequest, DataReply>;
  readonly #idleWaiters: (() => void)[] = [];
  #batch: Waiting[] = [];
  #batchSize = 0;

  constructor(ports: readonly MessagePort[]) {
    this.#lanes = new WorkLanes(ports, { requestsPerThread, queueLimit });
  }

  /** A promise where the caller should wait for room. `done` is called later, in any order. */
  submit(file: PlannedFile, done: (outcome: FileOutcome) => void): Promise<void> | null {
    const { task, size } = file;
    const comparesFirst = task.existing === 'compare-keep' || task.existing === 'compare-replace';
    if (size > largeBytes && !comparesFirst) this.#submitLarge(file, done);
    else {
      this.#batch.push({ task, done });
      this.#batchSize += size;
      if (this.#batch.length >= batchFiles || this.#batchSize >= batchBytes) this.#sendBatch();
    }
    return this.#lanes.room();
  }

  /** Sends what is collected and resolves when nothing is outstanding. */
  async drain(): Promise<void> {
    if (this.#batch.length > 0) this.#sendBatch();
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  close(): void {
    this.#lanes.close();
  }

  #sendBatch(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchSize = 0;
    this.#ask({ type: 'files', files: batch.map(({ task }) => task) }, ({ outcomes }) => {
      // A batch that failed as a whole has one outcome for all.
      for (const [position, { done }] of batch.entries()) done(outcomes[position] ?? outcomes[0] ?? lost);
    });
  }

  #submitLarge({ task, size, blobLength }: PlannedFile, done: (outcome: FileOutcome) => void): void {
    const empty = { ...task, content: new Uint8Array() };
    let open = 0;
    let failure: FileOutcome | null = null;
    const finish = (mark: string): void => {
      if (failure !== null) done(failure);
      else this.#ask({ type: 'finish', file: empty, size, mark }, ({ outcomes }) => done(outcomes[0] ?? lost));
    };
    this.#ask({ type: 'begin', file: empty, size }, ({ outcomes: [begun], resumed, mark }) => {
      if (begun?.outcome === 'failed') {
        done(begun);
        return;
      }
      for (const { first, count, offset } of splitParts(task.content.length / 32, blobLength)) {
        open += 1;
        const file = { ...task, content: task.content.slice(first * 32, (first + count) * 32) };
        this.#ask({ type: 'part', file, offset, resumed, mark }, ({ outcomes }) => {
          const outcome = outcomes[0] ?? lost;
          if (outcome.outcome !== 'written') failure ??= outcome;
          open -= 1;
          if (open === 0) finish(mark);
        });
      }
    });
  }

  #ask(request: Parameters<WorkLanes<DataRequest, DataReply>['ask']>[0], answer: (reply: DataReply) => void): void {
    this.#lanes.ask(request, (reply) => {
      answer(reply);
      if (this.#isIdle()) for (const resume of this.#idleWaiters.splice(0)) resume();
    });
  }

  #isIdle(): boolean {
    return this.#lanes.isIdle && this.#batch.length === 0;
  }
}

const lost: FileOutcome = { outcome: 'failed', code: 'INTERNAL', message: 'The thread gave no answer.' };

type Part = { readonly first: number; readonly count: number; readonly offset: number };

function* splitParts(blobs: number, blobLength: (position: number) => number): Generator<Part> {
  let first = 0;
  let offset = 0;
  let length = 0;
  for (let position = 0; position < blobs; position++) {
    length += blobLength(position);
    if (length < partBytes && position < blobs - 1) continue;
    yield { first, count: position - first + 1, offset };
    first = position + 1;
    offset += length;
    length = 0;
  }
}
