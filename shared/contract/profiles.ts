import { oc } from '@orpc/contract';
import { z } from 'zod';
import { assignmentScopes, keepUnits } from '../model/profile.ts';
import { connectionIdSchema, idSchema, repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { nameSchema } from './sources.ts';

export const profileIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
export const periodIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/);

const hour = z.number().int().min(0).max(23);
const minute = z.number().int().min(0).max(59);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:30');
const weekday = z.number().int().min(1).max(7);

export const storedRuleSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hourly'), minute }),
  z.object({ kind: z.literal('daily'), hour, minute }),
  z.object({ kind: z.literal('weekly'), weekday, hour, minute }),
  z.object({ kind: z.literal('monthly'), day: z.number().int().min(1).max(31), hour, minute }),
  z.object({
    kind: z.literal('yearly'),
    month: z.number().int().min(1).max(12),
    day: z.number().int().min(1).max(31),
    hour,
    minute,
  }),
  z.object({ kind: z.literal('cron'), expression: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('once'), at: z.iso.datetime() }),
]);

export const keepForSchema = z.union([
  z.literal('forever'),
  z.object({ count: z.number().int().min(1).max(10_000), unit: z.enum(keepUnits) }),
]);

export const profilePeriodSchema = z.object({
  id: periodIdSchema,
  name: nameSchema,
  rule: storedRuleSchema,
  keep: keepForSchema,
  minimum: z.number().int().min(0).max(1000),
  missed: z.enum(['catchUp', 'skip']),
  quiesce: z.boolean(),
  locked: z.boolean(),
});

/** See shared/model/drills.ts. */
export const drillRuleSchema = z.object({
  rule: storedRuleSchema,
  sampleBytes: z.number().int().min(1),
  rtoMs: z.number().int().min(1_000).nullable(),
  /** Epoch milliseconds: what came round before is not made up for. */
  setAtMs: z.number().int(),
});

/** See shared/model/compliance.ts. */
export const copyTargetSchema = z.object({
  copies: z.number().int().min(1).max(20),
  domains: z.number().int().min(1).max(20),
  offsite: z.number().int().min(0).max(20),
  immutable: z.number().int().min(0).max(20),
  verifiedDays: z.number().int().min(1).max(3650),
});

/** See shared/model/profile.ts for what each field means. */
export const profileDefinitionSchema = z.object({
  name: nameSchema,
  description: z.string().max(1000),
  zone: z.string().max(64).nullable(),
  periods: z.array(profilePeriodSchema).min(1).max(24).readonly(),
  manual: z.object({ keep: keepForSchema }),
  rpoMs: z.number().int().min(60_000).nullable(),
  repository: connectionIdSchema.nullable(),
  blackouts: z
    .array(z.object({ weekdays: z.array(weekday).min(1).max(7).readonly(), from: timeOfDay, to: timeOfDay }))
    .max(20)
    .readonly(),
  /** Left out: as before. */
  drill: drillRuleSchema.nullable().optional(),
  /** Left out: as before. */
  copies: copyTargetSchema.nullable().optional(),
});

export const profileSchema = profileDefinitionSchema.extend({
  id: profileIdSchema,
  /** ISO-8601 UTC, and the actor. */
  createdAt: z.string(),
  createdBy: z.string(),
  updatedAt: z.string(),
  /** What its sources may lose at most, from `rpoMs` or its periods; null where no period comes again. */
  effectiveRpoMs: z.number().nullable(),
  /** Names of registered sources it is effective for. */
  sources: z.array(z.string()),
});
export type Profile = z.infer<typeof profileSchema>;

/** Names of sources, tags, or '' for the tenant. */
const subject = z.object({ scope: z.enum(assignmentScopes), subject: z.string().max(200) });

export const assignmentSchema = subject.extend({
  profile: profileIdSchema,
  assignedAt: z.string(),
  assignedBy: z.string(),
});

/** Which profile counts for a source, and where that comes from. */
export const effectiveProfileSchema = z.object({
  source: z.string(),
  profile: profileIdSchema.nullable(),
  from: subject.nullable(),
});

const planned = z.object({
  /** ISO-8601 UTC. */
  at: z.string(),
  periods: z.array(z.string()),
  /** Null: for ever. */
  keepUntil: z.string().nullable(),
});

const life = z.object({ keep: z.boolean(), until: z.string().nullable() });

export const previewSchema = z.object({
  /** IANA name of the clocks it goes by. */
  zone: z.string(),
  /** How old the newest good snapshot may be as its periods imply, in milliseconds; null where none comes again. */
  impliedRpoMs: z.number().nullable(),
  /** What will run in the stretch asked for; of very many, the first thousand. */
  runs: z.array(planned),
  more: z.boolean(),
  /** How many snapshots of a source there will be once the profile has run for as long as it keeps. */
  steadyCount: z.number().int().nullable(),
  /** Bytes that those would take, from the source's own history; null where nothing is known. */
  steadyBytes: z.number().nullable(),
  warnings: z.array(z.string()),
  /** What of the source's snapshots stays and goes, now and with the definition; only with a source. */
  snapshots: z.array(
    z.object({
      snapshot: idSchema,
      takenAt: z.string(),
      periods: z.array(z.string()),
      /** Of what is in it; null where the program that took it did not say. */
      bytes: z.number().nullable(),
      /** Until when as things are, and with the definition; null: for ever. `reasons` are of the latter. */
      before: life.nullable(),
      after: life,
      reasons: z.array(z.string()),
    }),
  ),
});
export type ProfilePreview = z.infer<typeof previewSchema>;

const lossSchema = z.object({
  source: z.string(),
  snapshot: idSchema,
  takenAt: z.string(),
  bytes: z.number().nullable(),
});
export type ProfileLoss = z.infer<typeof lossSchema>;

const changed = savedSchema.extend({ profile: profileSchema });

export const profilesContract = {
  list: oc.input(z.object({})).output(
    z.object({
      profiles: z.array(profileSchema),
      assignments: z.array(assignmentSchema),
      effective: z.array(effectiveProfileSchema),
    }),
  ),
  /** Shipped ones, to begin from. */
  presets: oc.input(z.object({})).output(z.object({ presets: z.array(profileDefinitionSchema) })),
  /** PROFILE_EXISTS, PROFILE_INVALID. */
  add: oc.input(z.object({ repository: repositoryAccessSchema, profile: profileDefinitionSchema })).output(changed),
  /** PROFILE_UNKNOWN, PROFILE_EXISTS, PROFILE_INVALID. */
  update: oc
    .input(z.object({ repository: repositoryAccessSchema, id: profileIdSchema, profile: profileDefinitionSchema }))
    .output(changed),
  /** Its snapshots stay, and are kept until somebody removes them. PROFILE_UNKNOWN, PROFILE_IN_USE while assigned. */
  remove: oc.input(z.object({ repository: repositoryAccessSchema, id: profileIdSchema })).output(savedSchema),
  /** With null, what is less particular counts again. PROFILE_UNKNOWN, SOURCE_UNKNOWN. */
  assign: oc
    .input(subject.extend({ repository: repositoryAccessSchema, profile: profileIdSchema.nullable() }))
    .output(savedSchema),
  /** What a definition, saved or not, would do. `source` adds its snapshots. PROFILE_INVALID. */
  preview: oc
    .input(
      z.object({
        profile: profileDefinitionSchema,
        id: profileIdSchema.optional(),
        source: z.string().optional(),
        from: z.iso.datetime(),
        days: z.number().int().min(1).max(400),
      }),
    )
    .output(previewSchema),
  /** Which snapshots of all sources would expire that are kept now, were a saved profile so. PROFILE_INVALID. */
  losses: oc.input(z.object({ id: profileIdSchema, profile: profileDefinitionSchema })).output(
    z.object({
      count: z.number().int().nonnegative(),
      /** Of very many, the first thousand. */
      losses: z.array(lossSchema),
    }),
  ),
};
