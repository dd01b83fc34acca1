/** Restores in AWS: what is wanted, what that takes call by call, and as whom it is asked for. */
import { z } from 'zod';
import { instancePattern, regionPattern, mappedPatterns } from '../model/aws.ts';
import { awsPlaceSchema, endpointSchema, regionSchema } from './aws-sources.ts';
import { repositoryAccessSchema } from './common.ts';
import { preflightCheckSchema } from './preflight-check.ts';

/** A native snapshot; with a Holdfast snapshot of it, also a volume. */
const snapshotSchema = z
  .string()
  .regex(/^(?:snap|vol)-[0-9a-f]{8}(?:[0-9a-f]{9})?$/, 'a snapshot is written as snap-0123456789abcdef0');
const instanceSchema = z.string().regex(instancePattern, 'an instance is written as i-0123456789abcdef0');
const nameSchema = z.string().min(1).max(255);
const deviceSchema = z.string().regex(/^[\w/.-]{1,64}$/, 'a device is written as /dev/sdf');
const keySchema = z.string().min(1).max(2048);
const count = z.number().int().nonnegative();
const sizeGiB = z.number().int().min(1).max(65_536);

/** As whom AWS is asked, for one call: nothing of it is kept. */
export const awsWhoSchema = awsPlaceSchema.pick({ account: true }).extend({
  /** In place of a registered account. */
  keys: z
    .object({
      accessKeyId: z.string().min(1).max(128),
      secretAccessKey: z.string().min(1).max(256),
      sessionToken: z.string().min(1).max(8192).nullable().default(null),
    })
    .nullable()
    .default(null),
  mfaCode: z
    .string()
    .regex(/^\d{6}$/)
    .nullable()
    .default(null),
});
export type AwsWho = z.infer<typeof awsWhoSchema>;

const volumeFields = {
  /** Null: as large as the snapshot. */
  sizeGiB: sizeGiB.nullable().default(null),
  type: z.enum(['gp2', 'gp3', 'io1', 'io2', 'st1', 'sc1', 'standard']).default('gp3'),
  iops: z.number().int().min(100).max(256_000).nullable().default(null),
  /** MiB/s. */
  throughput: z.number().int().min(125).max(2_000).nullable().default(null),
  /** What is encrypted stays so. */
  encrypt: z.boolean().default(false),
  /** A key of the region; null: that of the snapshot, or the one the region uses by itself. */
  kmsKey: keySchema.nullable().default(null),
};

const launchFields = {
  /** The disk it boots from; null: that of the image which the described instance had. */
  root: snapshotSchema.nullable().default(null),
  data: z
    .array(z.object({ device: deviceSchema, snapshot: snapshotSchema }))
    .max(100)
    .default([]),
  /** An instance that is described now, to launch one like it; null: what a Holdfast snapshot says. */
  like: instanceSchema.nullable().default(null),
  /** In place of what the described one has; what is left out stays as described. */
  changes: z
    .object({
      type: z.string().max(50).optional(),
      image: z
        .string()
        .regex(/^ami-[0-9a-f]{8,17}$/)
        .optional(),
      subnet: z
        .string()
        .regex(/^subnet-[0-9a-f]{8,17}$/)
        .optional(),
      groups: z
        .array(z.string().regex(/^sg-[0-9a-f]{8,17}$/))
        .min(1)
        .max(16)
        .optional(),
      /** A name or an ARN; null: none. */
      profile: nameSchema.nullable().optional(),
      keyPair: nameSchema.nullable().optional(),
      privateIp: z.ipv4().nullable().optional(),
      userData: z.literal('none').optional(),
    })
    .default({}),
};

export const awsWantSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('volume'),
    snapshot: snapshotSchema,
    zone: z.string().regex(/^[a-z0-9-]{3,40}$/),
    ...volumeFields,
  }),
  z.object({
    kind: z.literal('disk'),
    instance: instanceSchema,
    device: deviceSchema,
    snapshot: snapshotSchema,
    /** What is at the device already is detached, tagged and kept. */
    swap: z.boolean().default(false),
    /** Without stopping the instance: whoever says so has unmounted what is swapped. */
    live: z.boolean().default(false),
    ...volumeFields,
  }),
  z.object({ kind: z.literal('root'), instance: instanceSchema, snapshot: snapshotSchema }),
  z.object({
    kind: z.literal('launch'),
    ...launchFields,
    /** Elastic IPs of the described instance go to the new one. */
    moveAddresses: z.boolean().default(false),
    /** So do its further network interfaces. */
    moveInterfaces: z.boolean().default(false),
    /** The described instance is stopped first. */
    stopOld: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('clone'),
    ...launchFields,
    expiresInHours: z
      .number()
      .int()
      .min(1)
      .max(24 * 365)
      .default(72),
  }),
]);
export type AwsWant = z.infer<typeof awsWantSchema>;

/** What one region calls what another has. */
export const awsRegionMapSchema = z.object({
  from: regionSchema,
  to: regionSchema,
  subnets: z.record(z.string().regex(mappedPatterns.subnets), z.string().regex(mappedPatterns.subnets)).default({}),
  groups: z.record(z.string().regex(mappedPatterns.groups), z.string().regex(mappedPatterns.groups)).default({}),
  /** Names of instance profiles; one that is left out stays: they are of no region. */
  profiles: z.record(nameSchema, nameSchema).default({}),
  keyPairs: z.record(nameSchema, nameSchema).default({}),
  /** KMS keys, by their ARN or id; what is left out gets the key that the region uses by itself. */
  kmsKeys: z.record(keySchema, keySchema).default({}),
});
export type AwsRegionMap = z.infer<typeof awsRegionMapSchema>;

export const awsRestoreRequestSchema = z.object({
  who: awsWhoSchema,
  /** Where it is restored; null: as the account or the environment says. */
  region: regionSchema.nullable().default(null),
  endpoint: endpointSchema.nullable().default(null),
  /** Where the snapshots lie; null: where it is restored. From elsewhere they are copied first. */
  from: regionSchema.nullable().default(null),
  /** A Holdfast snapshot, which says what an instance was and which native snapshots are of it; null: none. */
  point: z
    .object({
      repository: repositoryAccessSchema,
      /** An id, the beginning of one, or `latest`. */
      snapshot: z.string().min(1),
      source: z.string().optional(),
      /** Of several instances in it, the one that is meant. */
      instance: instanceSchema.optional(),
    })
    .nullable()
    .default(null),
  want: awsWantSchema,
});
export type AwsRestoreRequest = z.input<typeof awsRestoreRequestSchema>;

export const awsCallSchema = z.object({
  /** Which step it is of. */
  step: z.string(),
  region: z.string(),
  action: z.string(),
  /** As AWS gets it; what an earlier step makes stands as `<step>`, and user data as `<user data>`. */
  input: z.record(z.string(), z.json()),
});
export type AwsCall = z.infer<typeof awsCallSchema>;

export const awsRestorePlanSchema = z.object({
  version: z.literal(1),
  want: awsWantSchema,
  region: z.string().regex(regionPattern),
  /** Where the snapshots lie. */
  from: z.string().regex(regionPattern),
  endpoint: z.string().nullable(),
  /** Twelve digits: whoever goes on with it has to be of the same account. */
  account: z.string(),
  /** ISO-8601 UTC. */
  plannedAt: z.string(),
  /** The instance that is changed, or that a new one is to be like. */
  describes: z.string().nullable(),
  /** Steps of the run beside checks and report, as they are carried out. */
  deeds: z.array(z.looseObject({ id: z.string(), do: z.string() })),
  calls: z.array(awsCallSchema),
});
export type AwsRestorePlan = z.infer<typeof awsRestorePlanSchema>;

export const awsCostSchema = z.object({
  /** `gp3 volume`, `snapshot copy`, `instance`. */
  what: z.string(),
  quantity: count,
  unit: z.enum(['GiB', 'instance', 'address']),
  /** What it is paid for, and for how long, in a sentence. */
  note: z.string(),
  /** By a list of prices of a certain date, in dollars; null: it is not in it. */
  roughly: z.object({ dollars: z.number().nonnegative(), per: z.enum(['hour', 'month', 'once']) }).nullable(),
});
export type AwsCost = z.infer<typeof awsCostSchema>;

const stepPreviewSchema = z.object({
  id: z.string(),
  title: z.string(),
  detail: z.string().nullable(),
  undo: z.string().nullable(),
  noUndo: z.string().nullable(),
});

export const awsRestorePreviewSchema = z.object({
  plan: awsRestorePlanSchema,
  steps: z.array(stepPreviewSchema),
  checks: z.array(preflightCheckSchema),
  /** Rough: quantities, with prices of a date where they are known. */
  costs: z.array(awsCostSchema),
  /** What is to be done inside the machine, by a person. */
  guestNotes: z.array(z.string()),
});
export type AwsRestorePreview = z.infer<typeof awsRestorePreviewSchema>;

export const awsRunReportSchema = z.object({
  made: z.array(z.object({ step: z.string(), title: z.string(), id: z.string(), region: z.string() })),
  guestNotes: z.array(z.string()),
});
export type AwsRunReport = z.infer<typeof awsRunReportSchema>;
