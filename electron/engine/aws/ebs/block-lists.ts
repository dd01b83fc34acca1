/** Blocks of completed snapshots as AWS lists them: all that were ever written, or those that two snapshots differ in. */
import { ListChangedBlocksCommand, ListSnapshotBlocksCommand, type EBSClient } from '@aws-sdk/client-ebs';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { awsFailure } from '../failures.ts';
import { blockBytes, blocksPerGib, mostBlocks } from './blocks.ts';
import { reasonIn } from './failures.ts';

export type ListedBlock = {
  readonly index: number;
  /** What it is read with, for a while; null: it is written no longer, and reads as zeros. */
  readonly token: string | null;
};

export type BlockPage = {
  readonly blocks: readonly ListedBlock[];
  /** Of the whole volume. */
  readonly volumeBlocks: number;
};

export type BlockQuery = {
  readonly snapshot: string;
  /** An earlier one of the same volume: only blocks that differ from it; null: all. */
  readonly since: string | null;
  /** The first block that is looked for. */
  readonly from?: number;
  /** At most so many on a page; tokens of a page that takes long to be used up expire. */
  readonly pageBlocks?: number;
};

export const pageLimits = { least: 100, most: 10_000 } as const;
/** A page without an end in sight this often in a row is none that AWS gives. */
const emptyPagesAtMost = 100_000;

/**
 * The pages, some of which may be empty. Where the token for the next one has expired, the list begins anew behind the
 * last block that was listed.
 */
export async function* listBlocks(ebs: EBSClient, query: BlockQuery, signal: AbortSignal): AsyncGenerator<BlockPage> {
  let from = query.from ?? 0;
  let next: string | undefined;
  let empty = 0;
  for (;;) {
    let answer;
    try {
      answer = await page(ebs, { ...query, from }, next, signal);
    } catch (error) {
      if (next === undefined || reasonIn(error) !== 'INVALID_PAGE_TOKEN') throw error;
      next = undefined;
      continue;
    }
    yield { blocks: answer.blocks, volumeBlocks: answer.volumeBlocks };
    for (const { index } of answer.blocks) from = Math.max(from, index + 1);
    next = answer.next;
    if (next === undefined) return;
    empty = answer.blocks.length === 0 ? empty + 1 : 0;
    if (empty > emptyPagesAtMost) throw strange(query, 'pages without end');
  }
}

/** Throws as the SDK does: whoever asks looks at the reason. */
async function page(
  ebs: EBSClient,
  query: BlockQuery & { readonly from: number },
  next: string | undefined,
  abortSignal: AbortSignal,
): Promise<BlockPage & { readonly next: string | undefined }> {
  const { snapshot, since, from, pageBlocks = pageLimits.most } = query;
  const where = next === undefined ? { StartingBlockIndex: from } : { NextToken: next };
  const common = { MaxResults: Math.max(pageLimits.least, pageBlocks), ...where };
  if (since === null) {
    const command = new ListSnapshotBlocksCommand({ SnapshotId: snapshot, ...common });
    const { Blocks = [], ...about } = await ebs.send(command, { abortSignal });
    return shaped(
      query,
      about,
      Blocks.map(({ BlockIndex, BlockToken }) => [BlockIndex, BlockToken ?? null]),
    );
  }
  const command = new ListChangedBlocksCommand({ FirstSnapshotId: since, SecondSnapshotId: snapshot, ...common });
  const { ChangedBlocks = [], ...about } = await ebs.send(command, { abortSignal });
  return shaped(
    query,
    about,
    ChangedBlocks.map(({ BlockIndex, SecondBlockToken }) => [BlockIndex, SecondBlockToken ?? null]),
  );
}

type About = { readonly VolumeSize?: number; readonly BlockSize?: number; readonly NextToken?: string };

function shaped(
  query: BlockQuery & { readonly from: number },
  { VolumeSize, BlockSize, NextToken }: { [Key in keyof About]: About[Key] | undefined },
  listed: readonly (readonly [number | undefined, string | null])[],
): BlockPage & { readonly next: string | undefined } {
  const volumeBlocks = (VolumeSize ?? 0) * blocksPerGib;
  if (BlockSize !== blockBytes) throw strange(query, `blocks of ${BlockSize ?? 'unknown'} bytes`);
  if (!Number.isInteger(volumeBlocks) || volumeBlocks < 1 || volumeBlocks > mostBlocks)
    throw strange(query, `a volume of ${VolumeSize ?? 'unknown'} GiB`);
  const blocks = listed.map(([index = -1, token]) => {
    if (!Number.isInteger(index) || index < 0 || index >= volumeBlocks) throw strange(query, `a block ${index}`);
    return { index, token };
  });
  return { blocks: blocks.filter(({ index }) => index >= query.from), volumeBlocks, next: NextToken ?? undefined };
}

function strange({ snapshot }: BlockQuery, what: string): HoldfastError {
  return new HoldfastError('AWS_ANSWER_INVALID', `The list of blocks of ${snapshot} tells of ${what}.`);
}

/** What a list that failed is told as. */
export function listFailure(error: unknown, { snapshot, since }: BlockQuery): HoldfastError {
  return awsFailure(
    error,
    since === null ? `ListSnapshotBlocks of ${snapshot}` : `ListChangedBlocks of ${snapshot} since ${since}`,
  );
}
