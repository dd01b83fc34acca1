/** Recovery points, one shape for all kinds of sources: what decides between them, and where each can be restored from. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { speedWorks } from '../model/restore-places.ts';
import {
  connectionIdSchema,
  consistencyFields,
  idSchema,
  progressSchema,
  repositoryAccessSchema,
  runStatusSchema,
} from './common.ts';
import { holdSchema } from './holds.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
const placeKinds = ['primary', 'site', 'connection', 'region'] as const;

/** A place that holds a point. */
export const pointPlaceSchema = z.object({
  kind: z.enum(placeKinds),
  /** Of a site or a connection; of a region its own. */
  name: z.string(),
  /** Null of a region, and where this home has no connection to it yet. */
  connection: connectionIdSchema.nullable(),
  /** Id in the config of the repository; null of a region. */
  repository: z.string().nullable(),
  /** What the point is called there; of a region the native snapshots, separated by blanks. */
  snapshot: z.string(),
  state: z.enum(['open', 'locked', 'unreachable', 'unconnected']),
  /** Stored files of the repository that are known to be damaged and not repaired. */
  damagedFiles: count,
  /** Of the whole repository, what was read and found good in the last `readDays`; null: it was never scrubbed. */
  readPercent: count.nullable(),
  readDays: z.number(),
  /** What restoring from there means, in sentences; null where nothing is to be said before it is asked. */
  words: z.string().nullable(),
});
export type PointPlace = z.infer<typeof pointPlaceSchema>;

export const recoveryPointSchema = z.object({
  /** As it is called where it was taken: the same for all its copies. */
  id: z.string(),
  source: z.string(),
  hostname: z.string(),
  takenAt: time,
  status: z.union([runStatusSchema, z.literal('unknown')]),
  ...consistencyFields,
  files: count.nullable(),
  bytes: count.nullable(),
  hold: holdSchema.nullable(),
  /** Why it has to be suspected; null: nobody has to. */
  suspect: z.string().nullable(),
  /** When it was last brought back, or a part of it, and found as stored; null: never. */
  verified: z.object({ at: time, how: z.enum(['drill', 'restore']) }).nullable(),
  /** What holds it, the primary repository first. */
  places: z.array(pointPlaceSchema),
});
export type RecoveryPoint = z.infer<typeof recoveryPointSchema>;

const rateSchema = z.object({
  bytesPerSecond: z.number().nonnegative(),
  work: z.enum(speedWorks),
  samples: count,
  /** Epoch milliseconds. */
  atMs: z.number(),
});

export const rankedPlaceSchema = z.object({
  place: z.object({
    kind: z.enum(placeKinds),
    name: z.string(),
    connection: connectionIdSchema.nullable(),
    repository: z.string().nullable(),
    location: z.string(),
    /** What the snapshots that were asked for are called there. */
    snapshots: z.record(z.string(), z.string()),
    problem: z.string().nullable(),
    isLocal: z.boolean(),
    latencyMs: z.number().nullable(),
    rate: rateSchema.nullable(),
    asleep: z.object({ files: count, bytes: count, waitMs: z.number(), dollars: z.number() }).nullable(),
    damagedFiles: count,
    held: count,
    wanted: count,
  }),
  usable: z.boolean(),
  /** Null: nobody can say. */
  expectedMs: z.number().nullable(),
  /** In sentences. */
  reasons: z.array(z.string()),
});
export type RankedPlaceView = z.infer<typeof rankedPlaceSchema>;

/** A copy of a point, looked at closely. */
export const examinedCopySchema = z.object({
  name: z.string(),
  repository: z.string(),
  snapshot: z.string(),
  /** Stored bytes that it needs there, and the stored files that they lie in. */
  neededBytes: count,
  packs: count,
  /** Of these, in stored files that are known to be damaged, missing, or in no index. */
  damagedBytes: count,
  damagedPacks: count,
  /** Pieces that no index of the repository knows. */
  missingPieces: count,
  /** Folders that could not be read: what is below them is not counted. */
  unreadableFolders: count,
  /** Of the needed bytes, in stored files that were read and found good in the last `readDays`. */
  readBytes: count,
  readDays: z.number(),
  /** Of the needed file that was read longest ago; null: one was never read. Epoch milliseconds. */
  oldestReadAtMs: z.number().nullable(),
  /** Nothing it needs is known to be damaged or missing. */
  whole: z.boolean(),
  /** Why it could not be looked at; null: it was. */
  problem: z.string().nullable(),
});
export type ExaminedCopy = z.infer<typeof examinedCopySchema>;

export const pointsContract = {
  /** Of a source in every repository that the catalog knows, newest first. */
  list: oc
    .input(
      z.object({
        source: z.string().min(1).max(4096),
        hostname: z.string().optional(),
        limit: z.number().int().min(1).max(1000).default(200),
      }),
    )
    .output(z.object({ points: z.array(recoveryPointSchema), total: count })),
  /** The point of a snapshot, by its id in any repository, or the beginning of one. SNAPSHOT_NOT_FOUND. */
  find: oc.input(z.object({ snapshot: z.string().regex(/^[0-9a-f]{4,64}$/) })).output(recoveryPointSchema),
  /**
   * Where these snapshots can be restored from, the place that is expected to be done first at the beginning. Each place is
   * asked whether it answers. `bytes`: how much is wanted, where whoever asks knows; else what the snapshots hold.
   */
  places: oc
    .input(
      z.object({
        repository: repositoryAccessSchema.optional(),
        snapshots: z.array(idSchema).min(1).max(1000),
        bytes: count.nullable().default(null),
      }),
    )
    .output(z.object({ bytes: count.nullable(), places: z.array(rankedPlaceSchema) })),
  /** Looks into each copy that can be reached: what of it is damaged, how much of it was read when. SNAPSHOT_NOT_FOUND. */
  examine: oc
    .input(z.object({ repository: repositoryAccessSchema.optional(), snapshot: idSchema }))
    .output(
      eventIterator(
        z.discriminatedUnion('type', [
          z.object({ type: z.literal('progress'), progress: progressSchema }),
          z.object({ type: z.literal('notice'), text: z.string() }),
          z.object({ type: z.literal('done'), result: z.object({ copies: z.array(examinedCopySchema) }) }),
        ]),
      ),
    ),
};
