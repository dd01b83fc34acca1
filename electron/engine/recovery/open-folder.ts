/**
 * A folder of the restore target, held open so that nothing can be put in its place meanwhile: names below it resolve
 * through the descriptor, never again through a path that somebody may have swapped for a link. Where the system has no
 * /proc, the plain path has to do.
 */
import { closeSync, constants, existsSync, fchmodSync, fchownSync, fstatSync, openSync } from 'node:fs';
import { libc } from '../platform/libc.ts';
import { fsPath, type RawPath } from '../platform/raw-path.ts';
import type { Metadata } from './restore-protocol.ts';
import { applyXattrs } from './metadata.ts';

const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
const viaDescriptors = existsSync('/proc/self/fd');

export class OpenFolder {
  readonly #descriptor: number;
  #users = 1;
  /** Prefix for names in this folder, ending in a slash; valid in every thread of the process. */
  readonly base: RawPath;

  private constructor(descriptor: number, path: RawPath) {
    this.#descriptor = descriptor;
    this.base = viaDescriptors ? `/proc/self/fd/${descriptor}/` : path.endsWith('/') ? path : `${path}/`;
  }

  /** `path` must not end in a link. Throws Node's system errors. */
  static open(path: RawPath): OpenFolder {
    return new OpenFolder(openSync(fsPath(path), flags), path);
  }

  /** Which folder it is, whatever path or link has led to it. */
  get identity(): string {
    const { dev, ino } = fstatSync(this.#descriptor, { bigint: true });
    return `${dev} ${ino}`;
  }

  hold(): void {
    this.#users += 1;
  }

  /** The last to release closes it. */
  release(): void {
    this.#users -= 1;
    if (this.#users === 0) closeSync(this.#descriptor);
  }

  makeWritable(): void {
    fchmodSync(this.#descriptor, (fstatSync(this.#descriptor).mode & 0o7777) | 0o700);
  }

  /** Gives the folder the snapshot's metadata; returns what could not be given. */
  apply(metadata: Metadata): readonly string[] {
    if (process.getuid?.() === 0) fchownSync(this.#descriptor, metadata.uid, metadata.gid);
    const notes = [...applyXattrs(this.#descriptor, metadata.xattrs)];
    fchmodSync(this.#descriptor, metadata.permissions);
    libc?.setFdTimesNs(this.#descriptor, metadata.mtimeNs, metadata.mtimeNs);
    return notes;
  }
}
