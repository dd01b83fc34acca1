/** What the EBS direct APIs count in: blocks of one size, each named by its place in the volume. */
import { createHash } from 'node:crypto';
import { ebsBlockBytes } from '../../../../shared/model/aws.ts';

export const blockBytes = ebsBlockBytes;
export const gibBytes = 1024 ** 3;
export const blocksPerGib = gibBytes / blockBytes;
/** The largest volume there is. */
export const mostBlocks = 65_536 * blocksPerGib;

/** SHA-256 of a block of zeros, which is also its name in a repository. */
export const zeroBlockHash: Buffer = createHash('sha256').update(Buffer.alloc(blockBytes)).digest();

/** Which blocks of a volume something is true of: a bit for each. */
export class BlockSet {
  readonly #bits: Uint8Array;
  #size = 0;

  constructor(blocks: number) {
    this.#bits = new Uint8Array(Math.ceil(blocks / 8));
  }

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    return ((this.#bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
  }

  /** False where it was in it already. */
  add(index: number): boolean {
    if (this.has(index)) return false;
    this.#bits[index >> 3] = (this.#bits[index >> 3] ?? 0) | (1 << (index & 7));
    this.#size += 1;
    return true;
  }

  /** How many there are from one place up to another. */
  countIn(from: number, to: number): number {
    let count = 0;
    for (let at = from; at < to; at++) if (this.has(at)) count += 1;
    return count;
  }
}
