/** Blocks of snapshots as they are listed and read. */
import { blockBytes } from '../disk.ts';
import { type Snapshot } from '../ec2/records.ts';
import { type Answer } from '../service.ts';
import { demandCompleted, json, lifetimeMs, type EbsCall } from './call.ts';
import { invalid, noSuchSnapshot } from './refusals.ts';

const smallestPage = 100;
const largestPage = 10_000;
/** A page looks at no more blocks than this, and may well find none. */
const lookedAt = 4096;

type Stretch = { readonly from: number; readonly to: number; readonly limit: number };

export function listBlocks(call: EbsCall): Answer {
  const snapshot = demandCompleted(call, call.snapshotId);
  const stretch = stretchOf(call, snapshot.id);
  const found = within(snapshot.disk.indexes(), stretch);
  const Blocks = found.shown.map((BlockIndex) => ({ BlockIndex, BlockToken: blockToken(call, snapshot, BlockIndex) }));
  return json(200, { Blocks, ...aboutPage(call, snapshot, found.next) });
}

/** With the first snapshot missing, all that is in the second one has changed. */
export function listChanged(call: EbsCall): Answer {
  const second = demandCompleted(call, call.snapshotId);
  const firstId = call.query.get('firstSnapshotId');
  const first = firstId === null ? null : demandCompleted(call, firstId);
  if (first !== null && !isRelated(first, second)) {
    throw invalid('UNRELATED_SNAPSHOTS', 'The snapshots are not of the same lineage.');
  }
  const stretch = stretchOf(call, second.id);
  const found = within(changedBetween(first, second), stretch);
  const ChangedBlocks = found.shown.map((BlockIndex) => ({
    BlockIndex,
    ...(first?.disk.block(BlockIndex) && { FirstBlockToken: blockToken(call, first, BlockIndex) }),
    ...(second.disk.block(BlockIndex) && { SecondBlockToken: blockToken(call, second, BlockIndex) }),
  }));
  return json(200, { ChangedBlocks, ...aboutPage(call, second, found.next) });
}

export function getBlock(call: EbsCall): Answer {
  const { snapshotId, blockIndex, query, now, tokens } = call;
  const snapshot = demandCompleted(call, snapshotId);
  if (!tokens.isGood(query.get('blockToken') ?? '', purposeOf(snapshotId, blockIndex), now)) {
    throw invalid('INVALID_BLOCK_TOKEN', 'The block token is not valid, or has expired.');
  }
  const block = snapshot.disk.block(blockIndex);
  if (block === undefined) throw noSuchSnapshot(snapshotId);
  return {
    status: 200,
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(blockBytes),
      'x-amz-data-length': String(blockBytes),
      'x-amz-checksum': block.sha256,
      'x-amz-checksum-algorithm': 'SHA256',
    },
    body: block.content.read(),
  };
}

function changedBetween(first: Snapshot | null, second: Snapshot): number[] {
  const all = new Set([...(first?.disk.indexes() ?? []), ...second.disk.indexes()]);
  return [...all]
    .filter((index) => first?.disk.block(index)?.sha256 !== second.disk.block(index)?.sha256)
    .sort((a, b) => a - b);
}

function isRelated(first: Snapshot, second: Snapshot): boolean {
  const isOfVolume = first.volumeId === second.volumeId && first.volumeId !== 'vol-ffffffff';
  return isOfVolume || second.upload?.parentId === first.id || first.id === second.id;
}

function stretchOf(call: EbsCall, snapshotId: string): Stretch {
  const { query, tokens, now } = call;
  const limit = Number(query.get('maxResults') ?? largestPage);
  if (!Number.isInteger(limit) || limit < smallestPage || limit > largestPage) {
    throw invalid('INVALID_PARAMETER_VALUE', `MaxResults must be between ${smallestPage} and ${largestPage}.`);
  }
  const token = query.get('pageToken');
  if (token === null) {
    const from = Number(query.get('startingBlockIndex') ?? 0);
    return { from, to: from + lookedAt, limit };
  }
  const [place = '', seal = ''] = token.split('.');
  const from = Number(place);
  if (!tokens.isGood(seal, `page ${snapshotId} ${from}`, now)) {
    throw invalid('INVALID_PAGE_TOKEN', 'The page token is not valid, or has expired.');
  }
  return { from, to: from + lookedAt, limit };
}

function within(
  indexes: readonly number[],
  { from, to, limit }: Stretch,
): { readonly shown: readonly number[]; readonly next: number | null } {
  const rest = indexes.filter((index) => index >= from);
  const shown = rest.filter((index) => index < to).slice(0, limit);
  if (shown.length === rest.length) return { shown, next: null };
  return { shown, next: shown.length === limit ? (shown.at(-1) ?? from) + 1 : to };
}

function aboutPage({ tokens, now }: EbsCall, { id, sizeGiB }: Snapshot, next: number | null): object {
  const expiresMs = now + lifetimeMs;
  return {
    ExpiryTime: expiresMs / 1000,
    VolumeSize: sizeGiB,
    BlockSize: blockBytes,
    ...(next !== null && { NextToken: `${next}.${tokens.make(`page ${id} ${next}`, expiresMs)}` }),
  };
}

function blockToken({ tokens, now }: EbsCall, { id }: Snapshot, index: number): string {
  return tokens.make(purposeOf(id, index), now + lifetimeMs);
}

function purposeOf(snapshotId: string, index: number): string {
  return `block ${snapshotId} ${index}`;
}
