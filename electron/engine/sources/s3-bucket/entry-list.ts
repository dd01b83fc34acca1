/**
 * The entries of one folder, in the order of their keys, as they come. Up to ten thousand are one tree. More are parted into
 * folders where their names say so, so that a key more or less changes one of them; those may be parted in turn.
 */
import { crc32 } from 'node:zlib';
import type { RawPath } from '../../platform/raw-path.ts';
import { beside } from './key-path.ts';

export const mostEntries = 10_000;
const fewestEntries = 512;
/** One name in so many ends a part. */
const usualEntries = 2048;

export type Named = { readonly name: RawPath };

export class EntryList<Entry extends Named> {
  readonly #part: (entries: readonly Entry[], name: RawPath) => Entry;
  readonly #most: number;
  #held: Entry[] = [];
  #looked = 0;
  #parts: EntryList<Entry> | null = null;

  /** `part` makes the entry of a part out of what is in it. */
  constructor(part: (entries: readonly Entry[], name: RawPath) => Entry, most = mostEntries) {
    this.#part = part;
    this.#most = most;
  }

  push(entry: Entry): void {
    this.#held.push(entry);
    if (this.#parts === null && this.#held.length <= this.#most) return;
    this.#parts ??= new EntryList(this.#part, this.#most);
    this.#partHeld(this.#parts);
  }

  /** What is left to be the folder itself. */
  finish(): readonly Entry[] {
    if (this.#parts === null) return this.#held;
    if (this.#held.length > 0) this.#cut(this.#parts, this.#held.length);
    return this.#parts.finish();
  }

  #partHeld(parts: EntryList<Entry>): void {
    for (; this.#looked < this.#held.length; this.#looked++) {
      if (this.#looked < Math.min(fewestEntries, this.#most / 4)) continue;
      const isFull = this.#looked >= this.#most;
      if (isFull || begins(this.#held[this.#looked])) this.#cut(parts, this.#looked);
    }
  }

  #cut(parts: EntryList<Entry>, count: number): void {
    const entries = this.#held.splice(0, count);
    parts.push(this.#part(entries, beside + (entries[0]?.name ?? '')));
    this.#looked = 0;
  }
}

function begins(entry: Named | undefined): boolean {
  return entry !== undefined && crc32(Buffer.from(entry.name, 'latin1')) % usualEntries === 0;
}
