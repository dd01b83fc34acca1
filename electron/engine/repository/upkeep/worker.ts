/** A thread of upkeep: marks what snapshots need, copies blobs into new packs, rewrites index files, reads pack headers. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { firstMessage, threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../blob-codec.ts';
import { BlobIndex, type BlobType } from '../blob-index.ts';
import { takeFlightSlot } from '../delivery.ts';
import { PackBuilder } from '../pack-builder.ts';
import { PackFiles } from '../pack-files.ts';
import { rangeLoader } from '../range-channel.ts';
import { BlobSource } from './blob-source.ts';
import { copyBlobs, verifyBlobs } from './copy-blobs.ts';
import { indexCopies, loadIndex, readHeader, rewriteIndex, sealIndex } from './index-files.ts';
import { markTrees } from './mark-trees.ts';
import type { UpkeepMessage, UpkeepReply, UpkeepRequest, UpkeepSetup } from './protocol.ts';

const port = parentPort as unknown as MessagePort;
threadData();
const setup = await firstMessage<UpkeepSetup>(port);
const { key, version, index: shared, used, localFolder, ranges, packsInFlight } = setup;
const codec = new BlobCodec(key, version);
const index = BlobIndex.attach(shared);
const files = localFolder === null ? null : new PackFiles(localFolder);
const source = new BlobSource(index, codec, files, rangeLoader(ranges));
const tools = { index, codec, source, used };
let builders = { data: builderOf('data'), tree: builderOf('tree') };

/** One after the other: the codec and the read buffer are shared by all requests. */
let turn = Promise.resolve();
port.on('message', (request: UpkeepRequest) => {
  turn = turn.then(() => serve(request));
});

async function serve(request: UpkeepRequest): Promise<void> {
  const { job } = request;
  try {
    const answer = await answerTo(request);
    const transfer = answer !== null && 'data' in answer ? [answer.data.buffer] : [];
    port.postMessage({ job, answer } satisfies UpkeepMessage, transfer);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    port.postMessage({ job, error: { code, message } } satisfies UpkeepMessage);
  }
}

type Answer = Extract<UpkeepReply, { answer: unknown }>['answer'];

async function answerTo(request: UpkeepRequest): Promise<Answer> {
  switch (request.call) {
    case 'loadIndex':
      return loadIndex(index, codec, request.sealed);
    case 'mark':
      return markTrees(tools, request);
    case 'copy':
      return copyBlobs(tools, builders, request.entries);
    case 'flush':
      builders.data.flush();
      builders.tree.flush();
      return null;
    case 'discard':
      builders = { data: builderOf('data'), tree: builderOf('tree') };
      return null;
    case 'verify':
      return verifyBlobs(tools, request.entries);
    case 'rewriteIndex':
      return rewriteIndex(codec, version, request);
    case 'indexCopies':
      return indexCopies(index, codec, version, request);
    case 'sealIndex':
      return sealIndex(codec, version, request.entries);
    case 'readHeader':
      return readHeader(codec, source, request);
  }
}

function builderOf(type: BlobType): PackBuilder {
  return new PackBuilder(codec, type, 1, {
    deliver: ({ id, data }, blobs) => {
      takeFlightSlot(packsInFlight, () => undefined, Atomics.load(packsInFlight, 1));
      const entries = Int32Array.from(blobs, (blob) => index.findHex(blob.type, blob.id));
      const owned = data as Uint8Array<ArrayBuffer>;
      const message: UpkeepMessage = { pack: { id, data: owned, entries } };
      port.postMessage(message, [owned.buffer]);
    },
    reclaim: () => undefined,
    // It is transferred to the main thread and does not come back.
    allocate: (bytes) => Buffer.allocUnsafeSlow(bytes),
  });
}
