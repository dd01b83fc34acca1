/** Sync: rules of what goes where, the queue of what is to be sent, what was sent, and fetching back. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { syncStates } from '../model/sync-queue.ts';
import {
  detachSchema,
  errorReportSchema,
  idSchema,
  jobIdSchema,
  operationEvents,
  repositoryAccessSchema,
} from './common.ts';
import { savedSchema } from './configuration.ts';
import { keepForSchema, periodIdSchema, profileIdSchema } from './profiles.ts';
import { nameSchema } from './sources.ts';

const count = z.number().int().nonnegative();
const time = z.string().nullable();
const siteName = z.string().min(1).max(200);

export const syncIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

const syncScopeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('period'), profile: profileIdSchema, period: periodIdSchema }),
  z.object({ kind: z.literal('source'), source: z.string().min(1).max(200) }),
  z.object({ kind: z.literal('tag'), tag: nameSchema }),
  z.object({ kind: z.literal('everything') }),
]);

const prioritySchema = z.number().int().min(0).max(9);

/** See shared/model/sync-rules.ts for what each field means. */
export const syncRuleDefinitionSchema = z.object({
  from: siteName.nullable(),
  to: siteName,
  scope: syncScopeSchema,
  keep: z.union([z.literal('same'), keepForSchema]),
  minimum: z.number().int().min(0).max(1000),
  priority: prioritySchema,
  holdUntilSent: z.boolean(),
  /** Letters, digits and a few signs, as of a name: it becomes part of a tag. */
  prefix: z.string().regex(/^[\p{L}\p{N}._@+-]{0,50}$/u),
});

export const syncRuleSchema = syncRuleDefinitionSchema.extend({
  id: syncIdSchema,
  addedAt: z.string(),
  addedBy: z.string().max(256),
});
export type SyncRuleView = z.infer<typeof syncRuleSchema>;

export const syncFiguresSchema = z.object({
  /** What the files of the snapshots that were not there yet hold together, and what of it was compared. */
  scannedBytes: count,
  checkedBytes: count,
  /** What was missing there, plain, and as it travelled. */
  sentBytes: count,
  sentNetBytes: count,
  folders: count,
  files: count,
  updatedFiles: count,
  blobs: count,
  packs: count,
  requests: count,
  /** Calls that had to be made again. */
  retries: count,
});
export type SyncFigures = z.infer<typeof syncFiguresSchema>;

export const syncItemSchema = z.object({
  id: syncIdSchema,
  site: siteName,
  from: siteName.nullable(),
  /** Where it was taken. */
  snapshot: idSchema,
  source: z.string(),
  takenAt: z.string(),
  /** The rule that asked for it; null: a person did. */
  rule: syncIdSchema.nullable(),
  priority: prioritySchema,
  state: z.enum(syncStates),
  attempts: count,
  askedAt: z.string(),
  askedBy: z.string(),
  startedAt: time,
  endedAt: time,
  /** When it is tried again. */
  nextAt: time,
  /** Why it waits, or why it was skipped. */
  note: z.string().nullable(),
  error: errorReportSchema.nullable(),
  job: jobIdSchema.nullable(),
  /** Its id at the site, once it is there. */
  sentAs: idSchema.nullable(),
  figures: syncFiguresSchema.nullable(),
  /** What it was allowed to take when it was sent last; null: as fast as it goes. */
  throttle: z.number().nullable(),
});
export type SyncItem = z.infer<typeof syncItemSchema>;

export const syncResultSchema = z.object({
  /** For each site that something was sent to, or would have been. */
  sites: z.array(
    z.object({
      site: siteName,
      sent: count,
      skipped: count,
      failed: count,
      /** Open when it ended: not allowed now, paused, to be tried again. */
      waiting: count,
      /** Why it did not begin; null: it did. */
      problem: errorReportSchema.nullable(),
      /** In words, while something keeps it from being sent. */
      waitsFor: z.string().nullable(),
      figures: syncFiguresSchema,
      /** What its retention took away there. */
      expired: count,
    }),
  ),
});
export type SyncResult = z.infer<typeof syncResultSchema>;

const changed = savedSchema.extend({ rule: syncRuleSchema });
const ids = z.array(syncIdSchema).min(1).max(1000);
const repository = repositoryAccessSchema;
const changedItems = z.object({ items: z.array(syncItemSchema) });

export const fetchResultSchema = z.object({
  /** What was asked for and as what it is here now. */
  fetched: z.array(z.object({ original: idSchema, id: idSchema, source: z.string() })),
  /** Until when each of them is kept; null: until somebody removes it. */
  keepUntil: time,
  figures: syncFiguresSchema,
});

export const syncContract = {
  rules: oc.input(z.object({})).output(z.object({ rules: z.array(syncRuleSchema) })),
  /** SITE_UNKNOWN, PROFILE_UNKNOWN, SYNC_LOOP. */
  addRule: oc.input(z.object({ repository, rule: syncRuleDefinitionSchema })).output(changed),
  /** As `addRule`; SYNC_RULE_UNKNOWN. */
  updateRule: oc.input(z.object({ repository, id: syncIdSchema, rule: syncRuleDefinitionSchema })).output(changed),
  /** What it has sent stays where it is, and is kept there until somebody removes it. SYNC_RULE_UNKNOWN. */
  removeRule: oc.input(z.object({ repository, id: syncIdSchema })).output(savedSchema),
  /**
   * Sends what the rules ask for and, with `to` and without a rule for that site, everything. `snapshots` sends these in
   * any case, before others. `now` does not wait for a window. SITE_UNKNOWN, SITE_DISABLED, FROZEN.
   */
  run: oc
    .input(
      z.object({
        /** Read from it where a rule says nothing else. */
        repository,
        to: siteName.nullable().default(null),
        snapshots: z.array(z.string().min(1).max(200)).max(1000).default([]),
        source: z.string().max(200).optional(),
        priority: prioritySchema.optional(),
        now: z.boolean().default(false),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(syncResultSchema))),
  /** Open ones in their order, then those that have failed for good. */
  queue: oc
    .input(z.object({ site: siteName.optional(), limit: z.number().int().min(1).max(5000).default(1000) }))
    .output(z.object({ items: z.array(syncItemSchema), total: count, active: z.boolean() })),
  /** Those that are over, newest first; `before` is the id of the last one of the page before. */
  history: oc
    .input(
      z.object({
        site: siteName.optional(),
        source: z.string().max(200).optional(),
        before: syncIdSchema.optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ items: z.array(syncItemSchema), more: z.boolean() })),
  /** Of a whole site, or of items; what runs stops at once and goes on later where it was. SITE_UNKNOWN. */
  pause: oc
    .input(
      z.object({
        site: siteName.nullable().default(null),
        items: z.array(syncIdSchema).max(1000).default([]),
        until: z.iso.datetime().nullable().default(null),
        reason: z.string().max(1000).default(''),
      }),
    )
    .output(changedItems),
  resume: oc
    .input(z.object({ site: siteName.nullable().default(null), items: z.array(syncIdSchema).max(1000).default([]) }))
    .output(changedItems),
  /** Takes effect at once: what goes first by now interrupts what does not. */
  setPriority: oc.input(z.object({ items: ids, priority: prioritySchema })).output(changedItems),
  /** At once, with all its tries again. */
  retry: oc.input(z.object({ items: ids })).output(changedItems),
  /** Takes them out of the queue; rules do not ask for them again. */
  drop: oc.input(z.object({ items: ids })).output(changedItems),
  /** Brings snapshots of a site back into this repository, for so long. SITE_UNKNOWN, SNAPSHOT_NOT_FOUND. */
  fetch: oc
    .input(
      z.object({
        repository,
        site: siteName,
        /** As the site calls them, or as they were called where they were taken; the beginning is enough. */
        snapshots: z.array(z.string().min(1).max(200)).min(1).max(1000),
        keep: keepForSchema.default({ count: 3, unit: 'days' }),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(fetchResultSchema))),
};
