/** A bucket of S3, or of a store that speaks as S3 does, as a source. */
import { MessageChannel } from 'node:worker_threads';
import { HoldfastError, throwIfCancelled, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { AwsAccess } from '../../aws/access.ts';
import { serveCredentials } from '../../aws/credentials-port.ts';
import { startThread, stopThread } from '../../platform/threads.ts';
import { serveRanges } from '../../repository/range-channel.ts';
import type { CaptureContext, CaptureResult, Source } from '../source.ts';
import type { BucketMessage, BucketSetup } from './bucket-protocol.ts';
import type { BucketWanted, CapturedBucket } from './capture.ts';

export type BucketOptions = { readonly wanted: BucketWanted; readonly access: AwsAccess };

/** Young objects die young here: more room for them is memory that nothing is gained by. */
const limits = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 8 };

export function bucketSource(options: BucketOptions): Source {
  return { capture: (context) => captureBucket(options, context) };
}

async function captureBucket({ wanted, access }: BucketOptions, context: CaptureContext): Promise<CaptureResult> {
  const { repository, writer, parentTree, signal, onProgress, onIssue, onNotice } = context;
  throwIfCancelled(signal);
  const ranges = new MessageChannel();
  serveRanges(ranges.port1, repository.backend);
  const asks = access.credentials === undefined ? null : new MessageChannel();
  if (asks !== null && access.credentials !== undefined) serveCredentials(asks.port1, access.credentials);
  const { setup, ports } = writer.connect();
  const data: BucketSetup = {
    wanted,
    access: { region: access.region, endpoint: access.endpoint, credentialsPort: asks?.port2 ?? null },
    setup: { index: setup.index, version: setup.version, key: setup.key },
    storePorts: ports,
    rangePort: ranges.port2,
    parentTree,
  };
  const script = new URL('./bucket-worker.ts', import.meta.url);
  const worker = startThread(script, {
    data,
    transferList: [...ports, ranges.port2, ...(asks === null ? [] : [asks.port2])],
    resourceLimits: limits,
  });
  const captured = Promise.withResolvers<CapturedBucket>();
  worker.on('error', (error) => captured.reject(error));
  worker.on('exit', () => captured.reject(new Error('the thread that reads the bucket ended before its work')));
  worker.on('message', (message: BucketMessage) => {
    switch (message.type) {
      case 'progress': {
        const { doneItems, doneBytes, currentItem, totals } = message;
        onProgress({ doneItems, doneBytes, currentItem, totals });
        return;
      }
      case 'issue':
        onIssue(message.issue);
        return;
      case 'notice':
        onNotice(message.text);
        return;
      case 'captured':
        captured.resolve(message.captured);
        return;
      case 'failed':
        captured.reject(new HoldfastError(message.code, message.message));
    }
  });
  const cancel = (): void => captured.reject(toHoldfastError(signal.reason));
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return { ...(await writer.guard(captured.promise)), threads: [] };
  } finally {
    signal.removeEventListener('abort', cancel);
    await stopThread(worker);
    ranges.port1.close();
    asks?.port1.close();
  }
}
