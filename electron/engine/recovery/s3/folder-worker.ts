/** The thread that writes objects of a bucket into a folder. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../../repository/blob-codec.ts';
import { BlobIndex } from '../../repository/blob-index.ts';
import { BlobReader } from '../../repository/blob-reader.ts';
import { rangeLoader } from '../../repository/range-channel.ts';
import type { FolderMessage, FolderSetup } from './folder-protocol.ts';
import { KeysToFolder } from './keys-to-folder.ts';

const progressEveryMs = 100;

const port = parentPort as unknown as MessagePort;
const { options, repository } = threadData() as FolderSetup;
const say = (message: FolderMessage): void => port.postMessage(message);
const index = BlobIndex.attach(repository.index);
const codec = new BlobCodec(repository.key, repository.version);
const reader = new BlobReader(codec, index, rangeLoader(repository.rangePort));
const giving = new KeysToFolder(options, { reader, index, onIssue: (issue) => say({ type: 'issue', issue }) });
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
  port.close();
}
