/** Blocks of snapshots in AWS, brought into the repository as images: what is read, what is taken over, what comes back. */
import { stat } from 'node:fs/promises';
import { DeleteSnapshotCommand, ModifySnapshotTierCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { blockBytes, gibBlocks, isImage, makeImagePlace, noise, type ImagePlace } from '../../support/ebs-images.ts';

const notices = (events: readonly { readonly type: string }[]): string =>
  events.flatMap((event) => ('text' in event ? [String(event.text)] : [])).join('\n');

/** Where it lies then. */
async function restored(place: ImagePlace, snapshot: string, volume: string): Promise<string> {
  const { workspace } = place;
  const target = workspace.path(`restored-${snapshot.slice(0, 8)}`);
  const { code, stderr } = await workspace.here(['restore', `${snapshot}:/${volume}`, '--to', target]);
  expect(code, stderr).toBe(0);
  return `${target}/${volume}/volume.img`;
}

test('the first copy reads what was written, the second what has changed, and both come back as they were', async () => {
  await using place = await makeImagePlace();
  const volume = await place.volume();
  const first = { 0: noise(), 1: 'one', 700: noise(), 2047: 'last' };
  await place.write(volume, first);
  const was = await place.blocksOf(volume);
  const one = await place.take(volume);
  const stored = await place.store([one]);
  expect(stored).toMatchObject({ status: 'complete', bytes: gibBlocks * blockBytes });
  expect(stored.images).toMatchObject([{ volume, snapshot: one, comparedWith: null, readBlocks: 4, keptBlocks: 0 }]);
  await place.write(volume, { 1: 'other', 900: noise() });
  const two = await place.take(volume);
  place.lookAnew();
  const again = await place.store([two]);
  expect(again.images).toMatchObject([{ snapshot: two, comparedWith: one, readBlocks: 2 }]);
  expect(place.count('GetSnapshotBlock')).toBe(2);
  expect(place.count('ListSnapshotBlocks')).toBe(0);
  expect(again.addedBytes).toBeLessThan(3 * blockBytes);
  expect(await isImage(await restored(place, stored.snapshot, volume), was)).toBe(true);
  const image = await restored(place, again.snapshot, volume);
  expect(await isImage(image, await place.blocksOf(volume))).toBe(true);
  // Zeros take no room on the disk.
  expect((await stat(image)).blocks * 512).toBeLessThan(8 * blockBytes);
});

test('what a run has stored before it was stopped is not read again', async () => {
  await using place = await makeImagePlace();
  const volume = await place.volume();
  const blocks = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [index, noise()]));
  await place.write(volume, blocks);
  const snapshot = await place.take(volume);
  const cut = place.aws.fault(
    { operation: 'GetSnapshotBlock', path: /blocks\/1[5-9]\d\?/ },
    { refuse: { status: 403, code: 'AccessDeniedException' } },
  );
  await expect(place.store([snapshot])).rejects.toMatchObject({ code: 'AWS_FORBIDDEN' });
  cut[Symbol.dispose]();
  place.lookAnew();
  const stored = await place.store([snapshot]);
  const [image] = stored.images;
  expect(image?.keptBlocks).toBeGreaterThan(60);
  expect((image?.keptBlocks ?? 0) + (image?.readBlocks ?? 0)).toBe(200);
  expect(place.count('GetSnapshotBlock')).toBe(image?.readBlocks);
  expect(await isImage(await restored(place, stored.snapshot, volume), await place.blocksOf(volume))).toBe(true);
});

test('without the snapshot that the last image is of, or with another one, all of it is compared, and said so', async () => {
  await using place = await makeImagePlace();
  const volume = await place.volume();
  await place.write(volume, { 3: noise(), 4: noise() });
  const one = await place.take(volume);
  await place.store([one]);
  await place.write(volume, { 4: 'new' });
  const two = await place.take(volume);
  await place.ec2().send(new DeleteSnapshotCommand({ SnapshotId: one }));
  const stored = await place.store([two]);
  expect(stored.images).toMatchObject([{ comparedWith: null, readBlocks: 2 }]);
  expect(notices(stored.events)).toContain(`${one}, which the earlier image is of, is gone from AWS`);
  expect(stored.addedBytes).toBeLessThan(2 * blockBytes);
  expect(await isImage(await restored(place, stored.snapshot, volume), await place.blocksOf(volume))).toBe(true);
});

test('only completed snapshots that are not archived are read, and each that fails is named beside the others', async () => {
  await using place = await makeImagePlace();
  const [good, bad] = [await place.volume(), await place.volume()];
  for (const volume of [good, bad]) await place.write(volume, { 0: noise() });
  const [one, two] = [await place.take(good), await place.take(bad)];
  place.aws.behaveEc2({ snapshotMs: 60_000 });
  const pending = await place.take(good);
  await expect(place.store([pending])).rejects.toMatchObject({ code: 'NATIVE_SNAPSHOT_UNREADY' });
  await expect(place.store(['snap-0123456789abcdef0'])).rejects.toMatchObject({ code: 'AWS_NOT_FOUND' });
  using _ = place.aws.fault(
    { operation: 'GetSnapshotBlock', path: new RegExp(two) },
    { refuse: { status: 403, code: 'AccessDeniedException' } },
  );
  const stored = await place.store([one, two]);
  expect(stored.status).toBe('partial');
  expect(stored.issues).toMatchObject([{ path: `/${bad}`, code: 'AWS_FORBIDDEN' }]);
  expect(stored.images.map(({ volume }) => volume)).toEqual([good]);
  await place.ec2().send(new ModifySnapshotTierCommand({ SnapshotId: one, StorageTier: 'archive' }));
  await expect(place.store([one])).rejects.toMatchObject({ code: 'NATIVE_SNAPSHOT_UNREADY' });
});

test('blocks that come cut, late, garbled or with tokens that have expired are asked for again', async () => {
  await using place = await makeImagePlace({ seed: 7 });
  const volume = await place.volume();
  await place.write(volume, Object.fromEntries(Array.from({ length: 120 }, (_, index) => [index, noise()])));
  const snapshot = await place.take(volume);
  const { aws } = place;
  const operation = 'GetSnapshotBlock';
  using _cut = aws.fault({ operation }, { truncateAfterBytes: 1000 }, { chance: 0.05 });
  using _reset = aws.fault({ operation }, { resetAfterBytes: 1000 }, { chance: 0.05 });
  using _busy = aws.fault({ service: 'ebs' }, 'throttle', { chance: 0.05 });
  using _broken = aws.fault({ service: 'ebs' }, 'internal-error', { chance: 0.05 });
  const invalid = { refuse: { status: 400, code: 'ValidationException', fields: { Reason: 'INVALID_BLOCK_TOKEN' } } };
  using _expired = aws.fault({ operation }, invalid, { chance: 0.05 });
  const stored = await place.store([snapshot]);
  expect(stored.images).toMatchObject([{ readBlocks: 120 }]);
  expect(await isImage(await restored(place, stored.snapshot, volume), await place.blocksOf(volume))).toBe(true);
});
