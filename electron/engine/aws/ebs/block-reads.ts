/** Reading one block of a snapshot: whole, and as AWS's own checksum says, or not at all. */
import { hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetSnapshotBlockCommand, type EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError, innermostError, throwIfCancelled } from '../../../../shared/model/errors.ts';
import { HttpLines } from '../../platform/http-lines.ts';
import { intoMemory, pathAndQuery, targetOf } from '../body-reads.ts';
import { awsFailure } from '../failures.ts';
import { connectMs, usualIdleMs } from '../make-client.ts';
import { blockBytes } from './blocks.ts';
import { isInterrupted, reasonIn } from './failures.ts';

export type BlockWanted = { readonly snapshot: string; readonly index: number; readonly token: string };

/** SHA-256 of a block. Whoever stores it has it without looking twice; it may be told of one that is not what it should be. */
export type BlockDigest = (bytes: Uint8Array) => Promise<Buffer>;

/** A body that breaks off, or is not what its checksum says, is asked for again this often in all. */
const attempts = 6;
const firstPauseMs = 50;

/** Its SHA-256, which was compared; null where the token is no longer good: the block has to be listed anew. */
export async function readBlock(
  ebs: EBSClient,
  block: BlockWanted,
  memory: Uint8Array,
  digest: BlockDigest,
  signal: AbortSignal,
): Promise<Buffer | null> {
  const what = `GetSnapshotBlock ${block.index} of ${block.snapshot}`;
  for (let attempt = 1; ; attempt++) {
    throwIfCancelled(signal);
    try {
      return await readOnce(ebs, block, memory, digest, signal);
    } catch (error) {
      throwIfCancelled(signal);
      if (reasonIn(error) === 'INVALID_BLOCK_TOKEN') return null;
      const mayBeOtherwise = isInterrupted(error) || innermostError(error) instanceof Garbled;
      if (!mayBeOtherwise || attempt === attempts) throw awsFailure(error, what);
      await sleep(firstPauseMs * 2 ** attempt, undefined, { signal }).catch(() => undefined);
    }
  }
}

export const plainDigest: BlockDigest = async (bytes) => hash('sha256', bytes, 'buffer');

class Garbled extends HoldfastError {
  constructor(index: number) {
    super('AWS_ANSWER_INVALID', `Block ${index} came with another checksum than was promised, each time.`);
  }
}

/** Those that are kept end by themselves. */
const linesOf = new WeakMap<EBSClient, HttpLines>();

async function readOnce(
  ebs: EBSClient,
  { snapshot, index, token }: BlockWanted,
  memory: Uint8Array,
  digest: BlockDigest,
  signal: AbortSignal,
): Promise<Buffer> {
  if (memory.length !== blockBytes) throw new TypeError('A block is of one length.');
  const lines = linesOf.get(ebs) ?? new HttpLines({ connectMs, idleMs: usualIdleMs });
  linesOf.set(ebs, lines);
  const command = new GetSnapshotBlockCommand({ SnapshotId: snapshot, BlockIndex: index, BlockToken: token });
  const ask: Parameters<typeof intoMemory>[1] = (request) => {
    const { method, headers } = request;
    return lines.ask({ target: targetOf(request), method, path: pathAndQuery(request), headers }, memory, signal);
  };
  intoMemory(command, ask, null);
  const { Checksum, ChecksumAlgorithm } = await ebs.send(command, { abortSignal: signal });
  const id = await digest(memory);
  if (ChecksumAlgorithm !== 'SHA256' || Checksum !== id.toString('base64')) throw new Garbled(index);
  return id;
}
