/** Reading many blocks of a snapshot: listed with their tokens a page at a time, read side by side. */
import type { EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { keptMemory } from '../../platform/kept-memory.ts';
import { blockBytes, BlockSet } from './blocks.ts';
import { listBlocks, listFailure, type ListedBlock } from './block-lists.ts';
import { readBlock, type BlockDigest } from './block-reads.ts';
import { eachBounded } from './bounded.ts';

/** Their bytes are all that is held of a volume. */
const readAtOnce = 16;
/** Few enough to be read long before their tokens, or that of the next page, expire. */
const pageBlocks = 1000;
/** Tokens that are refused as soon as they are given will not become good. */
const fruitlessRounds = 3;

export type BlocksWanted = {
  readonly snapshot: string;
  /** As in the list that told which blocks there are. */
  readonly since: string | null;
  /** The stretch they lie in, and how many of it are wanted. */
  readonly from: number;
  readonly to: number;
  readonly isWanted: (index: number) => boolean;
};

export type BlockTaking = {
  /** Of memory that is used again. */
  readonly digest: BlockDigest;
  /** It was what it should be. */
  readonly taken: (index: number, hash: Buffer) => void;
};

/** Each wanted block, once, in any order. Those whose token has expired meanwhile are listed anew. */
export async function fetchBlocks(
  ebs: EBSClient,
  wanted: BlocksWanted,
  { digest, taken }: BlockTaking,
  signal: AbortSignal,
): Promise<void> {
  const { from, to, isWanted, snapshot } = wanted;
  const got = new BlockSet(to - from);
  /** Shared with the threads that store, so that it stays here. */
  const spare: Uint8Array[] = [];
  let count = 0;
  for (let at = from; at < to; at++) if (isWanted(at)) count += 1;
  for (let fruitless = 0; got.size < count;) {
    const before = got.size;
    await eachBounded(withTokens(ebs, wanted, { got, count }, signal), readAtOnce, async ({ index, token }) => {
      if (token === null) return;
      const memory = spare.pop() ?? keptMemory(blockBytes);
      const hash = await readBlock(ebs, { snapshot, index, token }, memory, digest, signal);
      spare.push(memory);
      if (hash === null) return;
      taken(index, hash);
      got.add(index - from);
    });
    fruitless = got.size === before ? fruitless + 1 : 0;
    if (fruitless === fruitlessRounds)
      throw new HoldfastError('AWS_ANSWER_INVALID', `${snapshot} no longer has blocks that AWS has listed of it.`);
  }
}

/** The wanted ones that were not read yet, as far as they have to be looked for. */
async function* withTokens(
  ebs: EBSClient,
  { snapshot, since, from, to, isWanted }: BlocksWanted,
  { got, count }: { readonly got: BlockSet; readonly count: number },
  signal: AbortSignal,
): AsyncGenerator<ListedBlock> {
  const query = { snapshot, since, from, pageBlocks };
  const left = count - got.size;
  let seen = 0;
  try {
    for await (const { blocks } of listBlocks(ebs, query, signal)) {
      for (const block of blocks) {
        const { index } = block;
        if (index < from || index >= to || !isWanted(index) || got.has(index - from)) continue;
        seen += 1;
        yield block;
      }
      if (seen >= left) return;
    }
  } catch (error) {
    throw listFailure(error, query);
  }
}
