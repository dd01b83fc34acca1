/** The thread that gives objects back to a bucket: reads them out of packs, and sends them. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { credentialsOver } from '../../aws/credentials-port.ts';
import { s3Client } from '../../aws/s3-client.ts';
import { Room } from '../../platform/room.ts';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { BlobReader } from '../../repository/blob-reader.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import { FollowTarget } from './follow-target.ts';
import { ObjectGiving } from './give-objects.ts';
import type { GiveMessage, GiveSetup } from './give-protocol.ts';
import { TargetBucket } from './target-bucket.ts';
import { UploadJournal } from './upload-journal.ts';

const progressEveryMs = 100;
const roomBytes = 160 * 1024 * 1024;

const port = parentPort as unknown as MessagePort;
const { options, access, repository } = threadData() as GiveSetup;
const say = (message: GiveMessage): void => port.postMessage(message);
const { signal } = new AbortController();
const { region, endpoint, credentialsPort } = access;
const s3 = s3Client({
  region,
  endpoint,
  ...(credentialsPort !== null && { credentials: credentialsOver(credentialsPort) }),
});
const codec = new BlobCodec(repository.key, repository.version);
const load = rangeLoader(repository.rangePort);
const reader = new BlobReader(codec, BlobIndex.attach(repository.index), load, load.rescue);
const room = new Room(roomBytes);
const journal = new UploadJournal(options.journal);
const target = new TargetBucket({ s3, bucket: options.bucket, room, journal, signal });
const onIssue: ConstructorParameters<typeof ObjectGiving>[1]['onIssue'] = (issue) => say({ type: 'issue', issue });
const { follows: following, bucket, prefix } = options;
const follows = following === undefined ? null : new FollowTarget({ ...following, prefix }, { s3, bucket, signal });
const giving = new ObjectGiving(options, { target, journal, reader, room, signal, onIssue, follows });
const ticker = setInterval(() => {
  const { doneItems, doneBytes, currentItem } = giving;
  say({ type: 'progress', doneItems, doneBytes, currentItem });
}, progressEveryMs);
try {
  say({ type: 'given', given: await giving.run() });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
} finally {
  clearInterval(ticker);
  repository.rangePort.close();
  credentialsPort?.close();
  s3.destroy();
  port.close();
}
