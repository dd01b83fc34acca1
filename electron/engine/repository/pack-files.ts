/**
 * Packs that a thread can read by itself because they are files of this machine: into memory it keeps, without a detour
 * through the main thread. Faults are left to the backend, which retries and explains: the answer is then null.
 */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { keptMemory } from '../platform/kept-memory.ts';

const openFiles = 16;
const initialBytes = 1024 * 1024;

export class PackFiles {
  readonly #folder: string;
  readonly #descriptors = new Map<string, number>();
  #memory = keptMemory(initialBytes);

  /** `folder` is the repository's. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Exactly the bytes asked for, valid until the next call, or null. */
  read(packId: string, offset: number, length: number): Buffer | null {
    try {
      const descriptor = this.#open(packId);
      // A length may be a lie of a hostile index.
      return offset + length > fstatSync(descriptor).size ? null : this.#fill(descriptor, offset, length);
    } catch {
      return null;
    }
  }

  /** The whole pack, valid until the next call, or null. */
  readWhole(packId: string): Buffer | null {
    try {
      const descriptor = this.#open(packId);
      return this.#fill(descriptor, 0, fstatSync(descriptor).size);
    } catch {
      return null;
    }
  }

  /** Before others use the thread: its end would close them too. */
  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
    this.#descriptors.clear();
  }

  #fill(descriptor: number, offset: number, length: number): Buffer | null {
    if (this.#memory.length < length) this.#memory = keptMemory(Math.ceil(length / initialBytes) * initialBytes);
    for (let filled = 0; filled < length;) {
      const read = readSync(descriptor, this.#memory, filled, length - filled, offset + filled);
      if (read === 0) return null;
      filled += read;
    }
    return this.#memory.subarray(0, length);
  }

  /** The descriptor used longest ago is closed when there are too many. */
  #open(packId: string): number {
    const known = this.#descriptors.get(packId);
    if (known !== undefined) {
      this.#descriptors.delete(packId);
      this.#descriptors.set(packId, known);
      return known;
    }
    const path = join(this.#folder, 'data', packId.slice(0, 2), packId);
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    this.#descriptors.set(packId, descriptor);
    const [oldest] = this.#descriptors;
    if (this.#descriptors.size > openFiles && oldest !== undefined) {
      this.#descriptors.delete(oldest[0]);
      closeSync(oldest[1]);
    }
    return descriptor;
  }
}
