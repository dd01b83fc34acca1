/** Restores in AWS by command: from a Holdfast snapshot of an instance, with a plan first, and back again. */
import { TerminateInstancesCommand } from '@aws-sdk/client-ec2';
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { awsRestorePreviewSchema } from '../../../shared/contract/aws-restores.ts';
import { restoreRunSchema, runReportSchema, undoResultSchema } from '../../../shared/contract/restore-runs.ts';
import { allInstances, instance, madeBy, snapshotOf, volume } from '../../support/aws-restore.ts';
import { makeNativeScene } from '../../support/native-scene.ts';
import { home, launch } from '../../support/sandbox-aws.ts';

const secret = Buffer.from('password=open-sesame').toString('base64');

test(
  'an instance that is gone is launched again from what its Holdfast snapshot says',
  { timeout: 120_000 },
  async () => {
    await using scene = await makeNativeScene();
    scene.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
    const Tags = [{ Key: 'Name', Value: 'web' }];
    const { id, data } = await launch(scene, {
      UserData: secret,
      IamInstanceProfile: { Name: 'reader' },
      TagSpecifications: [{ ResourceType: 'instance', Tags }],
    });
    await scene.addSource('web', `instance=${id}`);
    await scene.done('protect', 'web');
    await scene.ec2().send(new TerminateInstancesCommand({ InstanceIds: [id] }));

    const restore = ['aws', 'restore', 'launch', '--point', 'latest', '--source', 'web'];
    const planned = await scene.done(...restore, '--dry-run', '--json');
    const { plan, checks } = planned.json(awsRestorePreviewSchema);
    expect(plan.calls.map(({ action }) => action)).toEqual(['RegisterImage', 'RunInstances']);
    expect(checks.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect(planned.stdout).not.toContain(secret);
    expect((await allInstances(scene)).map(({ State }) => State?.Name)).toEqual(['terminated']);

    const { run } = (await scene.done(...restore, '--json')).json(runReportSchema);
    expect(run).toMatchObject({ state: 'done', kind: 'aws', selections: [{ source: 'web' }] });
    const fresh = await instance(scene, madeBy(run, 'launch'));
    expect(fresh).toMatchObject({
      InstanceType: 't3.micro',
      IamInstanceProfile: { Arn: expect.stringContaining('reader') as string },
    });
    expect(fresh?.BlockDeviceMappings).toHaveLength(2);
    expect(JSON.stringify(run)).not.toContain(secret);

    const listed = (await scene.done('aws', 'restore', 'list', '--json')).json(restoreRunSchema.array());
    expect(listed).toMatchObject([{ id: run.id, state: 'done' }]);
    const shown = await scene.done('aws', 'restore', 'show', run.id.slice(0, 8));
    expect(shown.stdout).toContain(`Made: ${madeBy(run, 'launch')} in ${home}`);
    expect(shown.stdout).toContain('cloud-init');

    const undone = await scene.run('aws', 'restore', 'undo', run.id.slice(0, 8), '--json');
    expect(undone.json(undoResultSchema).items).toMatchObject([{ action: 'leave' }, { action: 'remove' }]);
    expect(undone.code).toBe(3);
    expect(await instance(scene, madeBy(run, 'launch'))).toMatchObject({ State: { Name: 'stopped' } });
    expect(await volume(scene, data)).toMatchObject({ State: 'available' });
    await scene.done('aws', 'restore', 'close', run.id.slice(0, 8));
  },
);

test(
  'a volume is named by what it was, and swapped with keys that are given for it alone',
  { timeout: 120_000 },
  async () => {
    await using scene = await makeNativeScene();
    scene.aws.behaveEc2({ snapshotMs: 0, volumeMs: 0, instanceMs: 0 });
    const { id, data } = await launch(scene);
    await scene.addSource('web', `instance=${id}`);
    await scene.done('protect', 'web');
    const where = ['--instance', id, '--device', '/dev/sdf', '--point', 'latest', '--source', 'web'];
    const keys = ['--access-key', scene.keys.accessKeyId, '--secret', 'secret-access-key=env:AWS_SECRET_ACCESS_KEY'];
    const blocked = await scene.run('aws', 'restore', 'disk', data, ...where, ...keys, '--dry-run');
    expect(blocked.stdout).toContain('/dev/sdf is in use');
    expect(blocked.code).toBe(1);
    const result = await scene.done(
      'aws',
      'restore',
      'disk',
      data,
      ...where,
      ...keys,
      '--swap',
      '--region',
      home,
      '--json',
    );
    const { run } = result.json(runReportSchema);
    expect(await volume(scene, madeBy(run, 'volume'))).toMatchObject({ Attachments: [{ InstanceId: id }] });
    const back = await scene.run('aws', 'restore', 'undo', run.id, ...keys);
    expect(back.stdout).toContain('put back');
    expect(await volume(scene, data)).toMatchObject({ Attachments: [{ InstanceId: id, Device: '/dev/sdf' }] });
  },
);

test('a map between regions is checked before it is saved, and shown', { timeout: 60_000 }, async () => {
  await using scene = await makeNativeScene();
  const file = scene.workspace.path('map.json');
  writeFileSync(file, JSON.stringify({ from: home, to: 'us-east-1', subnets: { 'subnet-1': 'anything' } }));
  expect(await scene.run('aws', 'restore', 'map', 'save', file)).toMatchObject({ code: 2 });
  const subnets = { 'subnet-0123456789abcdef0': 'subnet-0fedcba9876543210' };
  writeFileSync(file, JSON.stringify({ from: home, to: 'us-east-1', subnets }));
  await scene.done('aws', 'restore', 'map', 'save', file);
  const shown = await scene.done('aws', 'restore', 'map', 'list');
  expect(shown.stdout).toContain('subnet-0fedcba9876543210');
});

test('what cannot be meant is refused with words, and nothing is asked', { timeout: 60_000 }, async () => {
  await using scene = await makeNativeScene();
  const { data } = await launch(scene);
  const snapshot = await snapshotOf(scene, data);
  const zone = ['--zone', `${home}a`];
  const refused = async (...args: string[]) => {
    const { code, stderr } = await scene.run('aws', 'restore', ...args);
    return `${code} ${stderr}`;
  };
  expect(await refused('volume', data, ...zone)).toMatch(/^2 .*name one, or a Holdfast snapshot/s);
  expect(await refused('volume', snapshot, ...zone, '--access-key', 'AKIA')).toMatch(/^2 .*secret-access-key/s);
  expect(await refused('launch', '--data', 'nonsense')).toMatch(/^2 .*--data/s);
  expect(await refused('show', 'feed')).toMatch(/^\d .*no restore run feed/s);
});
