/** Puts all blocks of an image that have to be put, side by side, and notes each once AWS has it. */
import type { EBSClient } from '@aws-sdk/client-ebs';
import type { BlockJournal } from '../../aws/ebs/block-journal.ts';
import { blockBytes, zeroBlockHash } from '../../aws/ebs/blocks.ts';
import { putBlock, type PutBlocks } from '../../aws/ebs/block-writes.ts';
import { eachBounded } from '../../aws/ebs/bounded.ts';
import { keptMemory } from '../../platform/kept-memory.ts';
import type { BlockMap } from './block-map.ts';
import type { ImageReader } from './image-reader.ts';
import type { Parent } from './parent.ts';

/** Their bytes are all that is held of an image. */
const putAtOnce = 24;
const breathAfter = 4096;

export type Putting = {
  readonly ebs: EBSClient;
  readonly snapshot: string;
  /** Of the new volume, with what is padded. */
  readonly blocks: number;
  readonly map: BlockMap;
  readonly reader: ImageReader;
  readonly parent: Parent | null;
  /** What is in it was put before. */
  readonly put: PutBlocks;
  readonly journal: BlockJournal;
  readonly signal: AbortSignal;
  /** Of each block that is dealt with, put or not. */
  readonly onBlock: () => void;
};

export async function putBlocks(putting: Putting): Promise<void> {
  const { journal, signal } = putting;
  const stop = new AbortController();
  const together = AbortSignal.any([signal, stop.signal]);
  // Used again and again: fresh memory would pile up until it is collected.
  const rooms: Uint8Array[] = [];
  try {
    await eachBounded(openBlocks(putting), putAtOnce, async (block) => {
      const room = rooms.pop() ?? keptMemory(blockBytes);
      await putOne(putting, block, room, together);
      rooms.push(room);
    });
  } catch (error) {
    stop.abort();
    throw error;
  } finally {
    journal.flush();
  }
}

/** Those that have to be looked at: what the list of the image tells already is not read. */
async function* openBlocks({ blocks, map, parent, put, signal, onBlock }: Putting): AsyncGenerator<number> {
  for (let block = 0; block < blocks; block++) {
    signal.throwIfAborted();
    if (block % breathAfter === 0) await new Promise(setImmediate);
    const known = block < map.blocks ? map.hashOf(block) : zeroBlockHash;
    const isThere =
      known !== null && zeroBlockHash.compare(known) === 0 ? isZeroBelow(parent, block) : isSame(parent, block, known);
    if (put.hashOf(block) !== null || isThere) onBlock();
    else yield block;
  }
}

function isZeroBelow(parent: Parent | null, block: number): boolean {
  return parent === null || zeroBlockHash.compare(parent.hashOf(block)) === 0;
}

function isSame(parent: Parent | null, block: number, hash: Uint8Array | null): boolean {
  return parent !== null && hash !== null && Buffer.compare(parent.hashOf(block), hash) === 0;
}

async function putOne(putting: Putting, index: number, room: Uint8Array, signal: AbortSignal): Promise<void> {
  const { ebs, snapshot, map, reader, parent, put, journal, onBlock } = putting;
  const isWithin = index < map.blocks;
  if (!isWithin) room.fill(0);
  const read = isWithin ? await reader.read(map.stretches(index), room) : null;
  const hash = read ?? zeroBlockHash;
  const isThere = read === null ? isZeroBelow(parent, index) : isSame(parent, index, hash);
  if (!isThere) {
    await putBlock(ebs, snapshot, { index, bytes: room, hash }, signal);
    put.add(index, hash);
    journal.note(index, hash);
  }
  onBlock();
}
