/** Instances and volumes as a source: what is asked of AWS, what counts when, and what is named. */
import { CreateSnapshotCommand, CreateTagsCommand, DeleteVolumeCommand } from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { nativesSchema } from '../../../shared/contract/native.ts';
import { addVolumes, makeNativeScene, tagsOf } from '../../support/native-scene.ts';
import { home, launch } from '../../support/sandbox-aws.ts';
import { snapshotListSchema } from '../../support/snapshot-list.ts';

test('an instance is taken as a whole, returns at once, and counts once AWS has completed it', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  const { id, root, data } = await launch(scene);
  await scene.addSource('web', `instance=${id}`);
  const result = (await scene.done('protect', 'web', '--json')).json(protectResultSchema);
  expect(result).toMatchObject({ status: 'pending', source: 'web', consistency: 'crash' });
  expect(new Set(result.items.map(({ path }) => path))).toEqual(
    new Set(['/web/instances', ...['', `/${root}.json`, `/${data}.json`].map((name) => `/web/volumes${name}`)]),
  );
  const made = await scene.snapshots();
  expect(made).toHaveLength(2);
  for (const one of made) {
    const tags = tagsOf(one);
    expect(tags.get('holdfast:source')).toBe('web');
    expect(tags.get('holdfast:instance')).toBe(id);
    expect(tags.get('holdfast:taken-at')).toBe(result.takenAt);
  }
  expect((await scene.done('snapshots', '--json')).json(snapshotListSchema)).toMatchObject([{ status: 'pending' }]);
  const halfway = (await scene.done('aws', 'snapshots', 'web', '--json')).json(nativesSchema);
  expect(halfway).toMatchObject({ coveredAt: null, problems: [] });
  scene.aws.clock.advance(60_000);
  const found = (await scene.done('aws', 'snapshots', 'web', '--json')).json(nativesSchema);
  expect(found).toMatchObject({
    snapshots: [
      { state: 'completed', own: true },
      { state: 'completed', own: true },
    ],
  });
  const [whole] = (await scene.done('snapshots', '--json')).json(snapshotListSchema);
  expect(whole).toMatchObject({ status: 'complete', takenAt: result.takenAt });
  const listed = await scene.done('ls', `${whole?.id}:/web`);
  expect(listed.stdout).toContain('instances');
  expect(await scene.snapshots()).toHaveLength(2);
});

test('a tag is followed: what vanished is named, its snapshots stay, and nothing at all is an alarm', async () => {
  await using scene = await makeNativeScene();
  const [first = '', second = ''] = await addVolumes(scene, 2, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  await scene.done('protect', 'all');
  await scene.ec2().send(new DeleteVolumeCommand({ VolumeId: first }));
  await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  const again = await scene.done('protect', 'all', '--json');
  expect(again.stderr).toContain(`${first} was part of this source and is not found any more; its snapshots are kept.`);
  expect(again.stderr).not.toContain(second);
  const made = await scene.snapshots();
  expect(made.filter(({ VolumeId }) => VolumeId === first)).toHaveLength(1);
  expect(made).toHaveLength(4);
  await scene.addSource('none', 'tag=nobody=*');
  const nothing = await scene.run('protect', 'none', '--json');
  expect(nothing.error().code).toBe('SOURCE_EMPTIED');
});

test('one that ends in error makes the run partial, and names the volume', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  const [, second = ''] = await addVolumes(scene, 2, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  await scene.done('protect', 'all');
  const failed = (await scene.snapshots()).find(({ VolumeId }) => VolumeId === second);
  scene.aws.ec2.failSnapshot(home, failed?.SnapshotId ?? '', 'the blocks could not be read');
  scene.aws.clock.advance(60_000);
  const found = (await scene.done('aws', 'snapshots', 'all', '--json')).json(nativesSchema);
  expect(found.snapshots.find(({ volume }) => volume === second)).toMatchObject({
    state: 'error',
    stateMessage: 'the blocks could not be read',
  });
  expect(found.coveredAt).toBeNull();
  const [partial] = (await scene.done('snapshots', '--json')).json(snapshotListSchema);
  expect(partial).toMatchObject({ status: 'partial' });
  expect(found.problems).toEqual([`${failed?.SnapshotId} of ${second} has failed: the blocks could not be read.`]);
});

test('a call that is refused for one volume keeps no other back', async () => {
  await using scene = await makeNativeScene();
  await addVolumes(scene, 3, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  const refuse = { status: 400, code: 'ConcurrentSnapshotLimitExceeded' };
  scene.aws.fault({ operation: 'CreateSnapshot' }, { refuse }, { times: 1 });
  const result = (await scene.done('protect', 'all', '--json')).json(protectResultSchema);
  expect(result.issues).toMatchObject([{ code: 'AWS_DECLINED' }]);
  expect(await scene.snapshots()).toHaveLength(2);
  scene.aws.clock.advance(60_000);
  await scene.done('aws', 'snapshots', 'all');
  expect((await scene.done('snapshots', '--json')).json(snapshotListSchema)).toMatchObject([{ status: 'partial' }]);
});

test('others’ snapshots are recovery points, count for freshness, and are told by their maker', async () => {
  await using scene = await makeNativeScene();
  const [volume = ''] = await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  const { SnapshotId: manual = '' } = await scene.ec2().send(new CreateSnapshotCommand({ VolumeId: volume }));
  const { SnapshotId: managed = '' } = await scene.ec2().send(new CreateSnapshotCommand({ VolumeId: volume }));
  await scene
    .ec2()
    .send(new CreateTagsCommand({ Resources: [managed], Tags: [{ Key: 'dlm:managed', Value: 'true' }] }));
  scene.aws.clock.advance(60_000);
  const found = (await scene.done('aws', 'snapshots', 'all', '--json')).json(nativesSchema);
  expect(found.snapshots.map(({ snapshot, maker, own }) => ({ snapshot, maker, own }))).toEqual(
    expect.arrayContaining([
      { snapshot: manual, maker: 'other', own: false },
      { snapshot: managed, maker: 'dlm', own: false },
    ]),
  );
  expect(found.coveredAt).not.toBeNull();
});
