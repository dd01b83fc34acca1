/** What stands on a volume: blocks of 512 KiB that were written, all others empty. A copy shares what is not changed. */
import { createHash } from 'node:crypto';
import { type Content, type Contents } from './contents.ts';

export const blockBytes = 512 * 1024;

export type Block = {
  readonly content: Content;
  /** Base64, as EBS says it. */
  readonly sha256: string;
};

export class Disk {
  readonly #blocks: Map<number, Block>;

  constructor(blocks: ReadonlyMap<number, Block> = new Map()) {
    this.#blocks = new Map(blocks);
    for (const { content } of blocks.values()) content.share();
  }

  copy(): Disk {
    return new Disk(this.#blocks);
  }

  block(index: number): Block | undefined {
    return this.#blocks.get(index);
  }

  /** In rising order. */
  indexes(): number[] {
    return [...this.#blocks.keys()].sort((a, b) => a - b);
  }

  async write(contents: Contents, index: number, bytes: Uint8Array): Promise<void> {
    const whole = Buffer.alloc(blockBytes);
    whole.set(bytes);
    const content = await contents.take(once(whole));
    this.#blocks.get(index)?.content.drop();
    this.#blocks.set(index, { content, sha256: createHash('sha256').update(whole).digest('base64') });
  }

  drop(): void {
    for (const { content } of this.#blocks.values()) content.drop();
    this.#blocks.clear();
  }
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(bytes);
}
