/** The document of a configuration snapshot: what it must look like to be believed, and what is made of it. */
import { z } from 'zod';
import { awsAccountDefinitionSchema, awsAccountHistoryFields } from '../../../shared/contract/aws-accounts.ts';
import { consoleIdSchema } from '../../../shared/contract/configuration.ts';
import { storedCaseSchema } from '../../../shared/contract/cases.ts';
import { holdSchema } from '../../../shared/contract/holds.ts';
import { incidentReasonSchema } from '../../../shared/contract/incidents.ts';
import { settingSchema } from '../../../shared/contract/settings.ts';
import { siteDefinitionSchema, siteHistoryFields } from '../../../shared/contract/sites.ts';
import { standbyDefinitionSchema, standbyHistoryFields } from '../../../shared/contract/standby.ts';
import { planVersionSchema, type PlanVersion } from '../../../shared/contract/plans.ts';
import { subscriptionDefinitionSchema, subscriptionHistoryFields } from '../../../shared/contract/reports.ts';
import { syncRuleSchema } from '../../../shared/contract/sync.ts';
import {
  ec2DefinitionSchema,
  folderDefinitionSchema,
  gitDefinitionSchema,
  githubDefinitionSchema,
  s3BucketDefinitionSchema,
  hooksSchema,
} from '../../../shared/contract/sources.ts';
import {
  assignmentSchema,
  periodIdSchema,
  profileDefinitionSchema,
  profileIdSchema,
} from '../../../shared/contract/profiles.ts';
import { configurationLimits as limits } from '../../../shared/model/configuration.ts';
import { hooksFromStored } from '../../../shared/model/hooks.ts';
import { sealedBoxSchema } from '../platform/sealed-box.ts';
import { credentialNameSchema } from '../platform/secrets.ts';
import type { StoredConfiguration } from '../repository/configuration.ts';

const timeSchema = z.iso.datetime();
const actorSchema = z.string().max(256);

const storedWith = {
  commands: z.preprocess(hooksFromStored, hooksSchema),
  addedAt: timeSchema,
  addedBy: actorSchema,
};
const kept = <Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>) => schema.extend(storedWith);

/** Every part is optional but the first three: each was once a part that only newer versions wrote. */
const documentSchema = z.looseObject({
  version: z.literal(1),
  tenant: z.string().max(64),
  savedAt: timeSchema,
  console: z.object({ id: consoleIdSchema, name: z.string().max(limits.textLength) }),
  /** Consoles whose configuration this one was recovered from: theirs no longer counts. */
  replaces: z.array(consoleIdSchema).max(1_000).default([]),
  /** See repository/configuration.ts. */
  epoch: z.number().int().nonnegative().max(1e15).default(0),
  sources: z
    .array(
      z.discriminatedUnion('kind', [
        kept(folderDefinitionSchema),
        kept(gitDefinitionSchema),
        kept(githubDefinitionSchema),
        kept(ec2DefinitionSchema),
        kept(s3BucketDefinitionSchema),
      ]),
    )
    .max(limits.sources)
    .refine(noTwins('name'), 'two sources of one name')
    .default([]),
  /** Without what is secret of them. */
  awsAccounts: z
    .array(awsAccountDefinitionSchema.extend(awsAccountHistoryFields))
    .max(limits.awsAccounts)
    .refine(noTwins('name'), 'two AWS accounts of one name')
    .default([]),
  settings: z.array(settingSchema).max(limits.settings).refine(noTwins('key'), 'two values of one setting').default([]),
  holds: z
    .array(
      z.object({
        ...holdSchema.shape,
        author: actorSchema,
        since: timeSchema,
        case: z.string().max(100).nullable().default(null),
      }),
    )
    .max(limits.holds)
    .refine(noTwins('snapshot'), 'two holds of one snapshot')
    .default([]),
  cases: z
    .array(storedCaseSchema)
    .max(limits.cases)
    .refine(noTwins('reference'), 'two cases of one reference')
    .default([]),
  profiles: z
    .array(
      profileDefinitionSchema.extend({
        id: profileIdSchema,
        createdAt: timeSchema,
        createdBy: actorSchema,
        updatedAt: timeSchema,
        /** Since when each period is as it is, by its id. */
        since: z.record(periodIdSchema, timeSchema),
      }),
    )
    .max(limits.profiles)
    .refine(noTwins('id'), 'two profiles of one id')
    .refine(noTwins('name'), 'two profiles of one name')
    .default([]),
  assignments: z
    .array(assignmentSchema.extend({ assignedAt: timeSchema, assignedBy: actorSchema }))
    .max(limits.assignments)
    .refine(haveOneProfile, 'two profiles for one subject')
    .default([]),
  /** Without their passwords. */
  sites: z
    .array(siteDefinitionSchema.extend(siteHistoryFields))
    .max(limits.sites)
    .refine(noTwins('name'), 'two sites of one name')
    .default([]),
  syncRules: z.array(syncRuleSchema).max(limits.syncRules).refine(noTwins('id'), 'two rules of one id').default([]),
  /** Whether its target is there is known on the machine alone. */
  standbys: z
    .array(standbyDefinitionSchema.extend(standbyHistoryFields))
    .max(limits.standbys)
    .refine(noTwins('name'), 'two standbys of one name')
    .default([]),
  /** All versions of each. */
  plans: z
    .array(planVersionSchema)
    .max(limits.plans * limits.planVersions)
    .refine(areOnce, 'two plans of one name and version')
    .default([]),
  /** Who gets which reports; the routes that they go by, and what is secret about those, are of a machine. */
  subscriptions: z
    .array(subscriptionDefinitionSchema.extend(subscriptionHistoryFields))
    .max(limits.subscriptions)
    .refine(noTwins('name'), 'two subscriptions of one name')
    .default([]),
  /** While it is there, nobody takes anything out of the repository. */
  incident: z.object({ since: timeSchema, reason: incidentReasonSchema, author: actorSchema }).nullable().default(null),
  /** Names of all; values only sealed under the recovery passphrase. */
  credentials: z
    .object({
      names: z.array(credentialNameSchema).max(limits.credentials),
      sealed: sealedBoxSchema.nullable(),
    })
    .default({ names: [], sealed: null }),
});
export type Configuration = z.infer<typeof documentSchema>;

/** The parts this version knows; the others are kept as they are. */
const knownParts = new Set(Object.keys(documentSchema.shape));

export type ReadConfiguration = {
  readonly stored: StoredConfiguration;
  readonly document: Configuration;
  /** JSON of an object. */
  readonly others: string;
};

/** Throws a sentence about what is wrong with it: damaged, or nothing that Holdfast writes. */
export async function readConfiguration(stored: StoredConfiguration, tenant: string): Promise<ReadConfiguration> {
  const parsed = documentSchema.safeParse(await stored.read());
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.slice(0, 3).map(String).join('.') ?? '';
    throw new Error(`${place.slice(0, 100)}: ${issue?.message.slice(0, 200) ?? 'not as it should be'}`);
  }
  const document = parsed.data;
  if (document.tenant !== tenant) throw new Error('it is of another tenant than it says');
  const others = Object.entries(document).filter(([name]) => !knownParts.has(name) && name !== '__proto__');
  return { stored, document, others: JSON.stringify(Object.fromEntries(others)) };
}

function noTwins<Key extends string>(key: Key): (items: readonly Readonly<Record<Key, string>>[]) => boolean {
  return (items) => new Set(items.map((item) => item[key])).size === items.length;
}

function areOnce(plans: readonly PlanVersion[]): boolean {
  return new Set(plans.map(({ plan, version }) => `${version} ${plan.name}`)).size === plans.length;
}

function haveOneProfile(assignments: readonly { readonly scope: string; readonly subject: string }[]): boolean {
  return new Set(assignments.map(({ scope, subject }) => `${scope} ${subject}`)).size === assignments.length;
}
