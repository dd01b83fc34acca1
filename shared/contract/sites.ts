/** Sites: places with a repository of their own that get copies, where they are, and what each of them holds. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { leastRate, mostSlots } from '../model/week-grid.ts';
import { connectionIdSchema, errorReportSchema, idSchema, repositoryAccessSchema } from './common.ts';
import { repositoryReachSchema } from './repository-access.ts';
import { savedSchema } from './configuration.ts';
import { nameSchema } from './sources.ts';

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const words = z.string().trim().max(200);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:30');

/** Bytes a second; `off`: nothing is sent, `full`: as fast as it goes. */
export const rateSchema = z.union([z.literal('off'), z.literal('full'), z.number().int().min(leastRate)]);

/** See shared/model/week-grid.ts. */
export const weekGridSchema = z.object({
  zone: z.string().max(64).nullable(),
  slots: z
    .array(
      z.object({
        weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).readonly(),
        from: timeOfDay,
        to: timeOfDay,
        rate: rateSchema,
      }),
    )
    .max(mostSlots)
    .readonly(),
  otherwise: rateSchema,
});

/** Copies are counted by it; what is empty was not said. See shared/model/site-copies.ts. */
export const failureDomainSchema = z.object({
  /** Building or city. */
  place: words.default(''),
  provider: words.default(''),
  account: words.default(''),
  region: words.default(''),
});

export const retryPolicySchema = z.object({
  retries: z.number().int().min(0).max(100),
  intervalMs: z.number().int().min(1_000).max(3_600_000),
  multiplier: z.number().min(1).max(10),
});

/** What an operator says about a site; where its repository is was said when it was added. */
export const siteSettingsSchema = z.object({
  domain: failureDomainSchema,
  /** Nothing is sent to one that is not. */
  enabled: z.boolean(),
  /** Only its own administrator takes anything out: from here nothing expires there and nothing is pruned. */
  appendOnly: z.boolean(),
  grid: weekGridSchema,
  retry: retryPolicySchema,
  /** How far it may be behind before somebody has to know, in milliseconds; null: nobody has said. */
  lagLimitMs: z.number().int().min(60_000).nullable(),
});
export type SiteSettings = z.infer<typeof siteSettingsSchema>;

/** As it is kept and travels with the configuration. */
export const siteDefinitionSchema = siteSettingsSchema.extend({
  name: nameSchema,
  location: z.string().min(1).max(4096),
  /** The id in the config of its repository. */
  repository: idSchema,
});
export type SiteDefinition = z.infer<typeof siteDefinitionSchema>;

export const siteHistoryFields = { addedAt: z.string(), addedBy: z.string().max(256) };

/** How far a source is behind at a site. Times are ISO-8601 UTC; null: there is none. */
export const siteLagSchema = z.object({
  source: z.string(),
  /** Of the newest good snapshot that a rule sends there, where it is read from and at the site. */
  newestAt: time,
  sentAt: time,
  /** What would be missing if only the site were left: zero where it has the newest one; null: nothing was sent yet. */
  lagMs: z.number().nonnegative().nullable(),
  /** Since when something newer than what was sent is there; null: nothing is. */
  behindSince: time,
  snapshots: count,
});
export type SiteLag = z.infer<typeof siteLagSchema>;

export const siteSchema = siteDefinitionSchema.extend({
  ...siteHistoryFields,
  /** The connection it is reached by; null where this home has none yet, as after a recovery. */
  connection: connectionIdSchema.nullable(),
  /** Whether it is the repository that protection writes to. */
  primary: z.boolean(),
  /** `unconnected`: somebody has to say its password here first. */
  state: z.enum(['open', 'locked', 'unreachable', 'unconnected']),
  problem: errorReportSchema.nullable(),
  /** When it was last seen to answer. */
  seenAt: time,
  /** What may be sent to it now, and until when; null: until somebody changes it. */
  rateNow: rateSchema,
  rateUntil: time,
  /** The whole site was told to wait; null: it was not. */
  paused: z.object({ until: time, reason: z.string(), by: z.string() }).nullable(),
  /** Items of its queue that are open, and that have failed for good. */
  waiting: count,
  failed: count,
  /** What is being sent: bytes a second over the last seconds; null while nothing is. */
  throughput: z.number().nonnegative().nullable(),
  /** The worst first. */
  lag: z.array(siteLagSchema),
});
export type Site = z.infer<typeof siteSchema>;

/** Copies of a source by failure domain, with what is protected itself. */
export const sourceCopiesSchema = z.object({
  source: z.string(),
  copies: count,
  domains: count,
  offsite: count,
  /** Three copies in two domains, one of them away. */
  isEnough: z.boolean(),
  at: z.array(z.object({ site: z.string().nullable(), domain: failureDomainSchema, newestGoodAt: z.string() })),
});
export type SourceCopies = z.infer<typeof sourceCopiesSchema>;

/** A snapshot as a site holds it. */
export const heldSnapshotSchema = z.object({
  /** There, and where it was taken. */
  id: idSchema,
  original: idSchema,
  source: z.string(),
  hostname: z.string(),
  takenAt: z.string(),
  status: z.string(),
  bytes: count.nullable(),
  /** Whether the repository that protection writes to has it too. */
  here: z.boolean(),
  keep: z.boolean(),
  /** When its life there ends; null: for ever, or as long as something else keeps it. */
  until: time,
  reasons: z.array(z.string()),
});
export type HeldSnapshot = z.infer<typeof heldSnapshotSchema>;

const secret = z.object({
  value: z.string().min(1).max(4096),
  /** The environment variable it came from. */
  variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,199}$/)
    .nullable()
    .default(null),
});

const byName = z.object({ name: z.string().min(1).max(200) });
const changed = savedSchema.extend({
  site: siteSchema,
  /** Whether a repository was made there. */
  created: z.boolean().default(false),
  /** Where its password is now; null where it is nowhere. */
  passwordKept: z.enum(['store', 'environment']).nullable().default(null),
});

const repository = repositoryAccessSchema;

export const sitesContract = {
  /** In the order in which they were added. `repository` is the one that protection writes to; by default the primary one. */
  list: oc
    .input(z.object({ repository: repository.optional() }))
    .output(z.object({ sites: z.array(siteSchema), copies: z.array(sourceCopiesSchema) })),
  /**
   * Makes a repository at an empty place, cut at the same points as the one named here, or connects the one that is there.
   * SITE_EXISTS, WRONG_PASSWORD, and what opening throws.
   */
  add: oc
    .input(
      byName.extend({
        repository,
        name: nameSchema,
        location: z.string().min(1).max(4096),
        password: secret,
        /** What a place elsewhere is reached with, as `repositories.connect` has it. */
        reach: repositoryReachSchema.optional(),
        settings: siteSettingsSchema.partial().default({}),
      }),
    )
    .output(changed),
  /** SITE_UNKNOWN. */
  update: oc.input(byName.extend({ repository, settings: siteSettingsSchema.partial() })).output(changed),
  /** Its password, on a home that has the site from a configuration; `location` where it is elsewhere by now. SITE_UNKNOWN, SITE_REPLACED. */
  connect: oc
    .input(
      byName.extend({ repository, password: secret, location: z.string().min(1).max(4096).nullable().default(null) }),
    )
    .output(changed),
  /** Nothing in its repository changes; rules that name it keep it: SITE_IN_USE. SITE_UNKNOWN. */
  remove: oc.input(byName.extend({ repository })).output(savedSchema),
  /** Asks the site's own repository, so that it is true now. Newest first; `before` is the `original` of the last one. SITE_UNKNOWN. */
  holdings: oc
    .input(
      byName.extend({
        repository: repository.optional(),
        source: z.string().max(200).optional(),
        before: idSchema.optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ snapshots: z.array(heldSnapshotSchema), total: count, more: z.boolean() })),
};
