/** Instances launched in the sandboxed AWS: in place of another, as a clone that reaches nobody, and in another region. */
import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  DescribeAddressesCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  type RunInstancesCommandInput,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import {
  allInstances,
  allSnapshots,
  instance,
  madeBy,
  makeRestorePlace,
  snapshotOf,
  untried,
  volume,
  type RestorePlace,
} from '../../support/aws-restore.ts';
import { account, home, launch } from '../../support/sandbox-aws.ts';

const away = 'us-east-1';
const secret = Buffer.from('password=open-sesame').toString('base64');

async function web(scene: RestorePlace, more: Partial<RunInstancesCommandInput> = {}) {
  const { place } = scene;
  const ec2 = place.ec2();
  place.aws.ec2.addKeyPair(home, account, 'door');
  const tags = [
    { Key: 'Name', Value: 'web' },
    { Key: 'team', Value: 'shop' },
  ];
  const launched = await launch(place, {
    KeyName: 'door',
    UserData: secret,
    IamInstanceProfile: { Name: 'reader' },
    MetadataOptions: { HttpTokens: 'required' },
    TagSpecifications: [{ ResourceType: 'instance', Tags: tags }],
    ...more,
  });
  const { id, root, data, instance: shown } = launched;
  const { AllocationId: allocation = '' } = await ec2.send(new AllocateAddressCommand());
  await ec2.send(new AssociateAddressCommand({ AllocationId: allocation, InstanceId: id }));
  const SubnetId = shown?.SubnetId ?? '';
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId }));
  const second = NetworkInterface?.NetworkInterfaceId ?? '';
  await ec2.send(new AttachNetworkInterfaceCommand({ NetworkInterfaceId: second, InstanceId: id, DeviceIndex: 1 }));
  const snapshots = { root: await snapshotOf(place, root), data: await snapshotOf(place, data) };
  const disks = { root: snapshots.root, data: [{ device: '/dev/sdf', snapshot: snapshots.data }] };
  return { ...launched, allocation, second, snapshots, disks, subnet: SubnetId };
}

async function holderOf({ place }: RestorePlace, allocation: string): Promise<string | undefined> {
  const command = new DescribeAddressesCommand({ AllocationIds: [allocation] });
  return (await place.ec2().send(command)).Addresses?.[0]?.InstanceId;
}

describe('a replacement instance', () => {
  test('is launched like the old one from its snapshots, and gets its addresses; undo gives them back', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys, client } = scene;
    const old = await web(scene);
    const want = {
      kind: 'launch',
      like: old.id,
      ...old.disks,
      moveAddresses: true,
      moveInterfaces: true,
      stopOld: true,
    } as const;
    const run = await scene.restore(want);
    expect(run).toMatchObject({ state: 'done', error: null });
    expect(scene.changes().map(({ operation }) => operation)).toEqual([
      'RegisterImage',
      'StopInstances',
      'RunInstances',
      'AssociateAddress',
      'DetachNetworkInterface',
      'AttachNetworkInterface',
    ]);
    const id = madeBy(run, 'launch');
    const fresh = await instance(place, id);
    expect(fresh).toMatchObject({
      InstanceType: 't3.micro',
      SubnetId: old.subnet,
      KeyName: 'door',
      IamInstanceProfile: { Arn: `arn:aws:iam::${account}:instance-profile/reader` },
      MetadataOptions: { HttpTokens: 'required' },
      SecurityGroups: old.instance?.SecurityGroups,
    });
    expect(fresh?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'Name', Value: 'web' },
        { Key: 'team', Value: 'shop' },
      ]),
    );
    const [root = '', data = ''] = (fresh?.BlockDeviceMappings ?? []).map(({ Ebs }) => Ebs?.VolumeId ?? '');
    expect(await volume(place, root)).toMatchObject({ SnapshotId: old.snapshots.root });
    expect(await volume(place, data)).toMatchObject({ SnapshotId: old.snapshots.data });
    const userData = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' });
    expect((await place.ec2().send(userData)).UserData?.Value).toBe(secret);
    expect(await holderOf(scene, old.allocation)).toBe(id);
    expect(fresh?.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toContain(old.second);
    expect(await instance(place, old.id)).toMatchObject({ State: { Name: 'stopped' } });
    expect(JSON.stringify(await client.restoreRuns.get({ run: run.id }))).not.toContain(secret);

    const undone = await scene.undo(run.id);
    expect(undone.items.filter(({ action }) => action === 'leave')).toMatchObject([{ path: `${home}/${id}` }]);
    expect(await holderOf(scene, old.allocation)).toBe(old.id);
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'stopped' } });
    const back = await instance(place, old.id);
    expect(back).toMatchObject({ State: { Name: 'running' } });
    expect(back?.NetworkInterfaces?.map(({ NetworkInterfaceId }) => NetworkInterfaceId)).toContain(old.second);
    const images = await place.ec2().send(new DescribeImagesCommand({ Owners: ['self'] }));
    expect(images.Images).toEqual([]);
    expect(untried(place, keys)).toEqual([]);
  });

  test('without a root snapshot boots from its image, which is said', async () => {
    await using scene = await makeRestorePlace();
    const old = await web(scene);
    const want = { kind: 'launch', like: old.id, data: old.disks.data } as const;
    const { checks } = await scene.preview(want);
    expect(checks).toContainEqual(expect.objectContaining({ level: 'warning', id: 'root' }));
    const run = await scene.restore(want);
    expect(run.state).toBe('done');
    expect(scene.changes().map(({ operation }) => operation)).toEqual(['RunInstances']);
    expect((await instance(scene.place, madeBy(run, 'launch')))?.ImageId).toBe(old.instance?.ImageId);
  });

  test('cannot have a private address that somebody holds, and it is said who', async () => {
    await using scene = await makeRestorePlace();
    const old = await web(scene);
    const privateIp = old.instance?.PrivateIpAddress ?? '';
    const { checks } = await scene.preview({ kind: 'launch', like: old.id, ...old.disks, changes: { privateIp } });
    const found = checks.find(({ id }) => id === 'private-address');
    expect(found).toMatchObject({ level: 'blocker' });
    expect(found?.detail).toContain(old.id);
  });

  test('has what does not come back by itself named before: target groups, names, scaling groups', async () => {
    await using scene = await makeRestorePlace();
    const old = await web(scene);
    const { checks } = await scene.preview({ kind: 'launch', like: old.id, ...old.disks });
    expect(checks.find(({ id }) => id === 'outside')?.detail).toMatch(/Target groups .* DNS/);
    expect(checks.find(({ id }) => id === 'addresses')).toMatchObject({ level: 'warning' });
  });

  test('of a type that its zone has not is not begun', async () => {
    await using scene = await makeRestorePlace();
    const old = await web(scene);
    const { Subnets = [] } = await scene.place.ec2().send(new DescribeSubnetsCommand({}));
    const subnet = Subnets.find(({ AvailabilityZone }) => AvailabilityZone === `${home}c`)?.SubnetId ?? '';
    const changes = { type: 'm7g.large', subnet };
    const { checks } = await scene.preview({ kind: 'launch', like: old.id, ...old.disks, changes });
    expect(checks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'type' }));
  });

  test('shows its calls as they will be made, without user data', async () => {
    await using scene = await makeRestorePlace();
    const old = await web(scene);
    const { plan, costs } = await scene.preview({ kind: 'launch', like: old.id, ...old.disks });
    const call = plan.calls.find(({ action }) => action === 'RunInstances');
    expect(call).toMatchObject({
      step: 'launch',
      region: home,
      input: { ImageId: '<image>', UserData: '<user data>' },
    });
    expect(JSON.stringify(plan)).not.toContain(secret);
    expect(costs.map(({ what, quantity }) => `${quantity} ${what}`)).toEqual([
      '1 t3.micro instance',
      '8 gp3 volume',
      '2 gp2 volume',
    ]);
  });
});

describe('a clone for development', () => {
  test('stands in a group without a way in or out, marked, with an expiry; undo ends it', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const old = await web(scene);
    const run = await scene.restore({ kind: 'clone', like: old.id, ...old.disks, expiresInHours: 5 });
    expect(run).toMatchObject({ state: 'done', error: null });
    const id = madeBy(run, 'launch');
    const clone = await instance(place, id);
    const group = madeBy(run, 'group');
    expect(clone).toMatchObject({ SecurityGroups: [{ GroupId: group }] });
    expect(clone?.IamInstanceProfile).toBeUndefined();
    const shown = await place.ec2().send(new DescribeSecurityGroupsCommand({ GroupIds: [group] }));
    expect(shown.SecurityGroups).toMatchObject([{ IpPermissions: [], IpPermissionsEgress: [] }]);
    const tags = new Map(clone?.Tags?.map(({ Key = '', Value = '' }) => [Key, Value]));
    expect(tags.get('Name')).toBe('Clone of web');
    expect(tags.get('team')).toBeUndefined();
    expect(tags.get('holdfast:clone-of')).toBe(old.id);
    const hours = (Date.parse(tags.get('holdfast:expires') ?? '') - Date.parse(run.createdAt)) / 3_600_000;
    expect(hours).toBeCloseTo(5, 1);
    const order = scene.changes().map(({ operation }) => operation);
    expect(order.indexOf('RevokeSecurityGroupEgress')).toBeLessThan(order.indexOf('RunInstances'));
    const userData = new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' });
    expect((await place.ec2().send(userData)).UserData?.Value).toBeUndefined();

    expect(await scene.undo(run.id)).toMatchObject({ left: 0 });
    expect(await instance(place, id)).toMatchObject({ State: { Name: 'terminated' } });
    const groups = await place.ec2().send(new DescribeSecurityGroupsCommand({}));
    expect(groups.SecurityGroups?.map(({ GroupId }) => GroupId)).not.toContain(group);
    expect(await instance(place, old.id)).toMatchObject({ State: { Name: 'running' } });
    expect(untried(place, keys)).toEqual([]);
  });
});

describe('in another region', () => {
  test('a volume is made of a copy, which is asked of that region and says what it is of', async () => {
    await using scene = await makeRestorePlace();
    const { place, keys } = scene;
    const { data } = await launch(place);
    const snapshot = await snapshotOf(place, data);
    const run = await scene.restore({ kind: 'volume', snapshot, zone: `${away}a` }, { region: away, from: home });
    expect(run).toMatchObject({ state: 'done', error: null });
    const copy = madeBy(run, 'copy-1');
    const { Snapshots } = await place.ec2({ region: away }).send(new DescribeSnapshotsCommand({ SnapshotIds: [copy] }));
    expect(Snapshots?.[0]?.Tags).toEqual(
      expect.arrayContaining([
        { Key: 'holdfast:copy-of', Value: snapshot },
        { Key: 'holdfast:copy-from', Value: home },
      ]),
    );
    expect(await volume(place, madeBy(run, 'volume'), away)).toMatchObject({ SnapshotId: copy });
    expect(scene.changes().map(({ operation, region }) => `${operation} ${region}`)).toEqual([
      `CopySnapshot ${away}`,
      `CreateVolume ${away}`,
    ]);
    await scene.undo(run.id);
    expect(await allSnapshots(place, away)).toEqual([]);
    expect(await allSnapshots(place)).toContain(snapshot);
    expect(untried(place, keys)).toEqual([]);
  });

  test('an instance needs a map of what stands there for what; what it does not know is named', async () => {
    await using scene = await makeRestorePlace();
    const { place, client } = scene;
    const old = await web(scene);
    const there = place.ec2({ region: away });
    const { Subnets = [] } = await there.send(new DescribeSubnetsCommand({}));
    const { SecurityGroups = [] } = await there.send(new DescribeSecurityGroupsCommand({}));
    place.aws.ec2.addKeyPair(away, account, 'door-there');
    place.workspace.init();
    const repository = { location: place.workspace.repository, password: place.workspace.password };
    const save = (groups: Record<string, string>) =>
      client.awsRestores.saveMap({
        repository,
        from: home,
        to: away,
        map: {
          subnets: { [old.subnet]: Subnets[0]?.SubnetId ?? '' },
          groups,
          keyPairs: { door: 'door-there' },
        },
      });
    const group = old.instance?.SecurityGroups?.[0]?.GroupId ?? '';
    const want = { kind: 'launch', like: old.id, ...old.disks } as const;
    const more = { region: away, from: home };
    const unmapped = await scene.preview(want, more);
    expect(unmapped.checks.find(({ id }) => id === 'map')?.detail).toContain('have to be named');
    await save({});
    const half = await scene.preview(want, more);
    expect(half.checks).toContainEqual(
      expect.objectContaining({ level: 'blocker', title: `The map does not know the group ${group}` }),
    );
    await save({ [group]: SecurityGroups[0]?.GroupId ?? '' });
    const run = await scene.restore(want, more);
    expect(run).toMatchObject({ state: 'done', error: null });
    expect(await allInstances(place, away)).toMatchObject([
      { InstanceId: madeBy(run, 'launch'), SubnetId: Subnets[0]?.SubnetId, KeyName: 'door-there' },
    ]);
    expect(await client.awsRestores.maps({})).toMatchObject({ maps: [{ from: home, to: away }] });
  });
});
