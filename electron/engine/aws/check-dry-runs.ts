/**
 * Calls that would change something, each made with DryRun: AWS says whether it would let it, and does nothing. What is not
 * there to try with is asked of a name that nobody has, which a refusal comes before.
 */
import {
  AssociateAddressCommand,
  AttachNetworkInterfaceCommand,
  AttachVolumeCommand,
  CopySnapshotCommand,
  CreateReplaceRootVolumeTaskCommand,
  CreateSecurityGroupCommand,
  CreateSnapshotCommand,
  CreateSnapshotsCommand,
  CreateTagsCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteTagsCommand,
  DetachNetworkInterfaceCommand,
  DetachVolumeCommand,
  LockSnapshotCommand,
  ModifyInstanceAttributeCommand,
  ModifySnapshotAttributeCommand,
  RegisterImageCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import type { CheckScene } from './check-scene.ts';

/** Null where a name that nobody has would say nothing: the policy lets only what carries a tag. */
export type DryRun = (ec2: Pick<EC2Client, 'send'>, scene: CheckScene, region: string) => Promise<unknown> | null;

const nobody = {
  instance: 'i-0123456789abcdef0',
  volume: 'vol-0123456789abcdef0',
  snapshot: 'snap-0123456789abcdef0',
  image: 'ami-0123456789abcdef0',
  address: 'eipalloc-0123456789abcdef0',
  networkInterface: 'eni-0123456789abcdef0',
  attachment: 'eni-attach-0123456789abcdef0',
  group: 'holdfast-check',
};
const DryRun = true;
const tag = { Key: 'holdfast:check', Value: 'check' };
const noted = { Key: 'holdfast:lock', Value: 'check' };

const instanceOf = ({ instance }: CheckScene): string => instance ?? nobody.instance;
const volumeOf = ({ volume }: CheckScene): string => volume ?? nobody.volume;
const snapshotOf = ({ snapshot }: CheckScene): string => snapshot ?? nobody.snapshot;

/** By the right that each tells of, and its scope where there are several. */
export const dryRuns: Readonly<Record<string, DryRun>> = {
  'ec2:CreateSnapshot': (ec2, scene) => ec2.send(new CreateSnapshotCommand({ DryRun, VolumeId: volumeOf(scene) })),
  'ec2:CreateSnapshots': (ec2, scene) =>
    ec2.send(new CreateSnapshotsCommand({ DryRun, InstanceSpecification: { InstanceId: instanceOf(scene) } })),
  'ec2:CreateTags newTags': (ec2, scene) =>
    ec2.send(
      new CreateSnapshotCommand({
        DryRun,
        VolumeId: volumeOf(scene),
        TagSpecifications: [{ ResourceType: 'snapshot', Tags: [tag] }],
      }),
    ),
  'ec2:CreateTags oursNoted': (ec2, { ours }) =>
    ours === null ? null : ec2.send(new CreateTagsCommand({ DryRun, Resources: [ours], Tags: [noted] })),
  'ec2:CopySnapshot': (ec2, scene, region) =>
    ec2.send(new CopySnapshotCommand({ DryRun, SourceRegion: region, SourceSnapshotId: snapshotOf(scene) })),
  'ec2:DeleteSnapshot ours': (ec2, { ours }) =>
    ours === null ? null : ec2.send(new DeleteSnapshotCommand({ DryRun, SnapshotId: ours })),
  'ec2:LockSnapshot': (ec2, { ours }) =>
    ours === null
      ? null
      : ec2.send(new LockSnapshotCommand({ DryRun, SnapshotId: ours, LockMode: 'governance', LockDuration: 1 })),
  'ec2:ModifySnapshotAttribute': (ec2, { ours }) =>
    ours === null
      ? null
      : ec2.send(
          new ModifySnapshotAttributeCommand({
            DryRun,
            SnapshotId: ours,
            Attribute: 'createVolumePermission',
            OperationType: 'remove',
            UserIds: ['111122223333'],
          }),
        ),
  'ec2:CreateVolume': (ec2, scene, region) =>
    ec2.send(new CreateVolumeCommand({ DryRun, AvailabilityZone: `${region}a`, SnapshotId: snapshotOf(scene) })),
  'ec2:AttachVolume': (ec2, scene) =>
    ec2.send(
      new AttachVolumeCommand({
        DryRun,
        Device: '/dev/sdz',
        InstanceId: instanceOf(scene),
        VolumeId: volumeOf(scene),
      }),
    ),
  'ec2:DetachVolume': (ec2, scene) => ec2.send(new DetachVolumeCommand({ DryRun, VolumeId: volumeOf(scene) })),
  'ec2:CreateReplaceRootVolumeTask': (ec2, scene) =>
    ec2.send(new CreateReplaceRootVolumeTaskCommand({ DryRun, InstanceId: instanceOf(scene) })),
  'ec2:StopInstances': (ec2, scene) => ec2.send(new StopInstancesCommand({ DryRun, InstanceIds: [instanceOf(scene)] })),
  'ec2:StartInstances': (ec2, scene) =>
    ec2.send(new StartInstancesCommand({ DryRun, InstanceIds: [instanceOf(scene)] })),
  'ec2:ModifyInstanceAttribute': (ec2, scene) =>
    ec2.send(
      new ModifyInstanceAttributeCommand({
        DryRun,
        InstanceId: instanceOf(scene),
        BlockDeviceMappings: [{ DeviceName: '/dev/sdz', Ebs: { DeleteOnTermination: false } }],
      }),
    ),
  'ec2:RegisterImage': (ec2, scene) =>
    ec2.send(
      new RegisterImageCommand({
        DryRun,
        Name: nobody.group,
        RootDeviceName: '/dev/xvda',
        BlockDeviceMappings: [{ DeviceName: '/dev/xvda', Ebs: { SnapshotId: snapshotOf(scene) } }],
      }),
    ),
  'ec2:RunInstances': (ec2) =>
    ec2.send(
      new RunInstancesCommand({
        DryRun,
        ImageId: nobody.image,
        InstanceType: 't3.micro',
        MinCount: 1,
        MaxCount: 1,
      }),
    ),
  'ec2:CreateSecurityGroup': (ec2) =>
    ec2.send(new CreateSecurityGroupCommand({ DryRun, GroupName: nobody.group, Description: nobody.group })),
  'ec2:AssociateAddress': (ec2, scene) =>
    ec2.send(
      new AssociateAddressCommand({
        DryRun,
        AllocationId: scene.address ?? nobody.address,
        InstanceId: instanceOf(scene),
      }),
    ),
  'ec2:AttachNetworkInterface': (ec2, scene) =>
    ec2.send(
      new AttachNetworkInterfaceCommand({
        DryRun,
        DeviceIndex: 9,
        InstanceId: instanceOf(scene),
        NetworkInterfaceId: scene.networkInterface ?? nobody.networkInterface,
      }),
    ),
  'ec2:DetachNetworkInterface': (ec2) =>
    ec2.send(new DetachNetworkInterfaceCommand({ DryRun, AttachmentId: nobody.attachment })),
  'ec2:CreateTags machines': (ec2, scene) =>
    ec2.send(new CreateTagsCommand({ DryRun, Resources: [volumeOf(scene)], Tags: [tag] })),
  'ec2:DeleteTags': (ec2, scene) =>
    ec2.send(new DeleteTagsCommand({ DryRun, Resources: [volumeOf(scene)], Tags: [tag] })),
};
