/** The browsing thread of one repository: keeps folders that were looked at, and answers with parts of them. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { loadIndexFile } from '../repository/index-loading.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import type { BrowseReply, BrowseRequest, BrowseWorkerData } from './browse-protocol.ts';
import { TreeBrowser } from './tree-browser.ts';

const { key, version, index: shared, rangePort } = threadData() as BrowseWorkerData;
const port = parentPort as unknown as MessagePort;
const index = BlobIndex.attach(shared);
const codec = new BlobCodec(key, version);
const load = rangeLoader(rangePort);
const browser = new TreeBrowser(new BlobReader(codec, index, load, load.rescue));

port.on('message', (message: BrowseRequest) => {
  void answer(message).then((reply) => port.postMessage(reply));
});

async function answer(message: BrowseRequest): Promise<BrowseReply> {
  const { request } = message;
  try {
    if (message.type === 'loadIndex') return { request, intact: loadIndexFile(index, codec, message.sealed) !== null };
    if (message.type === 'folders') return { request, folders: await browser.folders(message.tree, message.path) };
    if (message.type === 'file') return { request, content: await browser.file(message.file) };
    return { request, part: await browser.page(message.page) };
  } catch (error) {
    const { code, message: text } = toHoldfastError(error);
    return { request, code, message: text };
  }
}
