/** A thread for reading: fills the shared index, and checks whole packs. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { BlobReader } from './blob-reader.ts';
import { checkPack, type PackVerdict } from './check-pack.ts';
import { unpackEntries } from './format/packed-entries.ts';
import type { IndexedPack } from './format/index-file.ts';
import type { TreePiece } from './format/tree.ts';
import { listPack, loadIndexFile, type ListedPack } from './index-loading.ts';
import { PackFiles } from './pack-files.ts';
import type { LoadedIndex, ReadReply, ReadRequest, ReadWorkerData, TreeStep } from './read-protocol.ts';
import { loadTree } from './tree-lookup.ts';

const { key, version, index: shared, localFolder } = threadData() as ReadWorkerData;
const port = parentPort as unknown as MessagePort;
const codec = new BlobCodec(key, version);
const index = BlobIndex.attach(shared);
const files = localFolder === null ? null : new PackFiles(localFolder);

port.on('message', (request: ReadRequest) => {
  void answer(request).then((result) => port.postMessage({ job: request.job, result } satisfies ReadReply));
});

async function answer(request: ReadRequest): Promise<ReadReply['result']> {
  switch (request.type) {
    case 'loadIndex':
      return loadIndex(request);
    case 'checkPack':
      return judge(request);
    case 'openTree':
      opened.set(request.job, openTree(request));
      return nextNodes(request.job);
    case 'nextNodes':
      return nextNodes(request.opened);
    case 'closeTree':
      opened.delete(request.opened);
      return { piece: null };
  }
}

/** Trees that are being read, by the job that opened them. */
const opened = new Map<number, AsyncGenerator<TreePiece, void>>();
/** So few that whoever takes them in is not kept from other things for long. */
const nodesAtOnce = 1000;

async function* openTree({
  tree,
  sealed,
}: Extract<ReadRequest, { type: 'openTree' }>): AsyncGenerator<TreePiece, void> {
  const reader = new BlobReader(codec, index, () => Promise.resolve(Buffer.from(sealed.buffer)));
  for (const { nodes, invalid } of await loadTree(reader, tree)) {
    yield { nodes: nodes.slice(0, nodesAtOnce), invalid };
    for (let at = nodesAtOnce; at < nodes.length; at += nodesAtOnce)
      yield { nodes: nodes.slice(at, at + nodesAtOnce), invalid: [] };
  }
}

async function nextNodes(job: number): Promise<TreeStep> {
  try {
    const next = await opened.get(job)?.next();
    if (next !== undefined && next.done !== true) return { piece: next.value };
    opened.delete(job);
    return { piece: null };
  } catch (error) {
    opened.delete(job);
    const { code, message } = toHoldfastError(error);
    return { failed: { code, message } };
  }
}

function loadIndex({ sealed, list }: Extract<ReadRequest, { type: 'loadIndex' }>): LoadedIndex {
  const packs: ListedPack[] = [];
  const watcher = list ? { onPack: (_: number, pack: IndexedPack) => packs.push(listPack(pack)) } : {};
  const refused = loadIndexFile(index, codec, sealed, watcher);
  return { intact: refused === 0, packs: refused === null ? [] : packs };
}

function judge({ packId, data, expected }: Extract<ReadRequest, { type: 'checkPack' }>): PackVerdict {
  const pack =
    data === null ? (files?.readWhole(packId) ?? null) : Buffer.from(data.buffer, data.byteOffset, data.length);
  if (pack === null) return { bytes: null, faults: [] };
  return { bytes: pack.length, faults: checkPack(codec, packId, pack, expected.flatMap(unpackEntries)) };
}
