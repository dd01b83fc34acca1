/** A thread for reading: fills the shared index, and checks whole packs. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { checkPack, type PackVerdict } from './check-pack.ts';
import { unpackEntries } from './format/packed-entries.ts';
import type { IndexedPack } from './format/index-file.ts';
import { listPack, loadIndexFile, type ListedPack } from './index-loading.ts';
import { PackFiles } from './pack-files.ts';
import type { LoadedIndex, ReadReply, ReadRequest, ReadWorkerData } from './read-protocol.ts';

const { key, version, index: shared, localFolder } = threadData() as ReadWorkerData;
const port = parentPort as unknown as MessagePort;
const codec = new BlobCodec(key, version);
const index = BlobIndex.attach(shared);
const files = localFolder === null ? null : new PackFiles(localFolder);

port.on('message', (request: ReadRequest) => {
  const result = request.type === 'loadIndex' ? loadIndex(request) : judge(request);
  port.postMessage({ job: request.job, result } satisfies ReadReply);
});

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
