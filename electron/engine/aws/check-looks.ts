/** Calls that only look, each for as little as AWS lets one ask for. */
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeImagesCommand,
  DescribeInstanceAttributeCommand,
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstancesCommand,
  DescribeInstanceTypesCommand,
  DescribeKeyPairsCommand,
  DescribeLockedSnapshotsCommand,
  DescribeNetworkInterfacesCommand,
  DescribeRegionsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeReplaceRootVolumeTasksCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  GetEbsEncryptionByDefaultCommand,
  ListSnapshotsInRecycleBinCommand,
} from '@aws-sdk/client-ec2';
import { GetSnapshotBlockCommand, ListChangedBlocksCommand, ListSnapshotBlocksCommand } from '@aws-sdk/client-ebs';
import {
  GetBucketLocationCommand,
  GetBucketVersioningCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  GetObjectTaggingCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { CheckScene } from './check-scene.ts';
import type { AwsClients } from './clients.ts';

/** Null where there is nothing to look at. */
type Look = (clients: AwsClients, scene: CheckScene) => Promise<unknown> | null;
type BucketLook = (s3: S3Client, bucket: string) => Promise<unknown>;

const few = { MaxResults: 5 };
/** Of instances of the usual families, on demand. */
const standardProcessors = { ServiceCode: 'ec2', QuotaCode: 'L-1216C47A' };
/** EBS takes no smaller number. */
const fewBlocks = { MaxResults: 100 };
/** A key that nobody has: whether it is missing or closed tells whether one may read. */
const Key = 'holdfast-check/no-such-object';
const VersionId = 'null';

export const looks: Readonly<Record<string, Look>> = {
  'sts:GetCallerIdentity': (clients) => clients.sts().send(new GetCallerIdentityCommand({})),
  'ec2:DescribeRegions': (clients) => clients.ec2().send(new DescribeRegionsCommand({})),
  'ec2:DescribeInstances': (clients) => clients.ec2().send(new DescribeInstancesCommand(few)),
  'ec2:DescribeVolumes': (clients) => clients.ec2().send(new DescribeVolumesCommand(few)),
  'ec2:DescribeSnapshots': (clients) =>
    clients.ec2().send(new DescribeSnapshotsCommand({ ...few, OwnerIds: ['self'] })),
  'ec2:DescribeImages': (clients) => clients.ec2().send(new DescribeImagesCommand({ Owners: ['self'] })),
  'ec2:DescribeAddresses': (clients) => clients.ec2().send(new DescribeAddressesCommand({})),
  'ec2:DescribeInstanceAttribute': (clients, { instance }) =>
    instance === null
      ? null
      : clients.ec2().send(new DescribeInstanceAttributeCommand({ InstanceId: instance, Attribute: 'userData' })),
  'ec2:DescribeInstanceCreditSpecifications': (clients) =>
    clients.ec2().send(new DescribeInstanceCreditSpecificationsCommand(few)),
  'ec2:DescribeLockedSnapshots': (clients) => clients.ec2().send(new DescribeLockedSnapshotsCommand(few)),
  'ec2:DescribeAvailabilityZones': (clients) => clients.ec2().send(new DescribeAvailabilityZonesCommand({})),
  'ec2:DescribeInstanceTypes': (clients) => clients.ec2().send(new DescribeInstanceTypesCommand(few)),
  'ec2:DescribeSubnets': (clients) => clients.ec2().send(new DescribeSubnetsCommand(few)),
  'ec2:DescribeSecurityGroups': (clients) => clients.ec2().send(new DescribeSecurityGroupsCommand(few)),
  'ec2:DescribeNetworkInterfaces': (clients) => clients.ec2().send(new DescribeNetworkInterfacesCommand(few)),
  'ec2:DescribeKeyPairs': (clients) => clients.ec2().send(new DescribeKeyPairsCommand({})),
  'ec2:DescribeInstanceStatus': (clients) => clients.ec2().send(new DescribeInstanceStatusCommand(few)),
  'ec2:DescribeInstanceTypeOfferings': (clients) => clients.ec2().send(new DescribeInstanceTypeOfferingsCommand(few)),
  'ec2:ListSnapshotsInRecycleBin': (clients) => clients.ec2().send(new ListSnapshotsInRecycleBinCommand(few)),
  'ec2:DescribeReplaceRootVolumeTasks': (clients) => clients.ec2().send(new DescribeReplaceRootVolumeTasksCommand(few)),
  'ec2:GetEbsEncryptionByDefault': (clients) => clients.ec2().send(new GetEbsEncryptionByDefaultCommand({})),
  'servicequotas:GetServiceQuota': async (clients) => {
    const { GetServiceQuotaCommand } = await import('@aws-sdk/client-service-quotas');
    return (await clients.quotas()).send(new GetServiceQuotaCommand(standardProcessors));
  },
  'ebs:ListSnapshotBlocks': (clients, { snapshot }) =>
    snapshot === null
      ? null
      : clients.ebs().send(new ListSnapshotBlocksCommand({ ...fewBlocks, SnapshotId: snapshot })),
  'ebs:ListChangedBlocks': (clients, { snapshot }) =>
    snapshot === null
      ? null
      : clients.ebs().send(new ListChangedBlocksCommand({ ...fewBlocks, SecondSnapshotId: snapshot })),
  'ebs:GetSnapshotBlock': (clients, { snapshot }) => (snapshot === null ? null : readBlock(clients, snapshot)),
  's3:ListAllMyBuckets': (clients) => clients.s3().send(new ListBucketsCommand({ MaxBuckets: 1 })),
};

export const bucketLooks: Readonly<Record<string, BucketLook>> = {
  's3:ListBucket': (s3, Bucket) => s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1 })),
  's3:ListBucketVersions': (s3, Bucket) => s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 })),
  's3:GetBucketLocation': (s3, Bucket) => s3.send(new GetBucketLocationCommand({ Bucket })),
  's3:GetBucketVersioning': (s3, Bucket) => s3.send(new GetBucketVersioningCommand({ Bucket })),
  's3:GetBucketObjectLockConfiguration': (s3, Bucket) => s3.send(new GetObjectLockConfigurationCommand({ Bucket })),
};

/** Of a key that is not there: not found means allowed, as long as the bucket may be listed. */
export const objectLooks: Readonly<Record<string, BucketLook>> = {
  's3:GetObject': (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key })),
  's3:GetObjectVersion': (s3, Bucket) => s3.send(new GetObjectCommand({ Bucket, Key, VersionId })),
  's3:GetObjectTagging': (s3, Bucket) => s3.send(new GetObjectTaggingCommand({ Bucket, Key })),
  's3:GetObjectVersionTagging': (s3, Bucket) => s3.send(new GetObjectTaggingCommand({ Bucket, Key, VersionId })),
  's3:GetObjectAcl': (s3, Bucket) => s3.send(new GetObjectAclCommand({ Bucket, Key })),
  's3:GetObjectVersionAcl': (s3, Bucket) => s3.send(new GetObjectAclCommand({ Bucket, Key, VersionId })),
};

/** The first block there is; null without one, and where they may not be listed, which is told by itself. */
async function readBlock(clients: AwsClients, snapshot: string): Promise<unknown> {
  const ebs = clients.ebs();
  const listing = ebs.send(new ListSnapshotBlocksCommand({ ...fewBlocks, SnapshotId: snapshot }));
  const [block] = (await listing.catch(() => null))?.Blocks ?? [];
  if (block === undefined) return null;
  const { BlockIndex, BlockToken } = block;
  const read = await ebs.send(new GetSnapshotBlockCommand({ SnapshotId: snapshot, BlockIndex, BlockToken }));
  return read.BlockData?.transformToByteArray();
}
