/** The browsing thread of one repository: keeps folders that were looked at, and answers with parts of them. */
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { serveLent } from '../platform/lent-threads.ts';
import { BlobCodec } from '../repository/blob-codec.ts';
import { BlobIndex } from '../repository/blob-index.ts';
import { BlobReader } from '../repository/blob-reader.ts';
import { endingWith } from '../repository/lent-ending.ts';
import { loadIndexFile } from '../repository/index-loading.ts';
import { rangeLoader } from '../repository/range-channel.ts';
import type { BrowseReply, BrowseRequest, BrowseWorkerData } from './browse-protocol.ts';
import { TreeBrowser } from './tree-browser.ts';

serveLent(({ key, version, index: shared, rangePort }: BrowseWorkerData, port) => {
  const index = BlobIndex.attach(shared);
  const codec = new BlobCodec(key, version);
  const load = rangeLoader(rangePort);
  const browser = new TreeBrowser(new BlobReader(codec, index, load, load.rescue));
  const loadIndex = (sealed: Uint8Array<ArrayBuffer>): boolean => loadIndexFile(index, codec, sealed) !== null;
  let answering = 0;
  const serve = async (message: BrowseRequest): Promise<void> => {
    answering += 1;
    const reply = await answer(message, browser, loadIndex);
    answering -= 1;
    port.postMessage(reply);
  };
  port.on('message', (message: BrowseRequest) => void serve(message));
  return () => {
    rangePort.close();
    return answering > 0 ? 'ends' : endingWith(index, codec);
  };
});

async function answer(
  message: BrowseRequest,
  browser: TreeBrowser,
  loadIndex: (sealed: Uint8Array<ArrayBuffer>) => boolean,
): Promise<BrowseReply> {
  const { request } = message;
  try {
    if (message.type === 'loadIndex') return { request, intact: loadIndex(message.sealed) };
    if (message.type === 'folders') return { request, folders: await browser.folders(message.tree, message.path) };
    if (message.type === 'file') return { request, content: await browser.file(message.file) };
    return { request, part: await browser.page(message.page) };
  } catch (error) {
    const { code, message: text } = toHoldfastError(error);
    return { request, code, message: text };
  }
}
