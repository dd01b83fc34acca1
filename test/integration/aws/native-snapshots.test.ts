/** Native snapshots as a sandboxed AWS lists them: all pages, only one's own, none hidden by another. */
import { CreateSnapshotCommand, CreateSnapshotsCommand, CreateVolumeCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { lineageTags, type Lineage } from '../../../electron/engine/aws/lineage.ts';
import { findNative, listNative, waitForNative } from '../../../electron/engine/aws/snapshots.ts';
import { home, launch, makeAwsPlace, otherAccount, type AwsPlace } from '../../support/sandbox-aws.ts';

function clientsOf(place: AwsPlace, keys = place.keys): AwsClients {
  return new AwsClients({
    credentials: () => Promise.resolve({ ...keys }),
    region: home,
    endpoint: place.aws.endpoint,
  });
}

const lineage: Lineage = {
  console: '0123456789abcdef',
  tenant: 'default',
  source: 'web',
  repository: null,
  run: 'fedcba9876543210',
  takenAtMs: 1_700_000_000_000,
  profile: null,
  periods: [],
  consistency: 'crash',
  instance: null,
  volume: null,
  device: null,
  copyTo: [],
  copyOf: null,
  keepUntilMs: null,
};

test('lists more than a page of them, and of no other account', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  place.aws.throttle({ capacity: 10_000, refillPerSecond: 10_000 });
  const ec2 = clients.ec2();
  const { VolumeId = '' } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: `${home}a`, Size: 1 }));
  for (let at = 0; at < 1_004; at++) {
    await ec2.send(new CreateSnapshotCommand({ VolumeId }));
    place.aws.clock.advance(30_000);
  }
  using others = clientsOf(place, place.user({}, otherAccount));
  const { VolumeId: theirs = '' } = await others
    .ec2()
    .send(new CreateVolumeCommand({ AvailabilityZone: `${home}a`, Size: 1 }));
  await others.ec2().send(new CreateSnapshotCommand({ VolumeId: theirs }));
  const found = await listNative(ec2, home);
  expect(new Set(found.map(({ id }) => id)).size).toBe(1_004);
  expect(found[0]).toMatchObject({ volume: VolumeId, state: 'completed', percent: 100, sizeGiB: 1, maker: 'other' });
  const ids = found.map(({ id }) => id).slice(0, 450);
  expect([...(await findNative(ec2, home, [...ids, 'snap-0123456789abcdef0'])).keys()].toSorted()).toEqual(
    ids.toSorted(),
  );
});

test('what one call took of several volumes is known by volume and by its tags', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const { id, root, data } = await launch(place);
  const instance = { ...lineage, instance: id };
  await clients.ec2().send(
    new CreateSnapshotsCommand({
      InstanceSpecification: { InstanceId: id },
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [...lineageTags(instance)] }],
    }),
  );
  const found = await listNative(clients.ec2(), home);
  expect(new Set(found.map(({ volume }) => volume))).toEqual(new Set([root, data]));
  for (const one of found) expect(one).toMatchObject({ lineage: instance, maker: 'holdfast' });
});

test('waits until all are there, also those that AWS shows late', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const { data } = await launch(place);
  place.aws.behaveEc2({ snapshotMs: 60_000, lagMs: 20_000 });
  const { SnapshotId = '' } = await clients.ec2().send(new CreateSnapshotCommand({ VolumeId: data }));
  const seen: number[] = [];
  const ended = await waitForNative(clients.ec2(), home, [SnapshotId], {
    signal: new AbortController().signal,
    onProgress: (found) => seen.push(found.get(SnapshotId)?.percent ?? -1),
    sleep: async () => place.aws.clock.advance(15_000),
  });
  expect(ended.get(SnapshotId)).toMatchObject({ state: 'completed', percent: 100 });
  expect(seen[0]).toBe(-1);
  expect(new Set(seen).size).toBeGreaterThan(2);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const gone = await waitForNative(clients.ec2(), home, ['snap-0123456789abcdef0'], {
    signal: new AbortController().signal,
    sleep: async () => undefined,
  });
  expect(gone.size).toBe(0);
});
