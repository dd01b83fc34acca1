/** Which blocks of a snapshot have to be read, and what all others are: a plan that is made before anything is fetched. */
import type { EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../../shared/model/errors.ts';
import { BlockSet, blocksPerGib } from '../../../aws/ebs/blocks.ts';
import { listBlocks, listFailure, type BlockQuery } from '../../../aws/ebs/block-lists.ts';
import { refusalIn } from '../../../aws/failures.ts';
import { reasonIn } from '../../../aws/ebs/failures.ts';

/** The image of an earlier snapshot of the same volume. */
export type EarlierImage = { readonly snapshot: string; readonly volume: string; readonly sizeGib: number };

export type Changes = {
  /** The snapshot they are since; null: since an empty volume. */
  readonly since: string | null;
  /** To be read. */
  readonly written: BlockSet;
  /** Zeros now, whatever was there. */
  readonly emptied: BlockSet;
};

export type ChangesWanted = {
  readonly snapshot: string;
  readonly volume: string;
  readonly sizeGib: number;
  readonly earlier: EarlierImage | null;
};

/** `onWhole`: why all of it has to be read, where an earlier image is there all the same. */
export async function findChanges(
  ebs: EBSClient,
  { earlier, ...wanted }: ChangesWanted,
  onWhole: (why: string) => void,
  signal: AbortSignal,
): Promise<Changes> {
  if (earlier !== null) {
    const why = unfit(earlier, wanted);
    if (why !== null) onWhole(why);
    else {
      const since = await changesSince(ebs, wanted, earlier.snapshot, signal);
      if (typeof since !== 'string') return since;
      onWhole(since);
    }
  }
  const query = { snapshot: wanted.snapshot, since: null };
  return collect(ebs, query, wanted.sizeGib, signal).catch((error: unknown) => {
    throw listFailure(error, query);
  });
}

function unfit(earlier: EarlierImage, { volume, sizeGib }: Omit<ChangesWanted, 'earlier'>): string | null {
  if (earlier.volume !== volume) return `The earlier image is of ${earlier.volume}, not of ${volume}.`;
  if (earlier.sizeGib > sizeGib) return 'The earlier image is of a larger volume.';
  return null;
}

/** In words where the two cannot be compared. */
async function changesSince(
  ebs: EBSClient,
  { snapshot, sizeGib }: Omit<ChangesWanted, 'earlier'>,
  since: string,
  signal: AbortSignal,
): Promise<Changes | string> {
  const query = { snapshot, since };
  try {
    return await collect(ebs, query, sizeGib, signal);
  } catch (error) {
    const code = refusalIn(error)?.awsCode;
    if (code === 'ResourceNotFoundException')
      return `The snapshot ${since}, which the earlier image is of, is gone from AWS.`;
    const reason = reasonIn(error);
    if (code === 'ValidationException' && (reason === 'UNRELATED_SNAPSHOTS' || reason === 'INVALID_SNAPSHOT_ID'))
      return `AWS cannot compare it with ${since}, which the earlier image is of (${reason}).`;
    throw listFailure(error, query);
  }
}

async function collect(ebs: EBSClient, query: BlockQuery, sizeGib: number, signal: AbortSignal): Promise<Changes> {
  const blocks = sizeGib * blocksPerGib;
  const changes = { since: query.since, written: new BlockSet(blocks), emptied: new BlockSet(blocks) };
  for await (const page of listBlocks(ebs, query, signal)) {
    // Of two snapshots the sizes may differ: what lies beyond is no part of this one.
    if (query.since === null && page.volumeBlocks !== blocks)
      throw new HoldfastError('AWS_ANSWER_INVALID', `${query.snapshot} is listed with another size than it has.`);
    for (const { index, token } of page.blocks) {
      if (index < blocks) (token === null ? changes.emptied : changes.written).add(index);
    }
  }
  return changes;
}
