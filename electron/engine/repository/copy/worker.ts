/** A thread that copies: looks into folders of the source, opens blobs there, and seals them under the key of the target. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { hash } from 'node:crypto';
import { toHoldfastError } from '../../../../shared/model/errors.ts';
import { firstMessage, threadData } from '../../platform/threads.ts';
import { BlobCodec } from '../blob-codec.ts';
import { BlobIndex, type BlobType } from '../blob-index.ts';
import { serveDelivery } from '../delivery.ts';
import { loadIndexFile } from '../index-loading.ts';
import { PackBuilder } from '../pack-builder.ts';
import { PackFiles } from '../pack-files.ts';
import { rangeLoader } from '../range-channel.ts';
import type { StoreWorkerSetup } from '../store-protocol.ts';
import { BlobSource } from '../upkeep/blob-source.ts';
import { readBlobs } from '../upkeep/copy-blobs.ts';
import type { CopyFault } from '../upkeep/protocol.ts';
import type { CopyCalls, CopyThreadReply, CopyThreadRequest, SourceSetup } from './protocol.ts';
import { walkFolders, walkGiven, type WalkTools } from './walk-folders.ts';
import { standing } from './protocol.ts';

const port = parentPort as unknown as MessagePort;
threadData();
const {
  setup,
  clients: [client],
} = await firstMessage<StoreWorkerSetup>(port);
const codec = new BlobCodec(setup.key, setup.version);
const target = BlobIndex.attach(setup.index);
const outlet = serveDelivery(port, setup, { codec, index: target, packs: () => [builders.data, builders.tree] });
const builders: Readonly<Record<BlobType, PackBuilder>> = {
  data: new PackBuilder(codec, 'data', 1, outlet),
  tree: new PackBuilder(codec, 'tree', 1, outlet),
};
let source: Source | null = null;

type Source = WalkTools & { readonly codec: BlobCodec };
type Answer = CopyCalls[keyof CopyCalls]['answer'];

/** What is read into the thread's own memory is dealt with before anything else is read. */
let turn = Promise.resolve();
client?.on('message', (request: CopyThreadRequest) => {
  if (source === null || source.isLocal) turn = turn.then(() => serve(request));
  else void serve(request);
});

async function serve(request: CopyThreadRequest): Promise<void> {
  const { job } = request;
  try {
    client?.postMessage({ job, answer: await answerTo(request) } satisfies CopyThreadReply);
  } catch (error) {
    const { code, message } = toHoldfastError(error);
    client?.postMessage({ job, error: { code, message } } satisfies CopyThreadReply);
  }
}

async function answerTo(request: CopyThreadRequest): Promise<Answer> {
  if (request.call === 'open') {
    source = openSource(request.ask);
    return null;
  }
  if (source === null) throw new Error('nothing was opened to copy from');
  switch (request.call) {
    case 'loadIndex':
      return loadIndexFile(source.index, source.codec, request.ask.sealed) === 0;
    case 'walk':
      return walkFolders(source, request.ask);
    case 'walkGiven':
      return walkGiven(source, request.ask.folder, request.ask.plain);
    case 'move':
      return moveBlobs(source, request.ask.entries);
    case 'store':
      return storeBlob(request.ask);
  }
}

function openSource({ key, version, index: shared, localFolder, ranges, standings, walked }: SourceSetup): Source {
  const index = BlobIndex.attach(shared);
  const sourceCodec = new BlobCodec(key, version);
  const files = localFolder === null ? null : new PackFiles(localFolder);
  return {
    index,
    target,
    codec: sourceCodec,
    source: new BlobSource(index, sourceCodec, files, rangeLoader(ranges)),
    standings,
    walked,
    isLocal: files !== null,
  };
}

async function moveBlobs(from: Source, entries: Int32Array): Promise<readonly CopyFault[]> {
  const faults = await readBlobs(from, entries, (type, id, sealed, uncompressedLength) =>
    builders[type].addFrom(from.codec, id, sealed, uncompressedLength),
  );
  const damaged = new Set(faults.map(({ entry }) => entry));
  for (const entry of entries) {
    if (!damaged.has(entry)) Atomics.store(from.standings, entry, standing.sent);
  }
  return faults;
}

function storeBlob({ type, id, plain }: CopyCalls['store']['ask']): boolean {
  if (hash('sha256', plain, 'hex') !== id) return false;
  builders[type].add(Buffer.from(id, 'hex'), plain);
  return true;
}
