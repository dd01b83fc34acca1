/** Native snapshots in AWS: those a source has there, ours and others', and what nobody protects. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { snapshotMakers } from '../model/snapshot-makers.ts';
import { awsPlaceSchema } from './aws-sources.ts';
import { consistencyFields, repositoryAccessSchema } from './common.ts';

const time = z.string();

export const nativeSnapshotSchema = z.object({
  snapshot: z.string(),
  region: z.string(),
  /** Twelve digits. */
  account: z.string(),
  /** Null where nobody knows: a copy without tags. */
  volume: z.string().nullable(),
  instance: z.string().nullable(),
  device: z.string().nullable(),
  maker: z.enum(snapshotMakers),
  /** Whether it is this console's own: others' are never removed. */
  own: z.boolean(),
  state: z.enum(['pending', 'completed', 'error', 'recoverable', 'recovering']),
  /** Why it is in error, in AWS's words. */
  stateMessage: z.string().nullable(),
  /** 0 to 100; null where AWS does not say. */
  percent: z.number().nullable(),
  sizeGiB: z.number(),
  /** ISO-8601: the point that it shows. */
  takenAt: time,
  run: z.string().nullable(),
  consistency: consistencyFields.consistency,
  /** Of a copy: the snapshot it is of, and where that is. */
  copyOf: z.object({ snapshot: z.string(), region: z.string() }).nullable(),
  /** Of a copy, until when it is kept; null: as long as the snapshot it is of. */
  keepUntil: time.nullable(),
  encrypted: z.boolean(),
  archived: z.boolean(),
  /** Null: not locked, or nobody may see that. `compliance`: nobody can take it back any more. */
  lock: z
    .object({ state: z.enum(['governance', 'compliance', 'compliance-cooloff', 'expired']), until: time.nullable() })
    .nullable(),
  /** At most 50. */
  tags: z.array(z.object({ key: z.string(), value: z.string() })),
});
export type NativeView = z.infer<typeof nativeSnapshotSchema>;

export const nativesSchema = z.object({
  source: z.string(),
  /** When AWS was asked last; null: never. */
  lookedAt: time.nullable(),
  /** The point that every volume can be brought back to, by snapshots of whoever; null: not every one can. */
  coveredAt: time.nullable(),
  /** What did not go as it should, each in a sentence: copies that failed, locked ones whose time is over. */
  problems: z.array(z.string()),
  /** Newest first. */
  snapshots: z.array(nativeSnapshotSchema),
});
export type Natives = z.infer<typeof nativesSchema>;

export const unprotectedSchema = z.object({
  region: z.string(),
  /** Of no registered source, by what each is of now. */
  resources: z.array(
    z.object({
      kind: z.enum(['instance', 'volume', 'bucket']),
      id: z.string(),
      /** By its tag `Name`; null without one. */
      name: z.string().nullable(),
      /** Of volumes, its own or attached; null of a bucket. */
      sizeGiB: z.number().nullable(),
    }),
  ),
  /** Snapshots with tags of a Holdfast that belong to no registered source of this console. */
  orphans: z.array(
    z.object({
      snapshot: z.string(),
      source: z.string(),
      /** This console's, or one whose place it has taken. */
      own: z.boolean(),
      takenAt: time,
      sizeGiB: z.number(),
    }),
  ),
  /** What could not be listed, each in a sentence. */
  notListed: z.array(z.string()),
});
export type Unprotected = z.infer<typeof unprotectedSchema>;

const bySource = z.object({ source: z.string().min(1).max(200) });

export const nativeContract = {
  /** As they were seen last. SOURCE_UNKNOWN, BAD_USAGE for a source of another kind. */
  list: oc.input(bySource).output(nativesSchema),
  /**
   * Asks AWS, so that the catalog is what the tags say, also where it was lost; counts what is completed by now; copies,
   * locks and removes what is due. SOURCE_UNKNOWN, BAD_USAGE, AWS_….
   */
  look: oc.input(bySource.extend({ repository: repositoryAccessSchema })).output(nativesSchema),
  /** Instances, volumes and buckets without a source, and what is left of sources that are gone. AWS_…. */
  unprotected: oc.input(awsPlaceSchema).output(unprotectedSchema),
};
