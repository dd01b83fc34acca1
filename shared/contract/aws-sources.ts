/** Sources that lie in AWS, or in a store that speaks as it does: where, and as whom it is asked. */
import { z } from 'zod';
import { bucketPattern, instancePattern, regionPattern, tagLimits, volumePattern } from '../model/aws.ts';
import { configurationLimits as limits, namePattern } from '../model/configuration.ts';
import { isApiUrl } from '../model/source-kinds.ts';

export const regionSchema = z.string().max(40).regex(regionPattern, 'a region is written as eu-central-1');

export const endpointSchema = z
  .string()
  .max(limits.textLength)
  .refine(isApiUrl, 'an address that begins with https://; on this machine alone, http:// will do');

/** As whom, and where, AWS is asked. */
export const awsPlaceSchema = z.object({
  /** Of a registered account; null: what the environment and profiles of this machine say. */
  account: z.string().max(100).regex(namePattern).nullable().default(null),
  /** Null: the first of the account's, else what the environment says. */
  region: regionSchema.nullable().default(null),
  /** Null: the account's, else AWS itself. */
  endpoint: endpointSchema.nullable().default(null),
});
export type AwsPlace = z.infer<typeof awsPlaceSchema>;

export const s3BucketFields = {
  ...awsPlaceSchema.shape,
  bucket: z.string().regex(bucketPattern, 'a bucket has 3 to 255 letters, digits, dots and hyphens'),
  /** Only keys that begin with it; empty: all. */
  prefix: z.string().max(1024).default(''),
  /** All versions that there are, and delete markers; else what each key is now. */
  versions: z.boolean().default(false),
  /** Tags of objects: a call for each new object. */
  objectTags: z.boolean().default(true),
  /** Grants of objects: a call for each new object. */
  acls: z.boolean().default(false),
};

const ec2TargetSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('instance'),
    instance: z.string().regex(instancePattern),
    /** The volume it boots from is left out. */
    withoutRoot: z.boolean().default(false),
    /** Volumes that are left out. */
    excludes: z.array(z.string().regex(volumePattern)).max(40).default([]),
  }),
  z.object({ kind: z.literal('volume'), volume: z.string().regex(volumePattern) }),
  /** Whatever instances and volumes carry it at the time. */
  z.object({
    kind: z.literal('tag'),
    key: z.string().min(1).max(tagLimits.key),
    /** Null: any. */
    value: z.string().max(tagLimits.value).nullable().default(null),
  }),
]);

const lockSchema = z.object({
  /** Governance can be lifted by whoever has the right; compliance by nobody, once its cool-off is over. */
  mode: z.enum(['governance', 'compliance']),
  days: z.number().int().min(1).max(36_500),
  /** Of compliance: how long it can still be taken back; null: not at all. */
  coolOffHours: z.number().int().min(1).max(72).nullable().default(null),
});

const copySchema = z.object({
  region: regionSchema,
  /** A key of that region; null: the key that region uses by itself. */
  kmsKey: z.string().min(1).max(2_048).nullable().default(null),
  /** A registered account that gets the copy; null: the same. */
  account: z.string().max(100).regex(namePattern).nullable().default(null),
  /** How long the copy is kept, in days; null: as long as the snapshot it is of. */
  keepDays: z.number().int().min(1).max(36_500).nullable().default(null),
});

export const ec2Fields = {
  ...awsPlaceSchema.shape,
  target: ec2TargetSchema,
  copies: z.array(copySchema).max(10).default([]),
  lock: lockSchema.nullable().default(null),
  /** Blocks of completed snapshots are brought into the repository as disk images. */
  offCloud: z.boolean().default(false),
  /** How long those images are kept, in days; null: as the periods say that the snapshots were taken for. */
  offCloudKeepDays: z.number().int().min(1).max(36_500).nullable().default(null),
};
export type Ec2Target = z.infer<typeof ec2TargetSchema>;
export type Ec2Lock = z.infer<typeof lockSchema>;
export type Ec2Copy = z.infer<typeof copySchema>;
