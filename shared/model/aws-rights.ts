/**
 * What each purpose takes of AWS, and why. The policies to paste are made of this table, and the check tries what is in it,
 * so that neither knows of anything that the other does not.
 */

export const awsPurposes = ['protect', 'restore', 'off-cloud', 'bucket', 'give-back', 'hooks'] as const;
export type AwsPurpose = (typeof awsPurposes)[number];

/** `untested`: to try it would change something, or take what is not there. */
export const awsVerdicts = ['allowed', 'refused', 'unknown', 'untested'] as const;
export type AwsVerdict = (typeof awsVerdicts)[number];

/** What a right is narrowed to in a policy; how each is written stands in aws-policies.ts. */
export type AwsScope =
  | 'any'
  /** Only while something is made. */
  | 'newTags'
  /** Only what carries the tag of a source of Holdfast. */
  | 'ours'
  /** Of that, only tags that say how it went. */
  | 'oursNoted'
  /** Only what a restore has made. */
  | 'restored'
  /** Only what a snapshot is not: tags tell ours from others'. */
  | 'machines'
  | 'key'
  /** Only for a service of AWS, not for whoever asks. */
  | 'grant'
  | 'instanceRole'
  /** Only scripts as AWS runs them, in instances. */
  | 'scripts'
  | 'bucket'
  | 'object';

/** How it is tried: by a call that only looks, or by DryRun. Others are not tried. */
export type AwsTrial = 'look' | 'dryRun' | 'none';

export type AwsRight = {
  /** As policies write it. */
  readonly action: string;
  readonly scope: AwsScope;
  readonly trial: AwsTrial;
  /** In a sentence. */
  readonly why: string;
};

const right = (action: string, scope: AwsScope, trial: AwsTrial, why: string): AwsRight => ({
  action,
  scope,
  trial,
  why,
});

const whoAmI = right(
  'sts:GetCallerIdentity',
  'any',
  'look',
  'Says whose account it is, so that no other is taken for it.',
);
const snapshots = right(
  'ec2:DescribeSnapshots',
  'any',
  'look',
  'Follows snapshots until they are complete, and finds them again.',
);
const instances = right(
  'ec2:DescribeInstances',
  'any',
  'look',
  'Finds instances, their volumes and how they are set up.',
);
const volumes = right('ec2:DescribeVolumes', 'any', 'look', 'Finds volumes, their sizes, zones and keys.');
const images = right('ec2:DescribeImages', 'any', 'look', 'Knows the image an instance was launched from.');
const addresses = right('ec2:DescribeAddresses', 'any', 'look', 'Knows which fixed addresses lead to an instance.');
const attributes = right(
  'ec2:DescribeInstanceAttribute',
  'any',
  'look',
  'Reads user data and switches of an instance.',
);
const credits = right(
  'ec2:DescribeInstanceCreditSpecifications',
  'any',
  'look',
  'Reads how an instance pays for bursts.',
);
const regions = right('ec2:DescribeRegions', 'any', 'look', 'Knows which regions the account has.');
const decrypt = right('kms:Decrypt', 'key', 'none', 'Reads what is encrypted with a key of the account.');
const describeKey = right('kms:DescribeKey', 'key', 'none', 'Finds the key that a snapshot or copy is to have.');
const grant = right('kms:CreateGrant', 'grant', 'none', 'Lets EBS itself use the key of a volume or copy.');
const reEncrypt = right('kms:ReEncrypt*', 'key', 'none', 'Gives a copy another key than its snapshot has.');
const dataKey = right('kms:GenerateDataKey*', 'key', 'none', 'Encrypts what is written under the key.');
const listBucket = right('s3:ListBucket', 'bucket', 'look', 'Lists the keys of a bucket.');
const location = right('s3:GetBucketLocation', 'bucket', 'look', 'Finds the region of a bucket.');
const versioning = right('s3:GetBucketVersioning', 'bucket', 'look', 'Says whether a bucket keeps versions.');
const listVersions = right('s3:ListBucketVersions', 'bucket', 'look', 'Lists versions and delete markers.');
const getVersion = right('s3:GetObjectVersion', 'object', 'look', 'Reads versions.');
const getObject = right('s3:GetObject', 'object', 'look', 'Reads objects.');

export const awsRights: Readonly<Record<AwsPurpose, readonly AwsRight[]>> = {
  protect: [
    whoAmI,
    regions,
    instances,
    volumes,
    snapshots,
    images,
    addresses,
    attributes,
    credits,
    right('ec2:DescribeLockedSnapshots', 'any', 'look', 'Knows which snapshots nobody may delete yet.'),
    right('ec2:ListSnapshotsInRecycleBin', 'any', 'look', 'Knows what deleted snapshots can still come back.'),
    right('ec2:CreateSnapshot', 'any', 'dryRun', 'Takes the snapshot of a volume.'),
    right(
      'ec2:CreateSnapshots',
      'any',
      'dryRun',
      'Takes snapshots of all volumes of an instance at one point in time.',
    ),
    right('ec2:CreateTags', 'newTags', 'dryRun', 'Writes on a new snapshot what it is of: ours are told by that.'),
    right('ec2:CreateTags', 'oursNoted', 'dryRun', 'Notes on it that it is locked, and whether its hooks held.'),
    right('ec2:CopySnapshot', 'any', 'dryRun', 'Copies a snapshot to another region, account or key.'),
    right('ec2:DeleteSnapshot', 'ours', 'dryRun', 'Removes snapshots that have expired; only such as carry our tag.'),
    right('ec2:LockSnapshot', 'ours', 'dryRun', 'Locks a snapshot, so that nobody deletes it before its time.'),
    right('ec2:ModifySnapshotAttribute', 'ours', 'dryRun', 'Shares a snapshot with the account that gets the copy.'),
    describeKey,
    decrypt,
    reEncrypt,
    dataKey,
    grant,
  ],
  restore: [
    whoAmI,
    regions,
    instances,
    volumes,
    snapshots,
    images,
    addresses,
    attributes,
    credits,
    right('ec2:DescribeAvailabilityZones', 'any', 'look', 'Puts a volume where the instance is that gets it.'),
    right('ec2:DescribeInstanceTypes', 'any', 'look', 'Says whether the type of an instance is to be had.'),
    right('ec2:DescribeSubnets', 'any', 'look', 'Finds the subnet of the instance that comes back.'),
    right('ec2:DescribeSecurityGroups', 'any', 'look', 'Finds its security groups.'),
    right('ec2:DescribeNetworkInterfaces', 'any', 'look', 'Finds the interfaces and addresses that move over.'),
    right('ec2:DescribeKeyPairs', 'any', 'look', 'Says whether its key pair is there.'),
    right('ec2:DescribeInstanceStatus', 'any', 'look', 'Says whether what was launched or started runs well.'),
    right('ec2:DescribeInstanceTypeOfferings', 'any', 'look', 'Says whether the type is to be had in the zone.'),
    right('ec2:ListSnapshotsInRecycleBin', 'any', 'look', 'Tells what was removed from what never was.'),
    right('ec2:DescribeReplaceRootVolumeTasks', 'any', 'look', 'Follows the replacement of a root volume.'),
    right('servicequotas:GetServiceQuota', 'any', 'look', 'Says how many processors may run in a region.'),
    right('ec2:GetEbsEncryptionByDefault', 'any', 'look', 'Knows whether new volumes are encrypted unasked.'),
    right('ec2:CreateVolume', 'any', 'dryRun', 'Makes a volume of a snapshot.'),
    right('ec2:AttachVolume', 'any', 'dryRun', 'Attaches it.'),
    right('ec2:DetachVolume', 'any', 'dryRun', 'Takes the volume off that it replaces; that one is kept.'),
    right('ec2:CreateReplaceRootVolumeTask', 'any', 'dryRun', 'Gives an instance a root volume of a snapshot.'),
    right('ec2:StopInstances', 'any', 'dryRun', 'Stops an instance whose volumes are exchanged.'),
    right('ec2:StartInstances', 'any', 'dryRun', 'Starts it again.'),
    right('ec2:ModifyInstanceAttribute', 'any', 'dryRun', 'Keeps old volumes when an instance ends.'),
    right('ec2:RegisterImage', 'any', 'dryRun', 'Makes an image of a root snapshot, to launch from.'),
    right('ec2:DeregisterImage', 'restored', 'dryRun', 'Removes that image again.'),
    right('ec2:RunInstances', 'any', 'dryRun', 'Launches an instance in place of one that is lost, or a clone.'),
    right('ec2:TerminateInstances', 'restored', 'dryRun', 'Ends what a restore has launched, when it is undone.'),
    right('ec2:DeleteVolume', 'restored', 'dryRun', 'Removes a volume that a restore has made, when it is undone.'),
    right('ec2:CreateSecurityGroup', 'any', 'dryRun', 'Makes the isolated group of a clone.'),
    right('ec2:RevokeSecurityGroupEgress', 'restored', 'dryRun', 'Keeps a clone from reaching anything.'),
    right('ec2:DeleteSecurityGroup', 'restored', 'dryRun', 'Removes that group again.'),
    right('ec2:AssociateAddress', 'any', 'dryRun', 'Moves a fixed address to the new instance.'),
    right('ec2:AttachNetworkInterface', 'any', 'dryRun', 'Moves a network interface to the new instance.'),
    right('ec2:DetachNetworkInterface', 'any', 'dryRun', 'Takes it off the old one.'),
    right('ec2:CopySnapshot', 'any', 'dryRun', 'Brings a snapshot to the region it is restored in.'),
    right('ec2:DeleteSnapshot', 'restored', 'dryRun', 'Removes such a copy when the restore is undone.'),
    right('ec2:CreateTags', 'newTags', 'dryRun', 'Writes on a new snapshot which restore it belongs to.'),
    right('ec2:CreateTags', 'machines', 'dryRun', 'Writes on volumes and instances what they replace or come from.'),
    right('ec2:DeleteTags', 'machines', 'dryRun', 'Takes that back when a restore is undone.'),
    right('iam:PassRole', 'instanceRole', 'none', 'Gives a new instance the role of the old one.'),
    right('ebs:StartSnapshot', 'any', 'none', 'Begins a snapshot made of an image in the repository.'),
    right('ebs:PutSnapshotBlock', 'any', 'none', 'Writes its blocks.'),
    right('ebs:CompleteSnapshot', 'any', 'none', 'Ends it.'),
    describeKey,
    decrypt,
    reEncrypt,
    dataKey,
    grant,
  ],
  'off-cloud': [
    whoAmI,
    snapshots,
    right('ebs:ListSnapshotBlocks', 'any', 'look', 'Lists the blocks of a snapshot.'),
    right('ebs:ListChangedBlocks', 'any', 'look', 'Lists those that differ from the snapshot before.'),
    right('ebs:GetSnapshotBlock', 'any', 'look', 'Reads them.'),
    decrypt,
  ],
  bucket: [
    whoAmI,
    right('s3:ListAllMyBuckets', 'any', 'look', 'Lists the buckets of the account that nothing protects yet.'),
    listBucket,
    listVersions,
    location,
    versioning,
    right('s3:GetBucketObjectLockConfiguration', 'bucket', 'look', 'Says whether objects are locked.'),
    getObject,
    getVersion,
    right('s3:GetObjectTagging', 'object', 'look', 'Reads the tags of objects.'),
    right('s3:GetObjectVersionTagging', 'object', 'look', 'Reads the tags of versions.'),
    right('s3:GetObjectAcl', 'object', 'look', 'Reads who else may read an object.'),
    right('s3:GetObjectVersionAcl', 'object', 'look', 'Reads that of versions.'),
    decrypt,
  ],
  'give-back': [
    whoAmI,
    listBucket,
    listVersions,
    versioning,
    getObject,
    getVersion,
    right('s3:PutObject', 'object', 'none', 'Writes objects back.'),
    right('s3:PutObjectTagging', 'object', 'none', 'Gives them their tags.'),
    right('s3:DeleteObject', 'object', 'none', 'Puts a marker where a key was deleted, with all versions of it.'),
    right('s3:AbortMultipartUpload', 'object', 'none', 'Clears away an upload that was cut off.'),
    right('s3:ListMultipartUploadParts', 'object', 'none', 'Goes on with one.'),
    right('s3:RestoreObject', 'object', 'none', 'Asks for objects that lie in an archive.'),
    decrypt,
    dataKey,
  ],
  hooks: [
    whoAmI,
    instances,
    volumes,
    right('ssm:SendCommand', 'scripts', 'none', 'Runs the hooks of a source in its instances, as their administrator.'),
    right('ssm:GetCommandInvocation', 'any', 'none', 'Says how they went.'),
    right('ssm:CancelCommand', 'any', 'none', 'Ends one that takes too long.'),
  ],
};
