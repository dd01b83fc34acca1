import { oc } from '@orpc/contract';
import { z } from 'zod';
import { alertLevels, alertRules, subjectKinds } from '../model/alerts.ts';

export const alertIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

export const alertSchema = z.object({
  id: alertIdSchema,
  rule: z.enum(alertRules),
  /** Name of a source or of another console, id of a repository or route, or '' for this console. */
  subject: z.object({ kind: z.enum(subjectKinds), name: z.string() }),
  level: z.enum(alertLevels),
  title: z.string(),
  detail: z.string(),
  /** What to do, in a sentence. */
  todo: z.string(),
  /** ISO-8601 UTC, as all times here. */
  raisedAt: z.string(),
  changedAt: z.string(),
  /** Somebody sees to it: no reminders. */
  acknowledged: z.object({ at: z.string(), by: z.string() }).nullable(),
  /** No reminders until then. */
  snoozed: z.object({ until: z.string(), by: z.string() }).nullable(),
  /** `by` is null where it has ended by itself. */
  resolved: z.object({ at: z.string(), by: z.string().nullable() }).nullable(),
  /** Whether a person may put it aside: a happening, not something that simply is so. */
  resolvable: z.boolean(),
});
export type Alert = z.infer<typeof alertSchema>;

/** The whole id, or a beginning that no other alert has. */
const byId = z.object({ id: z.string().regex(/^[0-9a-f]{4,16}$/) });

export const alertsContract = {
  /** Open ones worst first, a thousand at most of `total`; resolved ones newest first, `before` for the page after. */
  list: oc
    .input(
      z.object({
        resolved: z.boolean().default(false),
        before: alertIdSchema.optional(),
        limit: z.number().int().min(1).max(1000).default(1000),
      }),
    )
    .output(z.object({ alerts: z.array(alertSchema), total: z.number().int().nullable(), more: z.boolean() })),
  /** ALERT_UNKNOWN, ALERT_AMBIGUOUS; so all below. */
  acknowledge: oc.input(byId).output(alertSchema),
  /** BAD_USAGE for a time that is past. */
  snooze: oc.input(byId.extend({ until: z.iso.datetime() })).output(alertSchema),
  /** Takes back an acknowledgement or a snooze. */
  reopen: oc.input(byId).output(alertSchema),
  /** Puts one happening aside; the next one raises again. ALERT_STANDS. */
  resolve: oc.input(byId).output(alertSchema),
};
