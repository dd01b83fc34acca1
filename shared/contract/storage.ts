/** How full the places of repositories are, how they grow, and when they are full. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { connectionIdSchema, idSchema } from './common.ts';

const bytes = z.number().int().nonnegative();
const time = z.string().nullable();
const perDay = z.number();

export const usageSampleSchema = z.object({
  /** ISO-8601 UTC. */
  at: z.string(),
  bytes,
  /** What fits at all; null: nobody knows. */
  fitsBytes: bytes.nullable(),
});
export type StorageSample = z.infer<typeof usageSampleSchema>;

export const storedPlaceSchema = z.object({
  connection: connectionIdSchema,
  /** Of the site, else of the connection. */
  name: z.string(),
  site: z.boolean(),
  location: z.string(),
  /** The id in its config. */
  repository: idSchema,
  /** ISO-8601 UTC; null: it was not measured yet, and neither is what follows. */
  measuredAt: time,
  usedBytes: bytes.nullable(),
  fitsBytes: bytes.nullable(),
  /** Who says how much fits: the file system, the server, or the budget in the settings. */
  fitsFrom: z.enum(['disk', 'server', 'budget']).nullable(),
  /** Bytes a day: what it usually grows by, and from what to what. Null: too little is known yet. */
  growth: z.object({ perDay, lowPerDay: perDay, highPerDay: perDay, days: z.number().int() }).nullable(),
  /** `known`: with the days on which it is full; null there: not in sight. */
  full: z.object({
    state: z.enum(['unknown', 'full', 'known']),
    earliestAt: time,
    likelyAt: time,
    latestAt: time,
    words: z.string(),
  }),
  /** Who keeps what is stored there from being removed; null: nobody. */
  locks: z.object({ by: z.enum(['store', 'server', 'console']), words: z.string() }).nullable(),
  /** Whether it is likely full before anything that is locked may go. */
  fullUnderLocks: z.boolean(),
});
export type StoredPlace = z.infer<typeof storedPlaceSchema>;

export const storageContract = {
  /** As measured last, with what is foreseen. The one that is full first comes first. */
  list: oc.input(z.object({})).output(z.object({ places: z.array(storedPlaceSchema) })),
  /** Measures those that are open, now. Names that could not be, with why. */
  measure: oc.input(z.object({})).output(
    z.object({
      places: z.array(storedPlaceSchema),
      problems: z.array(z.object({ name: z.string(), message: z.string() })),
    }),
  ),
  /** A sample a day, in order. CONNECTION_UNKNOWN. */
  history: oc
    .input(z.object({ connection: connectionIdSchema, days: z.number().int().min(1).max(800).default(400) }))
    .output(z.object({ samples: z.array(usageSampleSchema) })),
};
