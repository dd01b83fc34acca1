/** The two kinds of file system that are measured apart: one in memory, one on a disk. */
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { largeFileBytes } from '../data/data-sets.ts';
import type { Options } from '../options.ts';
import type { PlaceName } from '../results.ts';

export type Place = AsyncDisposable & {
  readonly name: PlaceName;
  readonly root: string;
  readonly fileSystem: string;
  readonly rounds: number;
  /** Whether what earlier commands have left to be written goes to the disk before a timed one starts. */
  readonly syncFirst: boolean;
  path(...parts: string[]): string;
};

/** Magic numbers of statfs(2), from linux/magic.h. */
const fileSystems = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0xef53, 'ext4'],
  [0x58465342, 'XFS'],
  [0x9123683e, 'Btrfs'],
  [0x2fc12fc1, 'ZFS'],
  [0x794c7630, 'overlayfs'],
  [0x6969, 'NFS'],
]);
const inMemory = new Set(['tmpfs', 'ramfs']);
/** The data, two repositories and one restored copy, and something to spare. */
const copiesAtOnce = 4.25;
const sparedMemoryBytes = 2 * 1024 ** 3;

/** A new folder there, removed when disposed. Throws where it is of the wrong kind or too small. */
export async function openPlace(name: PlaceName, options: Options): Promise<Place> {
  const base = name === 'ram' ? options.ramFolder : options.diskFolder;
  const { type, bavail, bsize } = await statfs(base);
  const fileSystem = fileSystems.get(type) ?? `file system 0x${type.toString(16)}`;
  if (inMemory.has(fileSystem) !== (name === 'ram')) {
    throw new Error(`${base} is on ${fileSystem}: name another folder with --${name}.`);
  }
  requireSpace(name, base, bavail * bsize, options.scale);
  const root = await mkdtemp(join(base, 'holdfast-bench-'));
  return {
    name,
    root,
    fileSystem,
    rounds: name === 'ram' ? options.rounds : Math.ceil((options.rounds * 3) / 5),
    syncFirst: name === 'disk',
    path: (...parts) => join(root, ...parts),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

function requireSpace(name: PlaceName, base: string, freeBytes: number, scale: number): void {
  const needed = largeFileBytes * scale * copiesAtOnce;
  const free = name === 'ram' ? Math.min(freeBytes, freemem() - sparedMemoryBytes) : freeBytes;
  if (free >= needed) return;
  const inGib = (bytes: number) => (bytes / 1024 ** 3).toFixed(1);
  throw new Error(`${base} has room for ${inGib(Math.max(0, free))} GiB; ${inGib(needed)} GiB are needed.`);
}
