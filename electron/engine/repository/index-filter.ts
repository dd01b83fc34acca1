/**
 * Tells nearly all blobs that are not in files without a look there (see index-disk.ts): a Bloom filter whose bits of one id
 * lie within 64 bytes, so that asking costs one access to memory. An id is random: any of its words serves as a hash.
 */

/** For each blob that is expected; with four of them set, one in a hundred that are not there is looked for. */
export const filterBits = 10;
const blockWords = 16;
const bitsOfPick = 9;
const pickMask = 2 ** bitsOfPick - 1;

export function filterWordsFor(blobs: number): number {
  return Math.max(1, Math.ceil((blobs * filterBits) / (blockWords * 32))) * blockWords;
}

export class IndexFilter {
  readonly words: Int32Array;
  readonly #blocks: number;

  constructor(words: Int32Array) {
    this.words = words;
    this.#blocks = words.length / blockWords;
  }

  /** The id's words begin at `at` in `ids`. */
  add(ids: Int32Array, at: number): void {
    const { words } = this;
    const block = this.#blockOf(ids[at + 3] as number);
    let picks = ids[at + 4] as number;
    for (let pick = 0; pick < 4; pick++) {
      const bit = picks & pickMask;
      const word = block + (bit >>> 5);
      words[word] = (words[word] as number) | (1 << (bit & 31));
      picks = pick === 2 ? (ids[at + 5] as number) : picks >>> bitsOfPick;
    }
  }

  mayHold(id: Int32Array): boolean {
    const { words } = this;
    const block = this.#blockOf(id[3] as number);
    let picks = id[4] as number;
    for (let pick = 0; pick < 4; pick++) {
      const bit = picks & pickMask;
      if (((words[block + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
      picks = pick === 2 ? (id[5] as number) : picks >>> bitsOfPick;
    }
    return true;
  }

  #blockOf(word: number): number {
    return Math.floor(((word >>> 0) * this.#blocks) / 2 ** 32) * blockWords;
  }
}
