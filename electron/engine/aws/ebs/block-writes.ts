/** A snapshot that is written block by block: begun once, filled in any order, completed when all of it is there. */
import { createHash } from 'node:crypto';
import {
  CompleteSnapshotCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
  type EBSClient,
} from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { asked, awsFailure } from '../failures.ts';
import { blockBytes, BlockSet } from './blocks.ts';
import { reasonIn } from './failures.ts';

export type NewSnapshot = {
  readonly sizeGib: number;
  /** Of the same account and region; what is not put stands there as in it. Null: as zeros. */
  readonly parent: string | null;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The same again gives the same snapshot, and no second one. */
  readonly clientToken: string;
  /** Null: as the parent is, or as the account has it by default. */
  readonly encrypted: boolean | null;
  readonly kmsKey: string | null;
};

/** Given up by AWS when nothing has come for so long: three days, the longest there is. */
export const longestSilenceMinutes = 4320;

export type BegunSnapshot = { readonly id: string; readonly status: string };

export async function startSnapshot(
  ebs: EBSClient,
  wanted: NewSnapshot,
  abortSignal: AbortSignal,
): Promise<BegunSnapshot> {
  const { sizeGib, parent, description, tags, clientToken, encrypted, kmsKey } = wanted;
  const command = new StartSnapshotCommand({
    VolumeSize: sizeGib,
    ...(parent === null ? {} : { ParentSnapshotId: parent }),
    Description: description,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    ClientToken: clientToken,
    Timeout: longestSilenceMinutes,
    ...(encrypted === null ? {} : { Encrypted: encrypted }),
    ...(kmsKey === null ? {} : { KmsKeyArn: kmsKey }),
  });
  const { SnapshotId, Status, BlockSize } = await asked('StartSnapshot', () => ebs.send(command, { abortSignal }));
  if (SnapshotId === undefined || BlockSize !== blockBytes)
    throw new HoldfastError(
      'AWS_ANSWER_INVALID',
      'StartSnapshot was answered without an id, or with another size of blocks.',
    );
  return { id: SnapshotId, status: Status ?? 'pending' };
}

/** `hash`: SHA-256 of the bytes, which AWS compares. */
export async function putBlock(
  ebs: EBSClient,
  snapshot: string,
  block: { readonly index: number; readonly bytes: Uint8Array; readonly hash: Uint8Array },
  abortSignal: AbortSignal,
): Promise<void> {
  const { index, bytes, hash } = block;
  const checksum = Buffer.from(hash).toString('base64');
  const command = new PutSnapshotBlockCommand({
    SnapshotId: snapshot,
    BlockIndex: index,
    BlockData: bytes,
    DataLength: bytes.length,
    Checksum: checksum,
    ChecksumAlgorithm: 'SHA256',
  });
  const what = `PutSnapshotBlock ${index} of ${snapshot}`;
  const { Checksum } = await asked(what, () => ebs.send(command, { abortSignal }));
  if (Checksum !== checksum)
    throw new HoldfastError('AWS_ANSWER_INVALID', `${what} was answered with another checksum.`);
}

const stretchBlocks = 65_536;

/** All blocks that were put, by place, and what AWS calls their linear checksum: that of their checksums in order. */
export class PutBlocks {
  readonly #stretches = new Map<number, Uint8Array>();
  readonly #put: BlockSet;
  readonly #blocks: number;

  constructor(blocks: number) {
    this.#put = new BlockSet(blocks);
    this.#blocks = blocks;
  }

  get count(): number {
    return this.#put.size;
  }

  add(index: number, hash: Uint8Array): void {
    const stretch = Math.floor(index / stretchBlocks);
    // Most of a large volume is empty: no memory for that.
    const hashes = this.#stretches.get(stretch) ?? new Uint8Array(stretchBlocks * 32);
    this.#stretches.set(stretch, hashes);
    hashes.set(hash, (index % stretchBlocks) * 32);
    this.#put.add(index);
  }

  /** Null where none was put there. */
  hashOf(index: number): Buffer | null {
    const hashes = this.#put.has(index) ? this.#stretches.get(Math.floor(index / stretchBlocks)) : undefined;
    const at = (index % stretchBlocks) * 32;
    return hashes === undefined ? null : Buffer.from(hashes.buffer, at, 32);
  }

  linearChecksum(): string {
    const whole = createHash('sha256');
    for (let index = 0; index < this.#blocks; index++) {
      const hash = this.hashOf(index);
      if (hash !== null) whole.update(hash);
    }
    return whole.digest('base64');
  }
}

/** False where it takes no more: an earlier call, whose answer was lost, has completed it. */
export async function completeSnapshot(
  ebs: EBSClient,
  snapshot: string,
  put: PutBlocks,
  abortSignal: AbortSignal,
): Promise<boolean> {
  const command = new CompleteSnapshotCommand({
    SnapshotId: snapshot,
    ChangedBlocksCount: put.count,
    Checksum: put.linearChecksum(),
    ChecksumAlgorithm: 'SHA256',
    ChecksumAggregationMethod: 'LINEAR',
  });
  try {
    await ebs.send(command, { abortSignal });
    return true;
  } catch (error) {
    if (reasonIn(error) === 'INVALID_SNAPSHOT_ID') return false;
    throw awsFailure(error, `CompleteSnapshot of ${snapshot}`);
  }
}
