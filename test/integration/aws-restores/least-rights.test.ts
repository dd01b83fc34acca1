/** Restores as an identity that has the smallest policy to restore, and nothing else: the very document that is pasted. */
import { DeleteVolumeCommand, DescribeSecurityGroupsCommand, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { policyFor } from '../../../shared/model/aws-policies.ts';
import { allInstances, allVolumes, madeBy, makeRestorePlace, snapshotOf } from '../../support/aws-restore.ts';
import { account, home, launch, refusal } from '../../support/sandbox-aws.ts';

const away = 'us-east-1';
const zone = `${home}a`;
const policy = policyFor('restore', { buckets: ['acme-data'], regions: [home, away] });
const place = () => makeRestorePlace({ policy });

describe('the policy to restore is enough', () => {
  test('for a volume under a key of one’s own, and for taking it back', async () => {
    await using scene = await place();
    const { data } = await launch(scene.place);
    const kmsKey = scene.place.aws.kms.add(account, home);
    const want = { kind: 'volume', snapshot: await snapshotOf(scene.place, data), zone, kmsKey } as const;
    const { checks } = await scene.preview(want);
    expect(checks.map(({ level, title }) => `${level}: ${title}`)).toContain('ok: The key is enabled and may be used');
    const run = await scene.restore(want);
    expect(run).toMatchObject({ state: 'done', error: null });
    await scene.undo(run.id);
    expect((await allVolumes(scene.place)).map(({ VolumeId }) => VolumeId)).not.toContain(madeBy(run, 'volume'));
  });

  test('for a data volume that is swapped, and put back', async () => {
    await using scene = await place();
    const { id, data } = await launch(scene.place);
    const snapshot = await snapshotOf(scene.place, data);
    const run = await scene.restore({ kind: 'disk', instance: id, device: '/dev/sdf', snapshot, swap: true });
    expect(run).toMatchObject({ state: 'done', error: null });
    expect((await scene.undo(run.id)).putBack).toBeGreaterThan(0);
  });

  test('for a root that is replaced, and put back', async () => {
    await using scene = await place();
    const { id, root } = await launch(scene.place);
    const run = await scene.restore({ kind: 'root', instance: id, snapshot: await snapshotOf(scene.place, root) });
    expect(run).toMatchObject({ state: 'done', error: null });
    expect((await scene.undo(run.id)).putBack).toBeGreaterThan(0);
  });

  test('for an instance in place of another, in another region', async () => {
    await using scene = await place();
    const { id, root, data } = await launch(scene.place);
    const ec2 = scene.place.ec2({ region: away });
    const [subnet] = (await ec2.send(new DescribeSubnetsCommand({}))).Subnets ?? [];
    const disks = {
      root: await snapshotOf(scene.place, root),
      data: [{ device: '/dev/sdf', snapshot: await snapshotOf(scene.place, data) }],
    };
    const [group] = (await ec2.send(new DescribeSecurityGroupsCommand({}))).SecurityGroups ?? [];
    const changes = { subnet: subnet?.SubnetId ?? '', groups: [group?.GroupId ?? ''], profile: 'reader' };
    const run = await scene.restore({ kind: 'launch', like: id, ...disks, changes }, { region: away, from: home });
    expect(run).toMatchObject({ state: 'done', error: null });
    expect(await allInstances(scene.place, away)).toHaveLength(1);
    await scene.undo(run.id);
  });

  test('for a clone that reaches nobody, and for ending it', async () => {
    await using scene = await place();
    const { id, root } = await launch(scene.place);
    const run = await scene.restore({ kind: 'clone', like: id, root: await snapshotOf(scene.place, root) });
    expect(run).toMatchObject({ state: 'done', error: null });
    const undone = await scene.undo(run.id);
    expect(undone.left).toBe(0);
    const clone = (await allInstances(scene.place)).find(({ InstanceId }) => InstanceId === madeBy(run, 'launch'));
    expect(clone?.State?.Name).toBe('terminated');
  });
});

test('and it removes nothing that no restore has made', async () => {
  await using scene = await place();
  const { data } = await launch(scene.place);
  const ec2 = scene.place.ec2({ credentials: { ...scene.keys } });
  const removal = ec2.send(new DeleteVolumeCommand({ VolumeId: data, DryRun: true }));
  expect(await refusal(removal)).toMatchObject({ code: 'UnauthorizedOperation' });
});
