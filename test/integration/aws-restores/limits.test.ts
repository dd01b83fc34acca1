/** What AWS tells late is asked beforehand: how KMS keys stand, how many processors may run, and roughly what it costs. */
import { CopySnapshotCommand, CreateVolumeCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { makeRestorePlace, snapshotOf, type RestorePlace } from '../../support/aws-restore.ts';
import { account, home, launch } from '../../support/sandbox-aws.ts';

const zone = `${home}a`;
const dayMs = 86_400_000;
const standard = 'L-1216C47A';

/** The check about a key, of a volume that is to be encrypted with it. */
async function keyCheck(scene: RestorePlace, kmsKey: string) {
  const { data } = await launch(scene.place);
  const snapshot = await snapshotOf(scene.place, data);
  const { checks } = await scene.preview({ kind: 'volume', snapshot, zone, kmsKey });
  return checks.find(({ id }) => id === `key-${home}-${kmsKey}`);
}

describe('a key of KMS', () => {
  test('that is enabled and may be used is said to be so, without anything encrypted', async () => {
    await using scene = await makeRestorePlace();
    const key = scene.place.aws.kms.add(account, home);
    expect(await keyCheck(scene, key)).toMatchObject({ level: 'ok', title: 'The key is enabled and may be used' });
  });

  test('that is disabled keeps a restore from beginning', async () => {
    await using scene = await makeRestorePlace();
    const key = scene.place.aws.kms.add(account, home);
    scene.place.aws.kms.disable(key);
    expect(await keyCheck(scene, key)).toMatchObject({ level: 'blocker', title: 'The key is disabled' });
  });

  test('that is to be deleted says when', async () => {
    await using scene = await makeRestorePlace();
    const { aws } = scene.place;
    const key = aws.kms.add(account, home);
    aws.kms.deleteAt(key, aws.clock.now() + 7 * dayMs);
    const found = await keyCheck(scene, key);
    expect(found).toMatchObject({ level: 'blocker', title: 'The key is to be deleted' });
    expect(found?.detail).toMatch(/goes, on \d{4}-\d\d-\d\dT/);
  });

  test('that is not there is a blocker too', async () => {
    await using scene = await makeRestorePlace();
    const key = `arn:aws:kms:${home}:${account}:key/00000000-0000-0000-0000-000000000000`;
    expect(await keyCheck(scene, key)).toMatchObject({ level: 'blocker', title: 'The key is not there' });
  });

  test('of another region is one as well, and named as such', async () => {
    await using scene = await makeRestorePlace();
    const key = scene.place.aws.kms.add(account, 'us-east-1');
    expect(await keyCheck(scene, key)).toMatchObject({ level: 'blocker', title: 'The key is of another region' });
  });

  test('that who restores has no right to is told, since EC2 would only fail later', async () => {
    await using scene = await makeRestorePlace({ policy: { allow: ['*'], deny: ['kms:GenerateDataKey*'] } });
    const key = scene.place.aws.kms.add(account, home);
    expect(await keyCheck(scene, key)).toMatchObject({ level: 'warning', title: 'The key refuses who restores' });
  });

  test('of the snapshot itself is looked at as well, where the snapshot lies', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { data } = await launch(place);
    const key = place.aws.kms.add(account, home);
    const copied = await place.ec2().send(
      new CopySnapshotCommand({
        SourceRegion: home,
        SourceSnapshotId: await snapshotOf(place, data),
        Encrypted: true,
        KmsKeyId: key,
      }),
    );
    place.aws.clock.advance(60_000);
    place.aws.kms.disable(key);
    const { checks } = await scene.preview({ kind: 'volume', snapshot: copied.SnapshotId ?? '', zone });
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: `key-${home}-${key}` }));
  });
});

describe('the quota of processors', () => {
  async function quotaCheck(scene: RestorePlace, type: string, more: { readonly stopOld?: boolean } = {}) {
    const { id, root } = await launch(scene.place);
    const want = { kind: 'launch', like: id, root: await snapshotOf(scene.place, root), ...more } as const;
    const { checks } = await scene.preview({ ...want, changes: { type } });
    return checks.find((one) => one.id === 'quota');
  }

  test('says how much is in use and how much there may be', async () => {
    await using scene = await makeRestorePlace();
    scene.place.aws.quotas.set(home, standard, 6);
    const found = await quotaCheck(scene, 'm7i.xlarge');
    expect(found).toMatchObject({ level: 'ok', detail: expect.stringContaining('2 of 6 are in use') as string });
  });

  test('keeps a launch from beginning where it is used up, as AWS would refuse it', async () => {
    await using scene = await makeRestorePlace();
    scene.place.aws.quotas.set(home, standard, 5);
    expect(await quotaCheck(scene, 'm7i.xlarge')).toMatchObject({ level: 'blocker' });
  });

  test('counts an instance no more that is stopped first', async () => {
    await using scene = await makeRestorePlace();
    scene.place.aws.quotas.set(home, standard, 5);
    expect(await quotaCheck(scene, 'm7i.xlarge', { stopOld: true })).toMatchObject({ level: 'ok' });
  });

  test('is said to be unread where it may not be read, with the reason', async () => {
    await using scene = await makeRestorePlace({ policy: { allow: ['*'], deny: ['servicequotas:*'] } });
    const found = await quotaCheck(scene, 't3.micro');
    expect(found).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('servicequotas:GetServiceQuota') as string,
    });
  });
});

test('rough costs are of a list of prices, and unknown where that knows nothing', async () => {
  await using scene = await makeRestorePlace();
  const { place } = scene;
  const { VolumeId = '' } = await place.ec2().send(new CreateVolumeCommand({ AvailabilityZone: zone, Size: 100 }));
  place.aws.clock.advance(60_000);
  const snapshot = await snapshotOf(place, VolumeId);
  const { costs } = await scene.preview({ kind: 'volume', snapshot, zone });
  expect(costs).toMatchObject([{ what: 'gp3 volume', roughly: { dollars: 8, per: 'month' } }]);
  const { id } = await launch(place);
  const launched = await scene.preview({ kind: 'launch', like: id, root: snapshot, changes: { type: 'm1.small' } });
  expect(launched.costs[0]).toMatchObject({ what: 'm1.small instance', roughly: null });
});
