/** Making and looking at things in a folder of the restore target. */
import { lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import { keepAside } from './aside.ts';
import { OpenFolder } from './open-folder.ts';
import type { Metadata } from './restore-protocol.ts';

export type Existing = {
  readonly kind: 'file' | 'dir' | 'symlink' | 'other';
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly inode: bigint;
  readonly rdev: bigint;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** A link made by root or by the account we run under, not by somebody else. */
  readonly trusted: boolean;
};

export class TargetFolder {
  readonly #open: OpenFolder;
  readonly base: RawPath;

  constructor(open: OpenFolder) {
    this.#open = open;
    this.base = open.base;
  }

  /** For the owner alone until the restore is done with it. */
  make(name: RawPath): void {
    mkdirSync(fsPath(this.base + name), { mode: 0o700 });
  }

  /** Anything but a folder. It is kept in the folder `aside` where there is one. */
  remove(name: RawPath, aside: RawPath | null): void {
    if (aside !== null) keepAside(this.base, name, aside);
    if (lstatSync(fsPath(this.base + name), { throwIfNoEntry: false }) === undefined) return;
    unlinkSync(fsPath(this.base + name));
  }

  apply(metadata: Metadata): readonly string[] {
    return this.#open.apply(metadata);
  }

  /** For its owner. */
  makeWritable(): void {
    this.#open.makeWritable();
  }

  /** Of all that is in it. */
  names(): readonly RawPath[] {
    return readdirSync(fsPath(`${this.base}.`), { encoding: 'buffer' }).map((name) => name.toString('latin1'));
  }

  get identity(): string {
    return this.#open.identity;
  }

  hold(): void {
    this.#open.hold();
  }

  release(): void {
    this.#open.release();
  }
}

/** Opens a folder of `parent`, or an absolute path where there is none. A link is refused unless `followsLink`. */
export function enterTarget(
  parent: TargetFolder | null,
  name: RawPath,
  path: RawPath,
  followsLink: boolean,
): TargetFolder {
  const place = parent === null ? path : parent.base + name;
  return new TargetFolder(OpenFolder.open(followsLink ? `${place}/.` : place));
}

/** What has that name in the folder, or null. */
export function lookAt(folder: TargetFolder | null, name: RawPath): Existing | null {
  if (folder === null) return null;
  const stats = lstatSync(fsPath(folder.base + name), { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return null;
  const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'dir' : stats.isSymbolicLink() ? 'symlink' : 'other';
  return {
    kind,
    size: Number(stats.size),
    mtimeNs: stats.mtimeNs,
    ctimeNs: stats.ctimeNs,
    inode: stats.ino,
    rdev: stats.rdev,
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    trusted: stats.uid === 0n || Number(stats.uid) === process.getuid?.(),
  };
}
