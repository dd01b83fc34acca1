/** Counts what a capture will find, without reading a file: every path the excludes leave, and the bytes of files. */
import { closeSync, constants, openSync, readdirSync } from 'node:fs';
import { statEntry, statEntryIn, type FileStat } from '../../platform/file-stat.ts';
import { fsPath, joinRaw, type RawPath } from '../../platform/raw-path.ts';
import { nodeTypeOf } from '../../repository/format/go-mode.ts';
import type { WalkOptions } from './capture-protocol.ts';
import { compileExcludes, isCacheDirectory } from './excludes.ts';
import { below } from './roots.ts';

type CountOptions = Omit<WalkOptions, 'base'>;

export type Counted = { items: number; folders: number; bytes: number };

export type CountEvents = {
  /** Before a folder is looked at; what has been counted by then. */
  readonly onFolder: (folder: RawPath, counted: Counted) => void;
  /** Something cannot be looked at, and counts as nothing. */
  readonly onUnreadable: (path: RawPath, error: unknown) => void;
};

export function countAll(options: CountOptions, events: CountEvents): Counted {
  const counted: Counted = { items: 0, folders: 0, bytes: 0 };
  for (const root of options.roots) countRoot(root, options, counted, events);
  return counted;
}

function countRoot(root: RawPath, options: CountOptions, counted: Counted, events: CountEvents): void {
  const excludes = compileExcludes(options.excludes, { root });
  const neverRead = new Set(options.neverRead);
  const { device, mode, size } = statEntry(root);
  if (nodeTypeOf(mode) !== 'dir') {
    counted.items += 1;
    counted.bytes += size;
    return;
  }
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    events.onFolder(folder, counted);
    counted.folders += 1;
    for (const { path, stat } of entriesOf(folder, events)) {
      const type = nodeTypeOf(stat.mode);
      if (neverRead.has(path) || excludes.matches(below(root, path), type === 'dir')) continue;
      if (type === 'dir') {
        const staysOut = options.oneFileSystem && stat.device !== device;
        if (!staysOut && !(options.excludeCaches && isCacheDirectory(path))) folders.push(path);
      } else if (type !== 'file' || stat.size <= (options.excludeLargerThanBytes ?? Number.MAX_SAFE_INTEGER)) {
        counted.items += 1;
        counted.bytes += type === 'file' ? stat.size : 0;
      }
    }
  }
}

/** One at a time: what is known of a million entries would fill the memory. */
function* entriesOf(folder: RawPath, { onUnreadable }: CountEvents): Generator<{ path: RawPath; stat: FileStat }> {
  let descriptor: number | null = null;
  try {
    const names = readdirSync(fsPath(folder), { encoding: 'latin1' });
    descriptor = openSync(fsPath(folder), constants.O_RDONLY | constants.O_DIRECTORY);
    for (const name of names) {
      let stat: FileStat;
      try {
        stat = statEntryIn(folder, descriptor, name);
      } catch (error) {
        onUnreadable(joinRaw(folder, name), error);
        continue;
      }
      yield { path: joinRaw(folder, name), stat };
    }
  } catch (error) {
    onUnreadable(folder, error);
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
