/** Reading one block of a snapshot: whole, and as AWS's own checksum says, or not at all. */
import { webcrypto } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSnapshotBlockCommand, type EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError, innermostError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { awsFailure } from '../failures.ts';
import { blockBytes } from './blocks.ts';
import { isInterrupted, reasonIn } from './failures.ts';

export type ReadBlock = {
  /** In memory of its own. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** SHA-256, which was compared. */
  readonly hash: Buffer;
};

/** A body that breaks off, or is not what its checksum says, is asked for again this often in all. */
const attempts = 6;
const firstPauseMs = 50;

/** Null where the token is no longer good: the block has to be listed anew. */
export async function readBlock(
  ebs: EBSClient,
  block: { readonly snapshot: string; readonly index: number; readonly token: string },
  signal: AbortSignal,
): Promise<ReadBlock | null> {
  const what = `GetSnapshotBlock ${block.index} of ${block.snapshot}`;
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await readOnce(ebs, block, signal);
    } catch (error) {
      throwIfCancelled(signal);
      if (reasonIn(error) === 'INVALID_BLOCK_TOKEN') return null;
      const mayBeOtherwise = isInterrupted(error) || innermostError(error) instanceof Garbled;
      if (!mayBeOtherwise || attempt === attempts) throw awsFailure(error, what);
      await sleep(firstPauseMs * 2 ** attempt, undefined, { signal }).catch(() => undefined);
    }
  }
}

class Garbled extends HoldfastError {
  constructor(index: number, how: string) {
    super('AWS_ANSWER_INVALID', `Block ${index} came ${how}, each time.`);
  }
}

async function readOnce(
  ebs: EBSClient,
  { snapshot, index, token }: { readonly snapshot: string; readonly index: number; readonly token: string },
  abortSignal: AbortSignal,
): Promise<ReadBlock> {
  const command = new GetSnapshotBlockCommand({ SnapshotId: snapshot, BlockIndex: index, BlockToken: token });
  const { BlockData, Checksum, ChecksumAlgorithm } = await ebs.send(command, { abortSignal });
  const bytes = new Uint8Array(blockBytes);
  let length = 0;
  for await (const piece of (BlockData ?? []) as AsyncIterable<Uint8Array>) {
    if (length + piece.length <= blockBytes) bytes.set(piece, length);
    length += piece.length;
  }
  if (length !== blockBytes) throw new Garbled(index, `with ${length} bytes`);
  // In a thread of the system's pool: this one is for what cannot be done elsewhere.
  const hash = Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes));
  if (ChecksumAlgorithm !== 'SHA256' || Checksum !== hash.toString('base64'))
    throw new Garbled(index, 'with another checksum than was promised');
  return { bytes, hash };
}
