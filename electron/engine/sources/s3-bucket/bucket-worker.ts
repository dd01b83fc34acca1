/** The thread that captures a bucket: lists, reads and verifies; what it reads goes to the threads that store. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { credentialsOver } from '../../aws/credentials-port.ts';
import { ObjectReads } from '../../aws/object-reads.ts';
import { s3Client } from '../../aws/s3-client.ts';
import { displayRaw } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { BlobReader } from '../../repository/blob-reader.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import { StreamStore } from '../../repository/stream-store.ts';
import type { BucketMessage, BucketSetup } from './bucket-protocol.ts';
import { BucketCapture } from './capture.ts';

const progressEveryMs = 100;

const port = parentPort as unknown as MessagePort;
const { wanted, access, setup, storePorts, rangePort, parentTree } = threadData() as BucketSetup;
const say = (message: BucketMessage): void => port.postMessage(message);
const stop = new AbortController();
const { region, endpoint, credentialsPort } = access;
const s3 = s3Client({
  region,
  endpoint,
  ...(credentialsPort !== null && { credentials: credentialsOver(credentialsPort) }),
});
const reads = new ObjectReads(s3);
const index = BlobIndex.attach(setup.index);
const streams = new StreamStore(storePorts);
const capture = new BucketCapture(wanted, {
  s3,
  reads,
  streams,
  reader: new BlobReader(new BlobCodec(setup.key, setup.version), index, rangeLoader(rangePort)),
  index,
  signal: stop.signal,
  onIssue: (issue) => say({ type: 'issue', issue }),
  onNotice: (text) => say({ type: 'notice', text }),
});
const ticker = setInterval(() => {
  const { doneItems, doneBytes, currentItem, totals } = capture;
  const item = currentItem === null ? null : displayRaw(currentItem);
  say({ type: 'progress', doneItems, doneBytes, currentItem: item, totals });
}, progressEveryMs);
try {
  say({ type: 'captured', captured: await capture.run(parentTree) });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  stop.abort();
  say({ type: 'failed', code, message });
} finally {
  clearInterval(ticker);
  rangePort.close();
  credentialsPort?.close();
  streams.close();
  reads[Symbol.dispose]();
  s3.destroy();
  port.close();
}
