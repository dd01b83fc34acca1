/** Hot standbys: targets that are kept restored from the newest snapshot of a source. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { mostVersions, standbyStates } from '../model/standby.ts';
import { detachSchema, errorReportSchema, idSchema, operationEvents, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { nameSchema } from './sources.ts';

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const text = z.string().min(1).max(4096);

export const standbyTargetSchema = z.discriminatedUnion('kind', [
  /** Files, in versions beside each other; `current` leads to the newest. */
  z.object({ kind: z.literal('folder'), path: text }),
  /** Bare repositories, likewise. */
  z.object({ kind: z.literal('git'), path: text }),
  z.object({
    kind: z.literal('bucket'),
    bucket: z.string().min(3).max(63),
    /** Before each key; empty, or ending in a slash. */
    prefix: z
      .string()
      .max(512)
      .regex(/^(?:[^/].*\/)?$/, 'empty, or a prefix that ends in a slash'),
    region: z.string().max(64).nullable(),
    endpoint: z.string().max(1024).nullable(),
    /** An AWS account of this console; null: as the environment says. */
    account: z.string().max(200).nullable(),
  }),
]);
export type StandbyTarget = z.infer<typeof standbyTargetSchema>;

export const standbySettingsSchema = z.object({
  /** Versions kept beside the current one. */
  versions: z.number().int().min(0).max(mostVersions),
  /** What somebody has changed in the target is kept aside before it is put right. */
  keepChanges: z.boolean(),
  /** How long something newer may be there before somebody has to know, in milliseconds; null: for ever. */
  lagLimitMs: z.number().int().min(60_000).nullable(),
  enabled: z.boolean(),
});
export type StandbySettings = z.infer<typeof standbySettingsSchema>;

/** As it is kept and travels with the configuration. */
export const standbyDefinitionSchema = standbySettingsSchema.extend({
  name: nameSchema,
  /** By which the target is known again: 16 hexadecimal digits. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  source: z.string().min(1).max(200),
  /** Of the machine it was taken on; null: of any. */
  host: z.string().max(256).nullable(),
  target: standbyTargetSchema,
});
export type StandbyDefinition = z.infer<typeof standbyDefinitionSchema>;

export const standbyHistoryFields = { addedAt: z.string(), addedBy: z.string().max(256) };

const pointSchema = z.object({ snapshot: idSchema, takenAt: z.string() });

export const standbySchema = standbyDefinitionSchema.extend({
  ...standbyHistoryFields,
  state: z.enum(standbyStates),
  /** Why, in a sentence. */
  reason: z.string().nullable(),
  shown: pointSchema.nullable(),
  /** When it was last brought up to date, and when it was last looked for changes by others. */
  updatedAt: time,
  lookedAt: time,
  newest: pointSchema.nullable(),
  /** How much older what is shown is than the newest snapshot, in milliseconds. */
  lagMs: z.number().nonnegative().nullable(),
  behindSince: time,
  /** Kept beside the current one, oldest first. `changed`: somebody has worked in it. */
  kept: z.array(z.object({ name: z.string(), takenAt: z.string(), changed: z.boolean() })),
  /** What is not as it was restored. */
  drift: z.object({ count, first: z.array(z.string()), foundAt: z.string() }).nullable(),
  failure: errorReportSchema.extend({ at: z.string(), count }).nullable(),
});
export type Standby = z.infer<typeof standbySchema>;

export const standbyRunResultSchema = z.object({
  name: z.string(),
  /** False where it showed the newest snapshot already. */
  updated: z.boolean(),
  snapshot: idSchema,
  takenAt: z.string(),
  /** Where it is; of a bucket as s3://. */
  place: z.string(),
  /** Files, repositories or objects: all there are, written now, and taken over as they were. */
  items: count,
  written: count,
  unchanged: count,
  removed: count,
  writtenBytes: count,
  drift: count,
  durationMs: z.number(),
});
export type StandbyRunResult = z.infer<typeof standbyRunResultSchema>;

const byName = z.object({ name: z.string().min(1).max(200) });
const repository = repositoryAccessSchema;
const changed = savedSchema.extend({ standby: standbySchema });

export const standbyContract = {
  list: oc.input(z.object({ source: z.string().optional() })).output(z.object({ standbys: z.array(standbySchema) })),
  /**
   * Takes the target into possession; what it shows comes with the first run. STANDBY_EXISTS, STANDBY_TARGET_TAKEN where
   * something is there that is none of it, TARGET_UNUSABLE where it may never be, as below its own source.
   */
  add: oc
    .input(
      z.object({
        repository,
        name: nameSchema,
        source: z.string().min(1).max(200),
        host: z.string().max(256).nullable().default(null),
        target: standbyTargetSchema,
        settings: standbySettingsSchema.partial().default({}),
      }),
    )
    .output(changed),
  /** STANDBY_UNKNOWN. */
  update: oc.input(byName.extend({ repository, settings: standbySettingsSchema.partial() })).output(changed),
  /** On a home that has it from a configuration: its target is its own here too. STANDBY_UNKNOWN, and as `add`. */
  confirm: oc.input(byName).output(standbySchema),
  /** What lies in the target stays. STANDBY_UNKNOWN. */
  remove: oc.input(byName.extend({ repository })).output(savedSchema),
  /**
   * Brings it up to date now, and puts right what somebody has changed. STANDBY_UNKNOWN, STANDBY_STOPPED,
   * STANDBY_INCOMPLETE.
   */
  run: oc
    .input(byName.extend({ repository: repository.optional(), detach: detachSchema }))
    .output(eventIterator(operationEvents(standbyRunResultSchema))),
};
