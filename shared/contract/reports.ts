/** Reports, made when they are asked for; and subscriptions: who gets which of them, when, and what became of each letter. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { configurationLimits as limits } from '../model/configuration.ts';
import { reportNames } from '../model/reports/document.ts';
import { reportFormats } from '../model/reports/formats.ts';
import { repositoryAccessSchema } from './common.ts';
import { savedSchema } from './configuration.ts';
import { storedRuleSchema } from './profiles.ts';
import { mailAddressSchema } from './routes.ts';
import { nameSchema } from './sources.ts';

const reportNameSchema = z.enum(reportNames);
const formatSchema = z.enum(reportFormats);
const zone = z.string().min(1).max(64);
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as 22:30');

/** Null stands for what is not known. */
const cellSchema = z.object({
  text: z.string(),
  value: z.union([z.string(), z.number(), z.null()]),
  tone: z.enum(['good', 'warning', 'bad']).optional(),
});

const tableSchema = z.object({
  key: z.string(),
  title: z.string(),
  note: z.string().nullable(),
  columns: z
    .array(z.object({ key: z.string(), title: z.string(), share: z.number(), align: z.literal('right').optional() }))
    .readonly(),
  rows: z.array(z.array(cellSchema).readonly()).readonly(),
  empty: z.string(),
});

/** See shared/model/reports/document.ts. */
export const reportDocumentSchema = z.object({
  version: z.literal(1),
  report: reportNameSchema,
  title: z.string(),
  period: z.object({ from: z.string(), to: z.string(), words: z.string() }).nullable(),
  zone: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  tenant: z.string(),
  home: z.object({ host: z.string(), version: z.string() }),
  scope: z.string(),
  lead: z.string(),
  figures: z.array(cellSchema.extend({ key: z.string(), title: z.string() })).readonly(),
  tables: z.array(tableSchema).readonly(),
  unknown: z.array(z.string()).readonly(),
  facts: z.array(z.string()).readonly(),
});

const scopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }),
  z.object({ kind: z.literal('tags'), tags: z.array(nameSchema).min(1).max(limits.tags).readonly() }),
  z.object({ kind: z.literal('sources'), sources: z.array(z.string().min(1).max(200)).min(1).max(500).readonly() }),
]);

export const reportKindSchema = z.object({
  name: reportNameSchema,
  title: z.string(),
  about: z.string(),
  /** About a period, and not about a moment. */
  hasPeriod: z.boolean(),
  /** For whoever runs the home. */
  operatorOnly: z.boolean(),
});

const reportFileSchema = z.object({
  name: z.string(),
  mediaType: z.string(),
  /** Base64. */
  content: z.string(),
});

export const reportsContract = {
  /** Those that the caller may have. */
  list: oc.input(z.object({})).output(z.object({ reports: z.array(reportKindSchema) })),
  /** REPORT_INVALID for a period or zone that nobody knows; FORBIDDEN for one that is for whoever runs the home. */
  make: oc
    .input(
      z.object({
        report: reportNameSchema,
        /** As shared/model/reports/period.ts reads it; it is passed over by reports about a moment. */
        period: z.string().max(40).default('last-30-days'),
        /** IANA name; left out: that of the machine. */
        zone: zone.optional(),
        of: scopeSchema.default({ kind: 'all' }),
        /** Files beside the document; CSV is one for each table. */
        formats: z.array(formatSchema).max(reportFormats.length).default([]),
      }),
    )
    .output(z.object({ document: reportDocumentSchema, files: z.array(reportFileSchema) })),
};

const recipientSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mail'), address: mailAddressSchema, via: nameSchema }),
  z.object({ kind: z.literal('route'), route: nameSchema }),
]);

/** See shared/model/subscriptions.ts for what each field means. */
export const subscriptionDefinitionSchema = z.object({
  name: nameSchema,
  to: recipientSchema,
  reports: z.array(reportNameSchema).min(1).max(reportNames.length).readonly(),
  of: scopeSchema,
  period: z.string().max(40),
  format: formatSchema,
  when: storedRuleSchema.nullable(),
  zone: zone.nullable(),
  quiet: z.object({ from: timeOfDay, to: timeOfDay }).nullable(),
  suspended: z.object({ until: z.iso.datetime().nullable() }).nullable(),
});

export const subscriptionHistoryFields = {
  /** ISO-8601 UTC, and the actor. */
  addedAt: z.string(),
  addedBy: z.string().max(256),
};

const letterSchema = z.object({
  id: z.string(),
  /** Whom it went to, in words. */
  to: z.string(),
  /** Names of the subscriptions in it. */
  subscriptions: z.array(z.string()).readonly(),
  reports: z.array(reportNameSchema).readonly(),
  kind: z.enum(['scheduled', 'asked', 'test']),
  /** Sent later than it came round: the machine slept, or no engine ran. */
  late: z.boolean(),
  state: z.enum(['queued', 'sent', 'failed', 'dropped']),
  attempts: z.number().int(),
  at: z.string(),
  nextAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Of all files in it; null: it was not made yet. */
  bytes: z.number().int().nullable(),
  /** Why the last attempt failed. */
  problem: z.string().nullable(),
  by: z.string(),
});
export type ReportLetter = z.infer<typeof letterSchema>;

export const subscriptionSchema = subscriptionDefinitionSchema.extend({
  ...subscriptionHistoryFields,
  /** When it is sent next by itself; null: it is not, as things are. */
  nextAt: z.string().nullable(),
  /** Why nothing can be sent by it as things are; null: nothing speaks against it. */
  problem: z.string().nullable(),
  /** The newest letter with it that came to an end. */
  last: letterSchema.pick({ state: true, endedAt: true, problem: true }).nullable(),
});
export type Subscription = z.infer<typeof subscriptionSchema>;

const repository = repositoryAccessSchema;
const byName = z.object({ name: z.string().min(1).max(100) });
const changed = savedSchema.extend({ subscription: subscriptionSchema });

export const subscriptionsContract = {
  list: oc.input(z.object({})).output(z.object({ subscriptions: z.array(subscriptionSchema) })),
  /** SUBSCRIPTION_EXISTS, SUBSCRIPTION_INVALID, ROUTE_UNKNOWN. */
  add: oc.input(z.object({ repository, subscription: subscriptionDefinitionSchema })).output(changed),
  /** The name stays. SUBSCRIPTION_UNKNOWN, and as `add`. */
  update: oc.input(z.object({ repository, subscription: subscriptionDefinitionSchema })).output(changed),
  /** What is queued of it alone is not sent. SUBSCRIPTION_UNKNOWN. */
  remove: oc.input(byName.extend({ repository })).output(savedSchema),
  /** `until` null: until somebody resumes it. SUBSCRIPTION_UNKNOWN. */
  suspend: oc.input(byName.extend({ repository, until: z.iso.datetime().nullable().default(null) })).output(changed),
  /** What came round meanwhile is not made up for. SUBSCRIPTION_UNKNOWN. */
  resume: oc.input(byName.extend({ repository })).output(changed),
  /** Makes its reports and sends them now, once; as a test it says so. SUBSCRIPTION_UNKNOWN. */
  send: oc.input(byName.extend({ test: z.boolean().default(false) })).output(letterSchema),
  /** Letters that wait and those that are over, newest first; `before` is the id of a letter, for the page after it. */
  log: oc
    .input(
      z.object({
        name: z.string().max(100).optional(),
        before: z.string().max(40).optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ letters: z.array(letterSchema), more: z.boolean() })),
  /** What waits is tried now, or not sent at all. */
  flush: oc.input(z.object({ drop: z.boolean().default(false) })).output(z.object({ letters: z.number().int() })),
};
