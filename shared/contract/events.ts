import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { eventKinds } from '../model/engine-events.ts';

export const engineEventSchema = z.object({
  /** Its place in the order; of the last one that was read, to go on after it. */
  id: z.string().max(60),
  /** ISO-8601 UTC. */
  at: z.string(),
  tenant: z.string(),
  /**
   * `begin`: the first of each stream, which says from where it goes on. `gap`: events are missing here, because they are too
   * old or another engine had them. Look at the lists anew.
   */
  kind: z.enum(eventKinds),
  /** The state that a job or a run is in now; of alerts `raised`, `changed` or `ended`; of snapshots `taken`. */
  what: z.string(),
  /** Id of the job, alert, run or snapshot; null of `begin` and `gap`. */
  subject: z.string().nullable(),
  title: z.string(),
  source: z.string().nullable(),
  actor: z.string().nullable(),
  /** In a sentence, where there is one. */
  detail: z.string().nullable(),
  /** Of a failure; of an alert its rule. */
  code: z.string().nullable(),
});
export type EngineEvent = z.infer<typeof engineEventSchema>;

export const eventsContract = {
  /**
   * What happens from now on, or after an event: jobs, alerts, runs and snapshots, without progress. The last 2,000 events are
   * kept, as long as the engine runs. Over HTTP the header Last-Event-ID stands for `after`, and a comment comes every five
   * seconds while nothing happens.
   */
  follow: oc
    .input(
      z.object({
        after: z.string().max(60).optional(),
        /** One kind alone; without it all. */
        kind: z.enum(eventKinds).optional(),
      }),
    )
    .output(eventIterator(engineEventSchema)),
};
