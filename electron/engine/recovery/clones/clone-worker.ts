/** The thread that takes stock of a clone in a folder, looks whether somebody has changed it, and removes it. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { toHoldfastError, type ErrorCode } from '../../../../shared/model/errors.ts';
import type { RawPath } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import { ManifestWriter, readThings } from './manifest.ts';
import { CloneWalk, keptWords, thingsIn } from './walk-clone.ts';

export type CloneTask = {
  readonly task: 'take stock' | 'look' | 'remove' | 'remove all';
  readonly folder: RawPath;
  readonly manifest: string;
  readonly mark: RawPath | null;
  readonly ignored: readonly RawPath[];
  /** Of the folder itself, as it was made; not needed to take stock. */
  readonly inode: string;
};

export type CloneTold = {
  readonly items: number;
  readonly bytes: number;
  readonly removed: number;
  readonly kept: number;
  readonly names: readonly string[];
  /** Another folder, or nothing, is there. */
  readonly missing: boolean;
};

export type CloneMessage =
  | { readonly type: 'progress'; readonly done: number; readonly path: RawPath }
  | { readonly type: 'finished'; readonly told: CloneTold }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string };

const progressEveryMs = 100;
const data = threadData() as CloneTask;
const port = parentPort as unknown as MessagePort;
const say = (message: CloneMessage): void => port.postMessage(message);
let done = 0;
let saidAt = 0;

function onThing(path: RawPath): void {
  done += 1;
  const now = Date.now();
  if (now - saidAt < progressEveryMs) return;
  saidAt = now;
  say({ type: 'progress', done, path });
}

try {
  say({ type: 'finished', told: data.task === 'take stock' ? takeStock(data) : await walk(data, data.task) });
} catch (error) {
  const { code, message } = toHoldfastError(error);
  say({ type: 'failed', code, message });
}

function takeStock({ folder, manifest, mark }: CloneTask): CloneTold {
  const writer = new ManifestWriter(manifest);
  let items = 0;
  let bytes = 0;
  for (const [path, thing] of thingsIn(folder)) {
    if (path === mark) continue;
    onThing(path);
    writer.thing(path, thing);
    items += 1;
    if (thing.kind === 'file') bytes += thing.size;
  }
  writer.finish();
  return { items, bytes, removed: 0, kept: 0, names: [], missing: false };
}

async function walk(
  { folder, manifest, mark, ignored, inode }: CloneTask,
  task: 'look' | 'remove' | 'remove all',
): Promise<CloneTold> {
  const made = await readThings(manifest);
  const found = new CloneWalk(made, { folder, mark, ignored: new Set(ignored), onThing }, task).run(BigInt(inode));
  if (found === null) return { items: 0, bytes: 0, removed: 0, kept: 0, names: [], missing: true };
  const { items, removed, kept, first } = found;
  return { items, bytes: 0, removed, kept, names: first.map(keptWords), missing: false };
}
