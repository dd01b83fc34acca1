/** Volumes brought back in the sandboxed AWS: new ones, swapped ones, and roots. */
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import {
  allVolumes,
  instance,
  madeBy,
  makeRestorePlace,
  snapshotOf,
  untried,
  volume,
} from '../../support/aws-restore.ts';
import { account, home, launch } from '../../support/sandbox-aws.ts';

const zone = `${home}a`;

describe('a new volume from a native snapshot', () => {
  test('stands in the zone that was named, as large as asked, made of that snapshot', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const { data } = await launch(place);
    const snapshot = await snapshotOf(place, data);
    const run = await scene.restore({
      kind: 'volume',
      snapshot,
      zone: `${home}b`,
      sizeGiB: 5,
      type: 'gp3',
      iops: 4000,
    });
    expect(run).toMatchObject({ kind: 'aws', state: 'done', repository: null, error: null });
    expect(run.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'preflight done',
      'volume done',
      'verify done',
      'report done',
    ]);
    expect(await volume(place, madeBy(run, 'volume'))).toMatchObject({
      SnapshotId: snapshot,
      AvailabilityZone: `${home}b`,
      Size: 5,
      VolumeType: 'gp3',
      Iops: 4000,
      State: 'available',
    });
    expect(untried(place, keys)).toEqual([]);
    expect(scene.changes().map(({ operation }) => operation)).toEqual(['CreateVolume']);
    const report = await scene.client.restoreRuns.report({ run: run.id });
    expect(report.aws?.made).toMatchObject([{ step: 'volume', id: madeBy(run, 'volume'), region: home }]);
    expect(report.aws?.guestNotes.join(' ')).toMatch(/nvme.*nofail.*XFS/s);
    expect(report.durationMs).not.toBeNull();
  });

  test('smaller than its snapshot is not begun', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { data } = await launch(place);
    const snapshot = await snapshotOf(place, data);
    const want = { kind: 'volume', snapshot, zone, sizeGiB: 1 } as const;
    const { checks } = await scene.preview(want);
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'size' }));
    await expect(scene.restore(want)).rejects.toMatchObject({ code: 'PREFLIGHT_BLOCKED' });
    expect(scene.changes()).toEqual([]);
  });

  test('loads lazily, which is said before', async () => {
    await using scene = await makeRestorePlace();
    const { data } = await launch(scene.place);
    const { checks } = await scene.preview({ kind: 'volume', snapshot: await snapshotOf(scene.place, data), zone });
    expect(checks).toContainEqual(expect.objectContaining({ level: 'warning', id: 'lazy-loading' }));
  });

  test('with a key that cannot be looked at fails late, with the key named, and leaves nothing done', async () => {
    await using scene = await makeRestorePlace({ policy: { allow: ['*'], deny: ['kms:*'] } });
    const { place } = scene;
    const { data } = await launch(place);
    const snapshot = await snapshotOf(place, data);
    const kmsKey = place.aws.kms.add(account, home);
    const want = { kind: 'volume', snapshot, zone, kmsKey } as const;
    const { checks } = await scene.preview(want);
    expect(checks.find(({ title }) => title === 'The state of the key is not known')).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining(kmsKey) as string,
    });
    await expect(scene.restore(want)).rejects.toThrow(kmsKey);
  });

  test('is taken back as long as nothing is attached to it', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const { data } = await launch(place);
    const before = (await allVolumes(place)).length;
    const run = await scene.restore({ kind: 'volume', snapshot: await snapshotOf(place, data), zone });
    expect(await allVolumes(place)).toHaveLength(before + 1);
    expect(await scene.undo(run.id)).toMatchObject({ removed: 1, left: 0 });
    expect(await allVolumes(place)).toHaveLength(before);
    expect(untried(place, keys)).toEqual([]);
  });
});

describe('a data volume that is swapped', () => {
  test('takes the place of the old one, which is kept and tagged; undo puts the old one back', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const { id, data } = await launch(place);
    const snapshot = await snapshotOf(place, data);
    const run = await scene.restore({ kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true });
    expect(run.state).toBe('done');
    expect(scene.changes().map(({ operation }) => operation)).toEqual([
      'CreateVolume',
      'CreateTags',
      'StopInstances',
      'DetachVolume',
      'AttachVolume',
      'StartInstances',
    ]);
    const fresh = madeBy(run, 'volume');
    expect(await volume(place, fresh)).toMatchObject({
      SnapshotId: snapshot,
      Attachments: [{ InstanceId: id, Device: '/dev/sdf' }],
    });
    const old = await volume(place, data);
    expect(old).toMatchObject({ State: 'available' });
    expect(old?.Tags).toContainEqual({
      Key: 'holdfast:replaced-by',
      Value: `restore ${run.id}: was /dev/sdf of ${id}`,
    });
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'running' } });

    const undone = await scene.undo(run.id);
    expect(undone.items).toContainEqual({ path: `${home}/${data}`, action: 'put back', reason: null });
    expect(undone.items).toContainEqual(expect.objectContaining({ path: `${home}/${fresh}`, action: 'leave' }));
    expect(await volume(place, data)).toMatchObject({
      Attachments: [{ InstanceId: id, Device: '/dev/sdf' }],
      Tags: [],
    });
    expect(await volume(place, fresh)).toMatchObject({ State: 'available' });
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'running' } });
    expect(untried(place, keys)).toEqual([]);
  });

  test('is swapped in a running instance where that was said', async () => {
    await using scene = await makeRestorePlace();
    const { id, data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    const want = { kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true, live: true } as const;
    expect((await scene.restore(want)).state).toBe('done');
    expect(scene.changes().map(({ operation }) => operation)).not.toContain('StopInstances');
  });

  test('leaves an instance stopped that was stopped', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { id, data } = await launch(place);
    await place.ec2().send(new StopInstancesCommand({ InstanceIds: [id] }));
    const snapshot = await snapshotOf(place, data);
    const run = await scene.restore({ kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true });
    expect(run.state).toBe('done');
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'stopped' } });
  });

  test('is not taken away from a device without a word, and no root is', async () => {
    await using scene = await makeRestorePlace();
    const { id, data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    const blockers = async (device: string, swap: boolean) => {
      const { checks } = await scene.preview({ kind: 'disk', instance: id, device, snapshot, swap });
      return checks.filter(({ level }) => level === 'blocker').map(({ title }) => title);
    };
    expect(await blockers('/dev/sdf', false)).toEqual(['/dev/sdf is in use']);
    expect(await blockers('/dev/xvda', true)).toEqual(['/dev/xvda is the root of the instance']);
    expect(await blockers('/dev/sdg', false)).toEqual([]);
  });
});

describe('a root volume that is replaced', () => {
  test('comes from a snapshot of the same line; the old root is kept, and goes back with an undo', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const { id, root, instance: launched } = await launch(place);
    const snapshot = await snapshotOf(place, root);
    const run = await scene.restore({ kind: 'root', instance: id, snapshot });
    expect(run.state).toBe('done');
    expect(scene.changes().map(({ operation }) => operation)).toEqual(['CreateTags', 'CreateReplaceRootVolumeTask']);
    const now = await instance(place, id);
    const fresh = now?.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === '/dev/xvda')?.Ebs?.VolumeId ?? '';
    expect(fresh).not.toBe(root);
    expect(await volume(place, fresh)).toMatchObject({ SnapshotId: snapshot });
    expect(await volume(place, root)).toMatchObject({ State: 'available' });
    expect(now?.PrivateIpAddress).toBe(launched?.PrivateIpAddress);
    expect((await scene.client.restoreRuns.report({ run: run.id })).aws?.made).toMatchObject([{ id: fresh }]);

    expect(await scene.undo(run.id)).toMatchObject({ putBack: 1, left: 0 });
    expect(await volume(place, root)).toMatchObject({ Attachments: [{ InstanceId: id, Device: '/dev/xvda' }] });
    expect(await volume(place, fresh)).toMatchObject({ State: 'available' });
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'running' } });
    expect(untried(place, keys)).toEqual([]);
  });

  test('of another line is not begun', async () => {
    await using scene = await makeRestorePlace();
    const { id, data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    const { checks } = await scene.preview({ kind: 'root', instance: id, snapshot });
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'lineage' }));
  });

  test('of an instance that does not run is not begun', async () => {
    await using scene = await makeRestorePlace();
    const { place } = scene;
    const { id, root } = await launch(place);
    const snapshot = await snapshotOf(place, root);
    await place.ec2().send(new StopInstancesCommand({ InstanceIds: [id] }));
    const { checks } = await scene.preview({ kind: 'root', instance: id, snapshot });
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'state' }));
  });
});
