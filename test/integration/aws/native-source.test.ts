/** Instances and volumes as a source: what is asked of AWS, what counts when, and what is named. */
import {
  CreateSnapshotCommand,
  CreateTagsCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
} from '@aws-sdk/client-ec2';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { nativesSchema, unprotectedSchema } from '../../../shared/contract/native.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { sourceCheckSchema } from '../../../shared/contract/source-check.ts';
import { expectDone } from '../../support/expect-clean.ts';
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

test('hooks run around the call alone, and how it held still is on the snapshots too', async () => {
  await using scene = await makeNativeScene();
  const [volume = ''] = await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  const noted = scene.workspace.path('noted');
  const log = (what: string) => `${what}-shell=echo ${what} >> ${noted}`;
  await scene.addSource('held', `volume=${volume}`, log('before'), log('after'));
  const result = (await scene.done('protect', 'held', '--json')).json(protectResultSchema);
  expect(result).toMatchObject({ consistency: 'application', consistencyProblem: null });
  expect(readFileSync(noted, 'utf8')).toBe('before\nafter\n');
  await scene.addSource('unheld', `volume=${volume}`, 'before-shell=exit 3', log('after'));
  const crash = (await scene.done('protect', 'unheld', '--json')).json(protectResultSchema);
  expect(crash.consistency).toBe('crash');
  expect(crash.consistencyProblem).toContain('3');
  const tags = (await scene.snapshots()).map((one) => tagsOf(one));
  expect(new Map(tags.map((one) => [one.get('holdfast:source'), one.get('holdfast:consistency')]))).toEqual(
    new Map([
      ['held', 'application'],
      ['unheld', 'crash'],
    ]),
  );
});

test('a run that was killed once AWS had been asked is gone on with by the next one', async () => {
  await using scene = await makeNativeScene();
  await addVolumes(scene, 3, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  const running = scene.workspace.startHoldfast(['protect', 'all'], { env: { ...scene.env } });
  const asked = () => scene.aws.log.filter(({ operation }) => operation === 'CreateSnapshot').length;
  while (asked() < 3 && running.child.exitCode === null) await sleep(2);
  running.signal('SIGKILL');
  await running.finished;
  expect((await scene.done('snapshots', '--json')).json(snapshotListSchema)).toEqual([]);
  const again = (await scene.done('protect', 'all', '--json')).json(protectResultSchema);
  const made = await scene.snapshots();
  expect(made).toHaveLength(3);
  // The point that they show is that of the run which asked.
  for (const one of made) expect(tagsOf(one).get('holdfast:taken-at')).toBe(again.takenAt);
  scene.aws.clock.advance(60_000);
  await scene.done('aws', 'snapshots', 'all');
  expect((await scene.done('snapshots', '--json')).json(snapshotListSchema)).toMatchObject([{ status: 'complete' }]);
});

test('what was forgotten in the repository expires in AWS; what others made stays', async () => {
  await using scene = await makeNativeScene();
  const [volume = ''] = await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  const { SnapshotId: foreign = '' } = await scene.ec2().send(new CreateSnapshotCommand({ VolumeId: volume }));
  for (let run = 0; run < 2; run++) {
    await scene.done('protect', 'all');
    scene.aws.clock.advance(60_000);
    await scene.done('aws', 'snapshots', 'all');
  }
  const [first, second] = (await scene.done('snapshots', '--json'))
    .json(snapshotListSchema)
    .toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
  const takenAt = async () =>
    new Map((await scene.snapshots()).map((one) => [one.SnapshotId, tagsOf(one).get('holdfast:taken-at')]));
  await scene.done('forget', first?.id ?? '');
  // Within a day a run might still go on with it.
  await scene.done('aws', 'snapshots', 'all');
  expect((await takenAt()).size).toBe(3);
  const later = { ...scene.env, HOLDFAST_TEST_CLOCK_DAYS: '2' };
  scene.aws.skew(2 * 86_400_000);
  const inTwoDays = async (...args: string[]) => expectDone(await scene.workspace.holdfast(args, { env: later }));
  const doubt = await inTwoDays('aws', 'snapshots', 'all');
  expect(doubt.stderr).toContain('No native snapshot is removed: The clock of this machine has jumped');
  await inTwoDays('clock', 'confirm');
  await inTwoDays('aws', 'snapshots', 'all');
  scene.aws.skew(0);
  expect(await takenAt()).toEqual(
    new Map([
      [foreign, undefined],
      [[...(await takenAt())].find(([, at]) => at === second?.takenAt)?.[0], second?.takenAt],
    ]),
  );
});

test('a catalog that was lost is made anew of the tags', async () => {
  await using scene = await makeNativeScene();
  await addVolumes(scene, 2, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  await scene.done('protect', 'all');
  scene.aws.clock.advance(60_000);
  const before = (await scene.done('aws', 'snapshots', 'all', '--json')).json(nativesSchema);
  for (const file of readdirSync(join(scene.workspace.home, 'holdfast')).filter((name) => name.startsWith('catalog')))
    rmSync(join(scene.workspace.home, 'holdfast', file), { recursive: true });
  await scene.done('rebuild-catalog');
  const after = (await scene.done('aws', 'snapshots', 'all', '--json')).json(nativesSchema);
  expect(after.snapshots).toEqual(before.snapshots);
  expect(before.snapshots).toHaveLength(2);
});

test('what no source is of is listed, and what is left of sources that are gone', async () => {
  await using scene = await makeNativeScene();
  const { id } = await launch(scene);
  const [kept = '', free = ''] = await addVolumes(scene, 2, { key: 'backup', value: 'no' });
  await scene.s3().send(new CreateBucketCommand({ Bucket: 'nobody-keeps-this' }));
  await scene.addSource('one', `volume=${kept}`);
  const first = (await scene.done('aws', 'unprotected', '--json')).json(unprotectedSchema);
  const ids = first.resources.map((one) => one.id);
  expect(ids).toEqual(expect.arrayContaining([id, free, 'nobody-keeps-this']));
  expect(ids).not.toContain(kept);
  expect(first.orphans).toEqual([]);
  await scene.done('protect', 'one');
  await scene.done('source', 'remove', 'one');
  const then = (await scene.done('aws', 'unprotected', '--json')).json(unprotectedSchema);
  expect(then.orphans).toMatchObject([{ source: 'one', own: true, sizeGiB: 1 }]);
  expect(then.resources.map((one) => one.id)).toContain(kept);
});

test('a check says what it is of and whether AWS would let it, and changes nothing', async () => {
  await using scene = await makeNativeScene();
  await addVolumes(scene, 2, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  const good = (await scene.done('source', 'check', 'all', '--json')).json(sourceCheckSchema);
  expect(good).toMatchObject({ state: 'good', places: [{ words: 'a volume' }, { words: 'a volume' }] });
  expect(await scene.snapshots()).toEqual([]);
  const { VolumeId = '' } = (await scene.ec2().send(new DescribeVolumesCommand())).Volumes?.[0] ?? {};
  await scene.ec2().send(new DeleteVolumeCommand({ VolumeId }));
  expect((await scene.done('source', 'check', 'all', '--json')).json(sourceCheckSchema).places).toHaveLength(1);
});

test('a hold on one that waits holds the one that counts in its place', async () => {
  await using scene = await makeNativeScene();
  scene.aws.clock.stop();
  await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await scene.addSource('all', 'tag=backup=yes');
  await scene.done('protect', 'all');
  const [waiting] = (await scene.done('snapshots', '--json')).json(snapshotListSchema);
  await scene.done('hold', waiting?.id ?? '', '--reason', 'for the auditor');
  scene.aws.clock.advance(60_000);
  await scene.done('aws', 'snapshots', 'all');
  const [whole] = (await scene.done('snapshots', '--json')).json(snapshotListSchema);
  expect(whole).toMatchObject({ status: 'complete' });
  expect(whole?.id).not.toBe(waiting?.id);
  expect((await scene.run('forget', whole?.id ?? '')).stderr).toContain('for the auditor');
});
