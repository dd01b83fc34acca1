/** A thread that counts what a capture will read, so that its end can be estimated: runs beside it, on long runs only. */
import { parentPort } from 'node:worker_threads';
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { statEntry, statEntryIn, type FileStat } from '../../platform/file-stat.ts';
import { fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { threadData } from '../../platform/threads.ts';
import { nodeTypeOf } from '../../repository/format/go-mode.ts';
import type { CaptureTotals, WalkOptions } from './capture-protocol.ts';
import { compileExcludes, isCacheDirectory } from './excludes.ts';
import { below } from './roots.ts';

const options = threadData() as WalkOptions;
const neverRead = new Set(options.neverRead);
const totals = { items: 0, bytes: 0 };

for (const root of options.roots) count(root);
parentPort?.postMessage({ ...totals } satisfies CaptureTotals);

function count(root: RawPath): void {
  const excludes = compileExcludes(options.excludes, { root });
  const { device, mode, size } = statEntry(root);
  if (nodeTypeOf(mode) !== 'dir') {
    totals.items += 1;
    totals.bytes += size;
    return;
  }
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { path, stat } of entriesOf(folder)) {
      const type = nodeTypeOf(stat.mode);
      if (neverRead.has(path) || excludes.matches(below(root, path), type === 'dir')) continue;
      if (type === 'dir') {
        const staysOut = options.oneFileSystem && stat.device !== device;
        if (!staysOut && !(options.excludeCaches && isCacheDirectory(path))) folders.push(path);
      } else if (type !== 'file' || stat.size <= (options.excludeLargerThanBytes ?? Number.MAX_SAFE_INTEGER)) {
        totals.items += 1;
        totals.bytes += type === 'file' ? stat.size : 0;
      }
    }
  }
}

/** One at a time: what is known of a million entries would fill the memory. What cannot be looked at counts as nothing. */
function* entriesOf(folder: RawPath): Generator<{ path: RawPath; stat: FileStat }> {
  let descriptor: number | null = null;
  try {
    const names = readdirSync(fsPath(folder), { encoding: 'latin1' });
    descriptor = openSync(fsPath(folder), constants.O_RDONLY | constants.O_DIRECTORY);
    for (const name of names) {
      const stat = look(folder, descriptor, name);
      if (stat !== null) yield { path: joinRaw(folder, name), stat };
    }
  } catch {
    // The capture meets it too, and names it.
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

function look(folder: RawPath, descriptor: number, name: RawPath): FileStat | null {
  try {
    return statEntryIn(folder, descriptor, name);
  } catch {
    return null;
  }
}
