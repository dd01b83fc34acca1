/** The comparing thread: walks two trees and says what differs, no faster than it is listened to. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import type { DiffEntry, DiffSummary } from '../../../shared/contract/diff.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import { displayRaw } from '../platform/raw-path.ts';
import { threadData } from '../platform/threads.ts';
import { BlobCodec } from './blob-codec.ts';
import { BlobIndex } from './blob-index.ts';
import { BlobReader } from './blob-reader.ts';
import type { DiffMessage, DiffRequest, DiffWorkerData } from './diff-protocol.ts';
import type { TreeNode } from './format/tree-node.ts';
import { rangeLoader } from './range-channel.ts';
import { diffTrees, type TreeChange } from './tree-diff.ts';

const batchEntries = 500;

const { key, version, index, rangePort, before, after, metadata } = threadData() as DiffWorkerData;
const port = parentPort as unknown as MessagePort;
const say = (message: DiffMessage): void => port.postMessage(message);
const load = rangeLoader(rangePort);
const reader = new BlobReader(new BlobCodec(key, version), BlobIndex.attach(index), load, load.rescue);

let entries: DiffEntry[] = [];
let taken = Promise.withResolvers<void>();
taken.resolve();
port.on('message', (_request: DiffRequest) => taken.resolve());

const summary: DiffSummary = {
  added: 0,
  removed: 0,
  changed: 0,
  typeChanged: 0,
  metadata: 0,
  addedBytes: 0,
  removedBytes: 0,
};

try {
  await diffTrees(reader, before, after, {
    onChange: (change) => {
      count(change);
      if (change.kind === 'metadata' && !metadata) return undefined;
      entries.push(present(change));
      return entries.length >= batchEntries ? send() : undefined;
    },
    onIssue: (path, { code, message }) => say({ type: 'issue', issue: { path: displayRaw(path), code, message } }),
  });
  if (entries.length > 0) await send();
  say({ type: 'finished', summary });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
}
rangePort.close();
port.close();

async function send(): Promise<void> {
  await taken.promise;
  taken = Promise.withResolvers();
  say({ type: 'entries', entries });
  entries = [];
}

function count({ kind, before: was, after: is }: TreeChange): void {
  summary[kind] += 1;
  if (kind === 'metadata') return;
  summary.addedBytes += is?.type === 'file' ? is.size : 0;
  summary.removedBytes += was?.type === 'file' ? was.size : 0;
}

function present({ path, kind, before: was, after: is }: TreeChange): DiffEntry {
  return { path: displayRaw(path), change: kind, before: side(was), after: side(is) };
}

function side(node: TreeNode | null): DiffEntry['before'] {
  return node === null ? null : { type: node.type, size: node.size, modifiedAt: node.mtime };
}
