import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  CreateNetworkInterfaceCommand,
  ModifyInstanceAttributeCommand,
} from '@aws-sdk/client-ec2';
import { expect, test } from 'vitest';
import { AwsClients } from '../../../electron/engine/aws/clients.ts';
import { describeInstance } from '../../../electron/engine/aws/describe-instance.ts';
import { instanceDescriptionSchema } from '../../../electron/engine/aws/instance-description.ts';
import { account, home, launch, makeAwsPlace, type AwsPlace } from '../../support/sandbox-aws.ts';

const nowMs = Date.UTC(2026, 5, 1);
const secret = Buffer.from('#!/bin/sh\npassword=open-sesame\n').toString('base64');

function clientsOf({ aws, keys }: AwsPlace, given = keys): AwsClients {
  const credentials = () => Promise.resolve({ ...given });
  return new AwsClients({ credentials, region: home, endpoint: aws.endpoint }, { attempts: 1 });
}

test('an instance is described with all that launching another like it takes', async () => {
  await using place = await makeAwsPlace();
  const ec2 = place.ec2();
  place.aws.ec2.addKeyPair(home, account, 'door');
  const launched = await launch(place, {
    KeyName: 'door',
    UserData: secret,
    IamInstanceProfile: { Name: 'reader' },
    PrivateIpAddress: '172.31.0.77',
    DisableApiTermination: true,
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 2 },
    Monitoring: { Enabled: true },
    CreditSpecification: { CpuCredits: 'standard' },
    InstanceInitiatedShutdownBehavior: 'terminate',
    TagSpecifications: [
      { ResourceType: 'instance', Tags: [{ Key: 'Name', Value: 'web' }] },
      { ResourceType: 'volume', Tags: [{ Key: 'of', Value: 'web' }] },
    ],
  });
  const { id, root, data, instance } = launched;
  const nic = instance?.NetworkInterfaces?.[0]?.NetworkInterfaceId ?? '';
  const SubnetId = instance?.SubnetId ?? '';
  const { NetworkInterface } = await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Description: 'second' }));
  const second = NetworkInterface?.NetworkInterfaceId ?? '';
  const attach = { NetworkInterfaceId: second, InstanceId: id, DeviceIndex: 1 };
  await ec2.send(new AttachNetworkInterfaceCommand(attach));
  const { AllocationId } = await ec2.send(new AllocateAddressCommand());
  await ec2.send(new AssociateAddressCommand({ AllocationId, InstanceId: id }));
  await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: id, SourceDestCheck: { Value: false } }));

  using clients = clientsOf(place);
  const found = instanceDescriptionSchema.parse(await describeInstance(clients, id, { nowMs }));
  expect(found).toMatchObject({
    version: 1,
    describedAt: '2026-06-01T00:00:00.000Z',
    region: home,
    account,
    instance: id,
    state: 'running',
    type: 't3.micro',
    image: { id: instance?.ImageId, name: 'plain', architecture: 'x86_64', virtualization: 'hvm' },
    placement: { zone: `${home}a`, tenancy: 'default' },
    subnet: SubnetId,
    groups: [{ name: 'default' }],
    profile: `arn:aws:iam::${account}:instance-profile/reader`,
    keyPair: 'door',
    userData: secret,
    tags: [{ key: 'Name', value: 'web' }],
    rootDevice: '/dev/xvda',
    sourceDestCheck: false,
    monitoring: true,
    metadata: { tokens: 'required', hopLimit: 2 },
    credits: 'standard',
    terminationProtected: true,
    onShutdown: 'terminate',
    unread: [],
  });
  expect(found.interfaces).toMatchObject([
    {
      id: nic,
      deviceIndex: 0,
      deleteOnTermination: true,
      sourceDestCheck: false,
      addresses: [{ privateIp: '172.31.0.77', primary: true, publicIp: '198.51.100.1', allocation: AllocationId }],
    },
    { id: second, deviceIndex: 1, deleteOnTermination: false, description: 'second' },
  ]);
  const tags = [{ key: 'of', value: 'web' }];
  const plain = { zone: `${home}a`, encrypted: false, kmsKey: null, tags };
  expect(found.volumes).toMatchObject([
    {
      id: root,
      device: '/dev/xvda',
      isRoot: true,
      deleteOnTermination: true,
      facts: { ...plain, sizeGiB: 8, type: 'gp3', iops: 3000, throughput: 125 },
    },
    { id: data, device: '/dev/sdf', isRoot: false, deleteOnTermination: false, facts: { ...plain, sizeGiB: 2 } },
  ]);
});

test('what may not be read of an instance is named with the reason, and the rest is there', async () => {
  await using place = await makeAwsPlace();
  const { id, data } = await launch(place, { UserData: secret });
  const deny = ['ec2:DescribeInstanceAttribute', 'ec2:DescribeVolumes'];
  using clients = clientsOf(place, place.user({ policy: { allow: ['*'], deny } }));
  const found = await describeInstance(clients, id, { nowMs });
  expect(found).toMatchObject({ instance: id, userData: null, terminationProtected: null, rootDevice: '/dev/xvda' });
  expect(found.volumes[1]).toEqual({
    id: data,
    device: '/dev/sdf',
    isRoot: false,
    deleteOnTermination: false,
    facts: null,
  });
  expect(found.unread.map(({ what }) => what).toSorted()).toEqual([
    'shutdown behaviour',
    'stop protection',
    'termination protection',
    'user data',
    'volumes',
  ]);
  expect(found.unread.every(({ awsCode }) => awsCode === 'UnauthorizedOperation')).toBe(true);
  expect(found.unread[0]?.reason).toContain('is not authorized to perform');
});

test('a type without credits is no fault of the description', async () => {
  await using place = await makeAwsPlace();
  const { id } = await launch(place, { InstanceType: 'm5.large' });
  using clients = clientsOf(place);
  expect(await describeInstance(clients, id, { nowMs })).toMatchObject({ credits: null, unread: [] });
});

test('an instance that is not there is said to be so', async () => {
  await using place = await makeAwsPlace();
  using clients = clientsOf(place);
  const call = describeInstance(clients, 'i-0123456789abcdef0', { nowMs });
  await expect(call).rejects.toMatchObject({ code: 'AWS_NOT_FOUND' });
});
