import { createHash } from 'node:crypto';
import {
  CompleteSnapshotCommand,
  GetSnapshotBlockCommand,
  ListChangedBlocksCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
  type EBSClient,
  type StartSnapshotCommandInput,
} from '@aws-sdk/client-ebs';
import { CreateSnapshotCommand, CreateVolumeCommand, DescribeSnapshotsCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { home, launch, makeAwsPlace, otherAccount, refusal, type AwsPlace } from '../../support/sandbox-aws.ts';

const minuteMs = 60_000;
const blockBytes = 512 * 1024;

function block(text: string): Buffer {
  const whole = Buffer.alloc(blockBytes);
  whole.write(text);
  return whole;
}

const sha256 = (...pieces: Buffer[]) => createHash('sha256').update(Buffer.concat(pieces)).digest();

async function take(place: AwsPlace, VolumeId: string) {
  const { SnapshotId = '' } = await place.ec2().send(new CreateSnapshotCommand({ VolumeId }));
  place.aws.clock.advance(minuteMs);
  return SnapshotId;
}

test('blocks of a completed snapshot are listed and read, with checksums and tokens that expire', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ebs = place.ebs();
  const { data } = await launch(place);
  await aws.ec2.writeBlock(home, data, 7, Buffer.from('seven'));
  await aws.ec2.writeBlock(home, data, 2, Buffer.from('two'));
  const { SnapshotId = '' } = await place.ec2().send(new CreateSnapshotCommand({ VolumeId: data }));
  const list = () => ebs.send(new ListSnapshotBlocksCommand({ SnapshotId }));
  expect(await refusal(list())).toEqual({ code: 'ValidationException', status: 400 });
  aws.clock.advance(minuteMs);
  const listed = await list();
  expect(listed).toMatchObject({ VolumeSize: 2, BlockSize: blockBytes });
  expect(listed.Blocks?.map(({ BlockIndex }) => BlockIndex)).toEqual([2, 7]);
  const get = (BlockIndex: number, BlockToken: string) =>
    ebs.send(new GetSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockToken }));
  const [token = '', other = ''] = (listed.Blocks ?? []).map(({ BlockToken }) => BlockToken ?? '');
  const got = await get(2, token);
  expect(Buffer.from((await got.BlockData?.transformToByteArray()) ?? []).equals(block('two'))).toBe(true);
  const Checksum = sha256(block('two')).toString('base64');
  expect(got).toMatchObject({ DataLength: blockBytes, Checksum, ChecksumAlgorithm: 'SHA256' });
  const invalid = { code: 'ValidationException', status: 400 };
  expect(await refusal(get(2, other))).toEqual(invalid);
  expect(listed.ExpiryTime?.getTime()).toBeGreaterThan(aws.clock.now());
  aws.clock.advance(8 * 24 * 60 * minuteMs);
  expect(await refusal(get(2, token))).toEqual(invalid);
});

test('pages may be empty though more follow, and are not asked for in less than a hundred', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ebs = place.ebs();
  const { root } = await launch(place);
  for (const index of [0, 16_000]) await aws.ec2.writeBlock(home, root, index, Buffer.from('x'));
  const SnapshotId = await take(place, root);
  const pages: (number | undefined)[][] = [];
  let more: { NextToken?: string } = {};
  do {
    const page = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 100, ...more }));
    pages.push((page.Blocks ?? []).map(({ BlockIndex }) => BlockIndex));
    more = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
  } while (more.NextToken !== undefined);
  expect(pages).toEqual([[0], [], [], [16_000]]);
  const few = new ListSnapshotBlocksCommand({ SnapshotId, MaxResults: 99 });
  expect(await refusal(ebs.send(few))).toEqual({ code: 'ValidationException', status: 400 });
  const made = new ListSnapshotBlocksCommand({ SnapshotId, NextToken: '4096.up' });
  expect(await refusal(ebs.send(made))).toEqual({ code: 'ValidationException', status: 400 });
});

test('between two snapshots of a volume only what changed is listed, and of unrelated ones nothing', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const ebs = place.ebs();
  const { root, data } = await launch(place);
  await aws.ec2.writeBlock(home, data, 1, Buffer.from('same'));
  await aws.ec2.writeBlock(home, data, 2, Buffer.from('old'));
  const FirstSnapshotId = await take(place, data);
  await aws.ec2.writeBlock(home, data, 1, Buffer.from('same'));
  await aws.ec2.writeBlock(home, data, 2, Buffer.from('new'));
  await aws.ec2.writeBlock(home, data, 3, Buffer.from('added'));
  const SecondSnapshotId = await take(place, data);
  const changed = await ebs.send(new ListChangedBlocksCommand({ FirstSnapshotId, SecondSnapshotId }));
  const shape = changed.ChangedBlocks?.map((one) => [one.BlockIndex, !!one.FirstBlockToken, !!one.SecondBlockToken]);
  expect(shape).toEqual([
    [2, true, true],
    [3, false, true],
  ]);
  const unrelated = { FirstSnapshotId: await take(place, root), SecondSnapshotId };
  const asked = ebs.send(new ListChangedBlocksCommand(unrelated));
  expect(await refusal(asked)).toEqual({ code: 'ValidationException', status: 400 });
  const other = place.ebs({ credentials: { ...place.user({}, otherAccount) } });
  const theirs = other.send(new ListSnapshotBlocksCommand({ SnapshotId: FirstSnapshotId }));
  expect(await refusal(theirs)).toEqual({ code: 'ResourceNotFoundException', status: 404 });
});

async function start(ebs: EBSClient, more: Partial<StartSnapshotCommandInput> = {}) {
  const { SnapshotId = '' } = await ebs.send(new StartSnapshotCommand({ VolumeSize: 2, ...more }));
  return SnapshotId;
}

function put(ebs: EBSClient, SnapshotId: string, BlockIndex: number, BlockData: Buffer, promised = BlockData) {
  const Checksum = sha256(promised).toString('base64');
  const about = { DataLength: BlockData.length, Checksum, ChecksumAlgorithm: 'SHA256' } as const;
  return ebs.send(new PutSnapshotBlockCommand({ SnapshotId, BlockIndex, BlockData, ...about }));
}

test('a snapshot is written block by block, completed, and can be made a volume of', async () => {
  await using place = await makeAwsPlace();
  const { aws } = place;
  const [ebs, ec2] = [place.ebs(), place.ec2()];
  const SnapshotId = await start(ebs, { Tags: [{ Key: 'a', Value: '1' }], ClientToken: 'once' });
  expect(await start(ebs, { Tags: [{ Key: 'a', Value: '1' }], ClientToken: 'once' })).toBe(SnapshotId);
  expect(await refusal(start(ebs, { ClientToken: 'once' }))).toEqual({ code: 'ConflictException', status: 409 });
  const invalid = { code: 'ValidationException', status: 400 };
  await put(ebs, SnapshotId, 5, block('five'));
  await put(ebs, SnapshotId, 4095, block('last'));
  expect(await refusal(put(ebs, SnapshotId, 4096, block('beyond')))).toEqual(invalid);
  expect(await refusal(put(ebs, SnapshotId, 6, block('six'), block('other')))).toEqual(invalid);
  expect(await refusal(put(ebs, SnapshotId, 6, Buffer.from('short')))).toEqual(invalid);
  const complete = (ChangedBlocksCount: number, ...pieces: Buffer[]) => {
    const Checksum = sha256(...pieces.map((piece) => sha256(piece))).toString('base64');
    const how = { ChecksumAlgorithm: 'SHA256', ChecksumAggregationMethod: 'LINEAR' } as const;
    return ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount, Checksum, ...how }));
  };
  expect(await refusal(complete(3, block('five'), block('last')))).toEqual(invalid);
  expect(await refusal(complete(2, block('last'), block('five')))).toEqual(invalid);
  await complete(2, block('five'), block('last'));
  expect(await refusal(put(ebs, SnapshotId, 6, block('late')))).toEqual(invalid);
  aws.clock.advance(minuteMs);
  const { Snapshots } = await ec2.send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
  expect(Snapshots).toMatchObject([{ State: 'completed', VolumeSize: 2, Tags: [{ Key: 'a', Value: '1' }] }]);
  const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${home}a`, SnapshotId }));
  expect((await aws.ec2.readBlock(home, VolumeId, 4095))?.equals(block('last'))).toBe(true);
  expect(await aws.ec2.readBlock(home, VolumeId, 4)).toBeNull();
  const child = await start(ebs, { ParentSnapshotId: SnapshotId });
  await put(ebs, child, 5, block('fifth'));
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId: child, ChangedBlocksCount: 1 }));
  aws.clock.advance(minuteMs);
  const related = { FirstSnapshotId: SnapshotId, SecondSnapshotId: child };
  const { ChangedBlocks } = await ebs.send(new ListChangedBlocksCommand(related));
  expect(ChangedBlocks?.map(({ BlockIndex }) => BlockIndex)).toEqual([5]);
});

test('a snapshot to which nothing is written any more fails', async () => {
  await using place = await makeAwsPlace();
  const ebs = place.ebs();
  const SnapshotId = await start(ebs, { Timeout: 10 });
  place.aws.clock.advance(9 * minuteMs);
  await put(ebs, SnapshotId, 0, block('x'));
  place.aws.clock.advance(9 * minuteMs);
  await put(ebs, SnapshotId, 1, block('y'));
  place.aws.clock.advance(11 * minuteMs);
  expect(await refusal(put(ebs, SnapshotId, 2, block('z')))).toEqual({ code: 'ValidationException', status: 400 });
  const { Snapshots } = await place.ec2().send(new DescribeSnapshotsCommand({ SnapshotIds: [SnapshotId] }));
  expect(Snapshots).toMatchObject([{ State: 'error' }]);
});
