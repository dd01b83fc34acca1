/** Looks at a snapshot that was written: whether AWS lists the blocks that were put, and reads some of them back. */
import type { EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { listBlocks, listFailure, type ListedBlock } from '../../aws/ebs/block-lists.ts';
import { plainDigest, readBlock } from '../../aws/ebs/block-reads.ts';
import { blockBytes, BlockSet } from '../../aws/ebs/blocks.ts';
import type { PutBlocks } from '../../aws/ebs/block-writes.ts';

/** AWS has compared the checksum of each block and of all; this is to see that what it gives is what it took. */
const readBack = 24;

export type Written = {
  readonly snapshot: string;
  readonly blocks: number;
  readonly put: PutBlocks;
  /** With a parent, its blocks are listed too. */
  readonly hasParent: boolean;
};

/** Throws UPLOAD_DIFFERS. */
export async function verifyUpload(
  ebs: EBSClient,
  written: Written,
  signal: AbortSignal,
): Promise<{ readonly listedBlocks: number; readonly readBlocks: number }> {
  const { snapshot, blocks, put } = written;
  const listed = new BlockSet(blocks);
  const chosen: ListedBlock[] = [];
  const query = { snapshot, since: null };
  const every = Math.max(1, Math.floor(put.count / readBack));
  let count = 0;
  try {
    for await (const page of listBlocks(ebs, query, signal)) {
      if (page.volumeBlocks !== blocks) throw differs(snapshot, 'it has another size');
      for (const block of page.blocks) {
        const isPut = put.hashOf(block.index) !== null;
        if (!isPut && !written.hasParent) throw differs(snapshot, `block ${block.index} was never put`);
        if (!listed.add(block.index) || !isPut) continue;
        if (count++ % every === 0) chosen.push(block);
      }
    }
  } catch (error) {
    throw error instanceof HoldfastError ? error : listFailure(error, query);
  }
  if (count !== put.count) throw differs(snapshot, `of ${put.count} blocks that were put, ${count} are listed`);
  const memory = new Uint8Array(blockBytes);
  for (const { index, token } of chosen) {
    const block = { snapshot, index, token: token ?? '' };
    const hash = token === null ? null : await readBlock(ebs, block, memory, plainDigest, signal);
    if (hash === null || put.hashOf(index)?.equals(hash) !== true)
      throw differs(snapshot, `block ${index} reads as something else`);
  }
  return { listedBlocks: listed.size, readBlocks: chosen.length };
}

function differs(snapshot: string, how: string): HoldfastError {
  return new HoldfastError('UPLOAD_DIFFERS', `${snapshot} is not what was put into it: ${how}.`);
}
