/** Comparing two snapshots of a repository, from their trees alone. */
import { MessageChannel } from 'node:worker_threads';
import type { Issue } from '../../../shared/contract/common.ts';
import type { DiffEntry, DiffSummary } from '../../../shared/contract/diff.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { startThread, stopThread } from '../platform/threads.ts';
import type { DiffMessage, DiffRequest, DiffWorkerData } from './diff-protocol.ts';
import { serveRanges } from './range-channel.ts';
import { ReadPool } from './read-pool.ts';
import type { Repository } from './repository.ts';

export type DiffOptions = {
  /** Ids of the trees. */
  readonly before: string;
  readonly after: string;
  readonly metadata: boolean;
  readonly signal: AbortSignal | undefined;
};

type DiffEvent =
  | { type: 'entries'; entries: DiffEntry[] }
  | { type: 'issue'; issue: Issue }
  | { type: 'done'; result: DiffSummary };

/** Ends with one `done`. A reader that leaves early ends the thread. */
export async function* diffSnapshots(repository: Repository, options: DiffOptions): AsyncGenerator<DiffEvent, void> {
  const { signal, before, after, metadata } = options;
  const pool = await ReadPool.open(repository);
  await pool.endThreads();
  const ranges = new MessageChannel();
  serveRanges(ranges.port1, repository.backend, repository.rescue);
  const data: DiffWorkerData = {
    key: repository.key,
    version: repository.config.version,
    index: pool.index.shared,
    rangePort: ranges.port2,
    before,
    after,
    metadata,
  };
  const worker = startThread(new URL('./diff-worker.ts', import.meta.url), {
    data,
    transferList: [ranges.port2],
    resourceLimits: { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 32 },
  });
  const waiting: DiffMessage[] = [];
  let failure: unknown = null;
  let wake = Promise.withResolvers<void>();
  const fail = (error: unknown): void => {
    failure ??= error;
    wake.resolve();
  };
  worker.on('message', (message: DiffMessage) => {
    waiting.push(message);
    wake.resolve();
  });
  worker.on('error', fail);
  worker.on('exit', () => fail(new Error('a thread ended before its work')));
  const cancel = (): void => fail(signal?.reason);
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    signal?.throwIfAborted();
    for (;;) {
      const message = waiting.shift();
      if (message === undefined) {
        if (failure !== null) throw failure;
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
      signal?.throwIfAborted();
      if (message.type === 'failed') throw new HoldfastError(message.code, message.message);
      if (message.type === 'finished') {
        yield { type: 'done', result: message.summary };
        return;
      }
      yield message;
      if (message.type === 'entries') worker.postMessage({ type: 'taken' } satisfies DiffRequest);
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
    ranges.port1.close();
    await stopThread(worker);
    await pool.close();
  }
}
