/** The indexing thread: takes snapshots into the catalog one by one, the newest first. */
import type { MessagePort } from 'node:worker_threads';
import type { Caller } from '../../../shared/contract/common.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { CatalogWriter } from '../catalog/line.ts';
import type { BatchBuilder } from '../catalog/version-batch.ts';
import type { IndexJob, IndexScope } from '../catalog/versions.ts';
import { serveLent, type EndingWord } from '../platform/lent-threads.ts';
import { displayRaw } from '../platform/raw-path.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { endingWith } from '../repository/lent-ending.ts';
import { loadIndexFile } from '../repository/index-loading.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import type { IndexMessage, IndexRequest, IndexWorkerData } from './index-protocol.ts';
import { SnapshotWalk, UnreadableTree } from './snapshot-walk.ts';

const progressEveryMs = 100;
/** Batches on their way to the writer: it is never idle, and what waits stays small. */
const batchesInFlight = 3;
const lane = 'index';

serveLent((data: IndexWorkerData, port) => {
  const indexing = new Indexing(data, port);
  void indexing.run();
  return () => indexing.ending;
});

/** What it does for one repository. */
class Indexing {
  readonly #port: MessagePort;
  readonly #rangePort: MessagePort;
  readonly #codec: BlobCodec;
  readonly #table: BlobIndex;
  readonly #reader: BlobReader;
  readonly #catalog: CatalogWriter;
  readonly #caller: Caller;
  readonly #scope: IndexScope;
  readonly #stop = new AbortController();
  readonly #begun = Promise.withResolvers<void>();
  #hasEnded = false;

  constructor({ key, version, index, rangePort, catalogPort, caller, scope }: IndexWorkerData, port: MessagePort) {
    const codec = new BlobCodec(key, version);
    const table = BlobIndex.attach(index);
    this.#port = port;
    this.#rangePort = rangePort;
    this.#codec = codec;
    this.#table = table;
    this.#reader = new BlobReader(codec, table, rangeLoader(rangePort));
    this.#catalog = new CatalogWriter(catalogPort);
    this.#caller = caller;
    this.#scope = scope;
    port.on('message', (request: IndexRequest) => {
      switch (request.type) {
        case 'loadIndex':
          this.#say({ type: 'indexLoaded', isIntact: loadIndexFile(table, codec, request.sealed) === 0 });
          return;
        case 'begin':
          this.#begun.resolve();
          return;
        case 'stop':
          this.#stop.abort(new HoldfastError('CANCELLED', 'Taking snapshots into the catalog was cancelled.'));
      }
    });
  }

  get ending(): EndingWord {
    return this.#hasEnded ? endingWith(this.#table, this.#codec) : 'ends';
  }

  async run(): Promise<void> {
    let last: IndexMessage = { type: 'finished' };
    try {
      await this.#begun.promise;
      for (let job = await this.#begin(); job !== null; job = await this.#begin()) await this.#takeIn(job);
    } catch (error) {
      const { code, message } = toHoldfastError(error);
      last = { type: 'failed', code, message };
    }
    this.#rangePort.close();
    this.#catalog.close();
    this.#hasEnded = true;
    this.#say(last);
  }

  #say(message: IndexMessage): void {
    this.#port.postMessage(message);
  }

  async #begin(): Promise<IndexJob | null> {
    this.#stop.signal.throwIfAborted();
    return this.#catalog.write('versions.begin', this.#caller, this.#scope, { lane });
  }

  async #takeIn(job: IndexJob): Promise<void> {
    this.#say({ type: 'snapshot', snapshot: job.snapshot, source: job.source });
    try {
      const { problem, entries } = await this.#walk(job);
      await this.#catalog.write('versions.finish', this.#caller, { job: job.job, problem }, { lane });
      this.#say({ type: 'indexed', snapshot: job.snapshot, entries });
    } catch (error) {
      if (!(error instanceof UnreadableTree)) {
        await this.#catalog.write('versions.leave', this.#caller, { job: job.job }, { lane }).catch(() => undefined);
        throw error;
      }
      // Without it the snapshots around it can still be told apart.
      const snapshot = error.which === 'own' ? job.snapshot : (job[error.which]?.snapshot ?? '');
      const { code, message } = toHoldfastError(error.cause);
      const { repository } = this.#scope;
      await this.#catalog.write('versions.refuse', this.#caller, { repository, snapshot, problem: message }, { lane });
      this.#say({ type: 'refused', snapshot, code, message });
    }
  }

  async #walk(job: IndexJob): Promise<{ problem: string | null; entries: number }> {
    const sent: Promise<void>[] = [];
    let failure: unknown = null;
    let problems = 0;
    let saidAt = 0;
    const onBatch = async (builder: BatchBuilder): Promise<void> => {
      const { batch, transfer } = builder.take();
      const done = this.#catalog.write('versions.apply', this.#caller, { job: job.job, batch }, { lane, transfer });
      sent.push(
        done.catch((error: unknown) => {
          failure ??= error;
        }),
      );
      if (sent.length >= batchesInFlight) await sent.shift();
      if (failure !== null) throw failure;
    };
    const steps = new SnapshotWalk(
      this.#reader,
      { own: job.tree, previous: job.previous?.tree ?? null, next: job.next?.tree ?? null },
      {
        onBatch,
        onEntries: (entries, folder) => {
          const now = performance.now();
          if (now - saidAt < progressEveryMs) return;
          saidAt = now;
          this.#say({ type: 'progress', entries, currentItem: displayRaw(folder) });
        },
        onIssue: (path, { code, message }) => {
          problems += 1;
          const where = `${displayRaw(path)} in snapshot ${job.snapshot.slice(0, 8)}`;
          this.#say({ type: 'issue', issue: { path: where, code, message } });
        },
      },
    );
    try {
      await steps.run(this.#stop.signal);
    } finally {
      await Promise.all(sent);
    }
    if (failure !== null) throw failure;
    const problem = problems === 0 ? null : `${problems} of its entries could not be read.`;
    return { problem, entries: steps.entries };
  }
}
