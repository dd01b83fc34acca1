/** Gives objects of a snapshot back to a bucket, in a thread of its own. */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Issue, Progress } from '../../../../shared/contract/common.ts';
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsAccess } from '../../aws/access.ts';
import { serveCredentials } from '../../aws/credentials-port.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import { serveRanges } from '../../repository/range-channel.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import type { Repository } from '../../repository/repository.ts';
import type { GiveMessage, GiveOptions, GiveSetup, Given } from './give-protocol.ts';

export type GiveRequest = {
  readonly repository: Repository;
  readonly access: AwsAccess;
  readonly options: GiveOptions;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onIssue: (issue: Issue) => void;
};

const limits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 16 };

export async function giveToBucket(request: GiveRequest): Promise<Given & { readonly issues: Issue[] }> {
  const { repository, access, options, signal, onProgress } = request;
  const issues: Issue[] = [];
  const pool = await ReadPool.open(repository);
  const ranges = new MessageChannel();
  const asks = new MessageChannel();
  try {
    await pool.endThreads();
    throwIfCancelled(signal);
    serveRanges(ranges.port1, repository.backend, repository.rescue);
    if (access.credentials !== undefined) serveCredentials(asks.port1, access.credentials);
    const { region, endpoint } = access;
    const data: GiveSetup = {
      options,
      access: { region, endpoint, credentialsPort: access.credentials === undefined ? null : asks.port2 },
      repository: {
        key: repository.key,
        version: repository.config.version,
        index: pool.index.shared,
        rangePort: ranges.port2,
      },
    };
    const transferList = [ranges.port2, ...(access.credentials === undefined ? [] : [asks.port2])];
    const script = new URL('./give-worker.ts', import.meta.url);
    const given = await runGiving<Given>(script, { data, transferList, signal }, (message) => {
      if (message.type === 'issue') {
        issues.push(message.issue);
        request.onIssue(message.issue);
      } else {
        const { doneItems, doneBytes, currentItem } = message;
        const unknown = { totalItems: null, totalBytes: null, issues: issues.length };
        onProgress({ phase: options.dryRun ? 'Comparing' : 'Writing', doneItems, doneBytes, currentItem, ...unknown });
      }
    });
    return { ...given, issues };
  } finally {
    ranges.port1.close();
    asks.port1.close();
    await pool.close();
  }
}

type Heard = Extract<GiveMessage, { readonly type: 'progress' | 'issue' }>;
type Said<Result> =
  | Heard
  | { readonly type: 'given'; readonly given: Result }
  | Extract<GiveMessage, { readonly type: 'failed' }>;

/** Starts a thread that gives something back, and hears it to its end. */
export async function runGiving<Result>(
  script: URL,
  { data, transferList, signal }: { data: object; transferList: readonly MessagePort[]; signal: AbortSignal },
  hear: (message: Heard) => void,
): Promise<Result> {
  const worker = startThread(script, { data, transferList, resourceLimits: limits });
  const given = Promise.withResolvers<Result>();
  worker.on('error', (error) => given.reject(error));
  worker.on('exit', () => given.reject(new Error('the thread that gives objects back ended before its work')));
  worker.on('message', (message: Said<Result>) => {
    if (message.type === 'given') given.resolve(message.given);
    else if (message.type === 'failed') given.reject(new HoldfastError(message.code, message.message));
    else hear(message);
  });
  const cancel = (): void => given.reject(toHoldfastError(signal.reason));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await given.promise;
  } finally {
    signal.removeEventListener('abort', cancel);
    await stopThread(worker);
  }
}
