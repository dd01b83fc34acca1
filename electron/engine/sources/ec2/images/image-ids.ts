/** The list of blocks an image is made of, part by part: that of an earlier image, changed place by place. */
import { setImmediate as breath } from 'node:timers/promises';
import { blockBytes, blocksPerGib, zeroBlockHash } from '../../../aws/ebs/blocks.ts';
import type { BlobIndex } from '../../../repository/blob-index.ts';
import { partBlocks } from './description.ts';
import type { StoredImage } from './stored-image.ts';

const idBytes = 32;
const breathAfter = 8192;

export class ImageIds {
  readonly blocks: number;
  readonly parts: readonly Uint8Array[];

  /** All zeros, where nothing else is said. */
  constructor(sizeGib: number) {
    this.blocks = sizeGib * blocksPerGib;
    const count = Math.ceil(this.blocks / partBlocks);
    this.parts = Array.from({ length: count }, (_, part) =>
      zeros(Math.min(partBlocks, this.blocks - part * partBlocks)),
    );
  }

  set(block: number, hash: Uint8Array): void {
    this.parts[Math.floor(block / partBlocks)]?.set(hash, (block % partBlocks) * idBytes);
  }

  /** False where the earlier image is not whole blocks, or the repository lacks any of them. */
  async takeOver({ parts }: StoredImage, index: BlobIndex): Promise<boolean> {
    let block = 0;
    for (const { ids, size } of parts) {
      if ((ids.length / idBytes) * blockBytes !== size) return false;
      for (let at = 0; at < ids.length; at += idBytes, block++) {
        if (block >= this.blocks) return false;
        const id = ids.subarray(at, at + idBytes);
        if (!isStored(index, id)) return false;
        this.set(block, id);
        if (block % breathAfter === 0) await breath();
      }
    }
    return true;
  }
}

/** Whether the repository has it as a whole block. What this very run has claimed does not count. */
export function isStored(index: BlobIndex, id: Uint8Array): boolean {
  const entry = index.find('data', id);
  return entry >= 0 && index.location(entry) !== null && index.plainLength(entry) === blockBytes;
}

function zeros(blocks: number): Uint8Array {
  const ids = new Uint8Array(blocks * idBytes);
  for (let at = 0; at < ids.length; at += idBytes) ids.set(zeroBlockHash, at);
  return ids;
}
