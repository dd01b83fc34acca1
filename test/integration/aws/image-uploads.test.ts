/** Images and other disks out of snapshots in the repository, into AWS as new EBS snapshots. */
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeSnapshotsCommand,
  type Snapshot,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import type { RestoreImageInput } from '../../../shared/contract/images.ts';
import { toTheEnd } from '../../support/client.ts';
import {
  blockBytes,
  gibBlocks,
  makeImagePlace,
  noise,
  type Blocks,
  type ImagePlace,
} from '../../support/ebs-images.ts';
import { home, otherAccount } from '../../support/sandbox-aws.ts';

async function upload(place: ImagePlace, selection: string, more: Partial<RestoreImageInput> = {}) {
  const { client, repository } = place;
  const events = await client.images.restore({ repository, selection, to: { region: home }, ...more });
  const { events: all, result } = await toTheEnd(events);
  const notices = all.flatMap((event) => (event.type === 'notice' ? [event.text] : [])).join('\n');
  return { ...result.result, notices };
}

/** What a volume made of the snapshot holds. */
async function contentOf(place: ImagePlace, SnapshotId: string, region = home): Promise<Blocks> {
  const made = await place
    .ec2({ region })
    .send(new CreateVolumeCommand({ SnapshotId, AvailabilityZone: `${region}a` }));
  place.aws.clock.advance(60_000);
  return place.blocksOf(made.VolumeId ?? '', made.Size ?? 1, region);
}

function isSame(one: Blocks, other: Blocks): boolean {
  const zeros = Buffer.alloc(blockBytes);
  const all = new Set([...one.keys(), ...other.keys()]);
  return [...all].every((index) => (one.get(index) ?? zeros).equals(other.get(index) ?? zeros));
}

async function described(place: ImagePlace, region = home): Promise<Snapshot[]> {
  const { Snapshots = [] } = await place.ec2({ region }).send(new DescribeSnapshotsCommand({ OwnerIds: ['self'] }));
  return Snapshots;
}

async function withImage(place: ImagePlace) {
  const volume = await place.volume();
  await place.write(volume, { 0: noise(), 5: 'five', 300: noise(), 2047: 'last' });
  const native = await place.take(volume);
  const stored = await place.store([native]);
  return { volume, native, stored: stored.snapshot, blocks: await place.blocksOf(volume) };
}

test('an image becomes a new snapshot in another region, with what it holds and nothing else put', async () => {
  await using place = await makeImagePlace();
  const { volume, stored, blocks } = await withImage(place);
  const to = { region: 'us-east-1' };
  const result = await upload(place, stored, { to, tags: { Team: 'storage' } });
  expect(result).toMatchObject({ region: 'us-east-1', sizeGib: 1, paddedBytes: 0, parent: null });
  expect(result.blocks).toEqual({ put: 4, putBefore: 0, left: gibBlocks - 4 });
  expect(result.verified).toEqual({ listedBlocks: 4, readBlocks: 4 });
  const [snapshot] = await described(place, 'us-east-1');
  expect(snapshot).toMatchObject({ SnapshotId: result.snapshot, State: 'completed', VolumeSize: 1 });
  const tags = Object.fromEntries((snapshot?.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
  expect(tags).toMatchObject({ Team: 'storage', 'holdfast:image-of': volume });
  expect(isSame(await contentOf(place, result.snapshot ?? '', 'us-east-1'), blocks)).toBe(true);
  expect(await place.client.images.uploads({})).toEqual([]);
});

test('where a snapshot of the volume is still there, only what differs from it is put', async () => {
  await using place = await makeImagePlace();
  const { volume, stored, blocks, native } = await withImage(place);
  await place.write(volume, { 5: 'changed', 6: noise() });
  await place.store([await place.take(volume)]);
  await place.ec2().send(new DeleteSnapshotCommand({ SnapshotId: native }));
  const result = await upload(place, stored);
  expect(result.parent).not.toBeNull();
  expect(result.blocks.put).toBe(2);
  expect(isSame(await contentOf(place, result.snapshot ?? ''), blocks)).toBe(true);
  const alone = await upload(place, stored, { onParent: false });
  expect(alone).toMatchObject({ parent: null, blocks: { put: 4 } });
  expect(isSame(await contentOf(place, alone.snapshot ?? ''), blocks)).toBe(true);
});

test('any file that is a disk can be brought there; what is no whole GiB is filled up, and said so', async () => {
  await using place = await makeImagePlace();
  const { workspace } = place;
  const folder = workspace.path('vms');
  await mkdir(folder);
  const pieces = new Map([noise(), noise(), noise()].map((bytes, at) => [at * 700 * 1000 + 13, bytes]));
  const file = await open(join(folder, 'vm.raw'), 'w');
  for (const [at, bytes] of pieces) await file.write(bytes, 0, bytes.length, at);
  await file.truncate(40 * 1024 ** 2 + 5);
  await file.close();
  await workspace.here(['protect', folder, '--source', 'vms']);
  const result = await upload(place, `latest:${folder}/vm.raw`, { source: 'vms' });
  expect(result).toMatchObject({ sizeGib: 1, bytes: 40 * 1024 ** 2 + 5, paddedBytes: 1024 ** 3 - 40 * 1024 ** 2 - 5 });
  expect(result.notices).toContain('Volumes are whole GiB');
  const expected = Buffer.alloc(41 * 1024 ** 2);
  for (const [at, bytes] of pieces) expected.set(bytes, at);
  const blocks = new Map(
    Array.from({ length: 82 }, (_, index) => [index, expected.subarray(index * blockBytes, (index + 1) * blockBytes)]),
  );
  expect(isSame(await contentOf(place, result.snapshot ?? ''), blocks)).toBe(true);
  await expect(upload(place, `latest:${folder}`, { source: 'vms' })).rejects.toMatchObject({
    code: 'IMAGE_UNSUITABLE',
  });
});

test('a dry run asks for the rights and lists the calls, and changes nothing; without the rights nothing is begun', async () => {
  await using place = await makeImagePlace();
  const { stored } = await withImage(place);
  const before = (await described(place)).length;
  place.lookAnew();
  const plan = await upload(place, stored, { dryRun: true, encrypted: true });
  expect(plan).toMatchObject({ dryRun: true, snapshot: null, verified: null });
  expect(plan.checks.filter(({ state }) => state === 'allowed').map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'ebs:StartSnapshot',
      'ebs:PutSnapshotBlock',
      'ebs:CompleteSnapshot',
      'ec2:DescribeSnapshots',
    ]),
  );
  expect(plan.calls[0]).toMatchObject({
    operation: 'ebs:StartSnapshot',
    parameters: { VolumeSize: 1, Encrypted: true },
  });
  expect(await described(place)).toHaveLength(before);
  const weak = place.user({ policy: { allow: ['*'], deny: ['ebs:CompleteSnapshot'] } });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: weak.accessKeyId, AWS_SECRET_ACCESS_KEY: weak.secretAccessKey });
  const refused = upload(place, stored);
  await expect(refused).rejects.toMatchObject({
    code: 'AWS_FORBIDDEN',
    message: expect.stringContaining('CompleteSnapshot') as string,
  });
  expect(await described(place)).toHaveLength(before);
});

test('what is left pending is named, gone on with by the same command, and removed from AWS only by its own name', async () => {
  await using place = await makeImagePlace();
  const { stored, blocks } = await withImage(place);
  const { aws, client } = place;
  const cutOff = () =>
    aws.fault(
      { operation: 'PutSnapshotBlock', path: /blocks\/300/ },
      { refuse: { status: 403, code: 'AccessDeniedException' } },
    );
  const cut = cutOff();
  await expect(upload(place, stored, { onParent: false })).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
  cut[Symbol.dispose]();
  const [left] = await client.images.uploads({});
  expect(left).toMatchObject({ region: home, sizeGib: 1 });
  const id = left?.snapshot ?? '';
  expect((await described(place)).find(({ SnapshotId }) => SnapshotId === id)?.State).toBe('pending');
  const result = await upload(place, stored, { onParent: false });
  expect(result).toMatchObject({ snapshot: id, blocks: { put: 4 } });
  expect(result.notices).toContain(`Going on with ${id}`);
  expect(isSame(await contentOf(place, id), blocks)).toBe(true);
  await expect(client.images.abandon({ snapshot: id })).rejects.toMatchObject({ code: 'UPLOAD_UNKNOWN' });
  using _again = cutOff();
  await expect(upload(place, stored, { encrypted: true })).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
  const [other] = await client.images.uploads({});
  const stranger = place.user({}, otherAccount);
  const own = { ...place.keys };
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: stranger.accessKeyId,
    AWS_SECRET_ACCESS_KEY: stranger.secretAccessKey,
  });
  await expect(client.images.abandon({ snapshot: other?.snapshot ?? '' })).rejects.toMatchObject({
    code: 'UPLOAD_UNKNOWN',
  });
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: own.accessKeyId, AWS_SECRET_ACCESS_KEY: own.secretAccessKey });
  expect(await client.images.abandon({ snapshot: other?.snapshot ?? '' })).toMatchObject({ removed: true });
  expect((await described(place)).map(({ SnapshotId }) => SnapshotId)).not.toContain(other?.snapshot);
  expect(await readdir(place.workspace.path('home', 'holdfast', 'uploads'))).toEqual([]);
});

test('an answer to CompleteSnapshot that is lost does not lose the snapshot, and faults all along do not either', async () => {
  await using place = await makeImagePlace({ seed: 3 });
  const { stored, blocks } = await withImage(place);
  const { aws } = place;
  using _lost = aws.fault({ operation: 'CompleteSnapshot' }, { resetAfterBytes: 1 }, { times: 1 });
  using _begun = aws.fault({ operation: 'StartSnapshot' }, { resetAfterBytes: 1 }, { times: 3 });
  using _busy = aws.fault({ service: 'ebs' }, 'throttle', { chance: 0.05 });
  using _broken = aws.fault({ service: 'ebs' }, 'internal-error', { chance: 0.05 });
  const before = (await described(place)).length;
  const result = await upload(place, stored, { onParent: false });
  expect(await described(place)).toHaveLength(before + 1);
  expect(isSame(await contentOf(place, result.snapshot ?? ''), blocks)).toBe(true);
});
