/** The indexing thread: takes snapshots into the catalog one by one, the newest first. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { CatalogWriter } from '../catalog/line.ts';
import type { BatchBuilder } from '../catalog/version-batch.ts';
import type { IndexJob } from '../catalog/versions.ts';
import { displayRaw } from '../platform/raw-path.ts';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { loadIndexFile } from '../repository/index-loading.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import type { IndexMessage, IndexRequest, IndexWorkerData } from './index-protocol.ts';
import { SnapshotWalk, UnreadableTree } from './snapshot-walk.ts';

const progressEveryMs = 100;
/** Batches on their way to the writer: it is never idle, and what waits stays small. */
const batchesInFlight = 3;
const lane = 'index';

const { key, version, index, rangePort, catalogPort, caller, scope } = threadData() as IndexWorkerData;
const port = parentPort as unknown as MessagePort;
const say = (message: IndexMessage): void => port.postMessage(message);
const codec = new BlobCodec(key, version);
const table = BlobIndex.attach(index);
const reader = new BlobReader(codec, table, rangeLoader(rangePort));
const catalog = new CatalogWriter(catalogPort);
const stop = new AbortController();
const begun = Promise.withResolvers<void>();
port.on('message', (request: IndexRequest) => {
  switch (request.type) {
    case 'loadIndex':
      say({ type: 'indexLoaded', isIntact: loadIndexFile(table, codec, request.sealed) === 0 });
      return;
    case 'begin':
      begun.resolve();
      return;
    case 'stop':
      stop.abort(new HoldfastError('CANCELLED', 'Taking snapshots into the catalog was cancelled.'));
  }
});

try {
  await begun.promise;
  for (let job = await begin(); job !== null; job = await begin()) await takeIn(job);
  say({ type: 'finished' });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
}
rangePort.close();
catalog.close();
port.close();

async function begin(): Promise<IndexJob | null> {
  stop.signal.throwIfAborted();
  return catalog.write('versions.begin', caller, scope, { lane });
}

async function takeIn(job: IndexJob): Promise<void> {
  say({ type: 'snapshot', snapshot: job.snapshot, source: job.source });
  try {
    const { problem, entries } = await walk(job);
    await catalog.write('versions.finish', caller, { job: job.job, problem }, { lane });
    say({ type: 'indexed', snapshot: job.snapshot, entries });
  } catch (error) {
    if (!(error instanceof UnreadableTree)) {
      await catalog.write('versions.leave', caller, { job: job.job }, { lane }).catch(() => undefined);
      throw error;
    }
    // Without it the snapshots around it can still be told apart.
    const snapshot = error.which === 'own' ? job.snapshot : (job[error.which]?.snapshot ?? '');
    const { code, message } = toHoldfastError(error.cause);
    const { repository } = scope;
    await catalog.write('versions.refuse', caller, { repository, snapshot, problem: message }, { lane });
    say({ type: 'refused', snapshot, code, message });
  }
}

async function walk(job: IndexJob): Promise<{ problem: string | null; entries: number }> {
  const sent: Promise<void>[] = [];
  let failure: unknown = null;
  let problems = 0;
  let saidAt = 0;
  const onBatch = async (builder: BatchBuilder): Promise<void> => {
    const { batch, transfer } = builder.take();
    const done = catalog.write('versions.apply', caller, { job: job.job, batch }, { lane, transfer });
    sent.push(
      done.catch((error: unknown) => {
        failure ??= error;
      }),
    );
    if (sent.length >= batchesInFlight) await sent.shift();
    if (failure !== null) throw failure;
  };
  const steps = new SnapshotWalk(
    reader,
    { own: job.tree, previous: job.previous?.tree ?? null, next: job.next?.tree ?? null },
    {
      onBatch,
      onEntries: (entries, folder) => {
        const now = performance.now();
        if (now - saidAt < progressEveryMs) return;
        saidAt = now;
        say({ type: 'progress', entries, currentItem: displayRaw(folder) });
      },
      onIssue: (path, { code, message }) => {
        problems += 1;
        const where = `${displayRaw(path)} in snapshot ${job.snapshot.slice(0, 8)}`;
        say({ type: 'issue', issue: { path: where, code, message } });
      },
    },
  );
  try {
    await steps.run(stop.signal);
  } finally {
    await Promise.all(sent);
  }
  if (failure !== null) throw failure;
  const problem = problems === 0 ? null : `${problems} of its entries could not be read.`;
  return { problem, entries: steps.entries };
}
