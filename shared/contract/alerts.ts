import { oc } from '@orpc/contract';
import { z } from 'zod';

const time = z.string().nullable();

export const alertSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  rule: z.string(),
  subject: z.object({ kind: z.enum(['source', 'repository', 'route', 'console']), name: z.string() }),
  level: z.enum(['info', 'warning', 'error']),
  title: z.string(),
  detail: z.string(),
  /** What to do, in a sentence. */
  todo: z.string(),
  /** ISO-8601 UTC. */
  raisedAt: z.string(),
  changedAt: z.string(),
  remindedAt: time,
  acknowledged: z.object({ at: z.string(), by: z.string() }).nullable(),
  snoozed: z.object({ until: z.string(), by: z.string() }).nullable(),
  resolved: z.object({ at: z.string(), by: z.string(), how: z.string() }).nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

const byId = z.object({ id: alertSchema.shape.id });

export const alertsContract = {
  /** Open ones are all there; of those that are over, a page. */
  list: oc
    .input(
      z.object({
        resolved: z.boolean().default(false),
        before: alertSchema.shape.id.optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(z.object({ alerts: z.array(alertSchema), more: z.boolean() })),
  /** ALERT_UNKNOWN. */
  acknowledge: oc.input(byId).output(alertSchema),
  snooze: oc.input(byId.extend({ until: z.iso.datetime() })).output(alertSchema),
  /** Ends a snooze or an acknowledgement. */
  reopen: oc.input(byId).output(alertSchema),
  /** For those that do not end by themselves. ALERT_UNKNOWN, ALERT_STANDS. */
  resolve: oc.input(byId).output(alertSchema),
};
