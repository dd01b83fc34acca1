import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { drillStates } from '../model/drills.ts';
import { assignmentScopes } from '../model/profile.ts';
import { connectionIdSchema, idSchema, runStatusSchema } from './common.ts';
import { alertSchema } from './alerts.ts';
import { incidentSchema, suspectSchema } from './incidents.ts';
import { jobSchema } from './jobs.ts';
import { planRunSchema } from './plan-runs.ts';
import { connectionSchema } from './repositories.ts';
import { restoreRunSchema } from './restore-runs.ts';
import { registeredSourceSchema } from './sources.ts';

const count = z.number().int().nonnegative();

/** The engine behind the console. */
export const engineStateSchema = z.object({
  version: z.string(),
  /** ISO-8601 UTC. */
  startedAt: z.string(),
  hostname: z.string(),
  /** IANA name of the clocks of its machine. */
  zone: z.string(),
  tenant: z.string(),
  /** Where passwords can be remembered; null: only as long as the engine runs. */
  secretStore: z.enum(['keychain', 'sealed file']).nullable(),
});
export type EngineState = z.infer<typeof engineStateSchema>;

const snapshotPointSchema = z.object({
  snapshot: idSchema,
  takenAt: z.string(),
  status: z.union([runStatusSchema, z.literal('unknown')]),
  repository: connectionIdSchema,
});

/** A source as one glance needs it. */
export const sourceStateSchema = z.object({
  /** `name`, or `name@hostname` for what another machine protects. */
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  hostname: z.string(),
  /** Null for what is only known by its snapshots, as those of restic or of another console. */
  registered: registeredSourceSchema.nullable(),
  /** In the repository that holds most of them: copies at sites are the same ones again. */
  snapshots: count,
  oldestAt: z.string().nullable(),
  newest: snapshotPointSchema.nullable(),
  /** The newest that is complete, with exceptions or without; what restic made counts, for it says nothing. */
  newestGood: snapshotPointSchema.nullable(),
  /** Of the newest snapshot; null where the program that took it did not say. */
  files: count.nullable(),
  bytes: count.nullable(),
  /** The last protection that ended: how, and when. */
  /** Which profile counts for it, and where that comes from; null: none. */
  profile: z.object({ id: z.string(), name: z.string(), from: z.enum(assignmentScopes) }).nullable(),
  /** How old its newest good snapshot may be, in milliseconds; null: nobody has said. */
  rpoMs: z.number().nullable(),
  /** When it runs next by itself, as things are, and for which periods; null: it does not. */
  next: z.object({ at: z.string(), periods: z.array(z.string()) }).nullable(),
  /** Of its own or of everything (`tenant`); `until` is null where somebody has to end it; null: it is not paused. */
  pause: z
    .object({
      scope: z.enum(['tenant', 'source']),
      until: z.string().nullable(),
      reason: z.string(),
      by: z.string(),
    })
    .nullable(),
  /** What keeps a run that is due from beginning; null: nothing does, or nothing is due. */
  waitsFor: z.string().nullable(),
  /** By its drills; null or left out: never drilled. */
  drill: z
    .object({
      id: z.string(),
      state: z.enum(drillStates),
      at: z.string(),
      /** Null: none has passed. */
      rto: z.object({ ms: z.number(), basis: z.enum(['measured', 'estimated']), words: z.string() }).nullable(),
    })
    .nullable()
    .optional(),
  lastRun: z
    .object({ job: z.string(), state: z.string(), endedAt: z.string(), summary: z.string().nullable() })
    .nullable(),
});
export type SourceState = z.infer<typeof sourceStateSchema>;

/** Something to be told once, as what a damaged catalog means. */
export const noticeSchema = z.object({
  id: z.string(),
  at: z.string(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
});
export type Notice = z.infer<typeof noticeSchema>;

const collections = {
  /** One entry, `engine`. */
  engine: engineStateSchema,
  /** By id of the connection. */
  repositories: connectionSchema,
  /** By key. */
  sources: sourceStateSchema,
  /** Jobs that have not ended, and for a minute those that have; by id. */
  jobs: jobSchema,
  /** Restore runs that are not closed; by id. */
  runs: restoreRunSchema,
  /** The latest runs of recovery plans; by id. */
  planRuns: planRunSchema,
  /** Open alerts, a thousand at most; by id. */
  alerts: alertSchema,
  /** One entry, `open`, while everything is frozen. */
  incidents: incidentSchema,
  /** Those nobody has cleared; by id of the snapshot. */
  suspects: suspectSchema,
  /** By id; the latest hundred. */
  notices: noticeSchema,
};

export const liveStateSchema = z.object({
  engine: z.record(z.string(), collections.engine),
  repositories: z.record(z.string(), collections.repositories),
  sources: z.record(z.string(), collections.sources),
  jobs: z.record(z.string(), collections.jobs),
  runs: z.record(z.string(), collections.runs),
  planRuns: z.record(z.string(), collections.planRuns),
  alerts: z.record(z.string(), collections.alerts),
  incidents: z.record(z.string(), collections.incidents),
  suspects: z.record(z.string(), collections.suspects),
  notices: z.record(z.string(), collections.notices),
});
export type LiveState = z.infer<typeof liveStateSchema>;
export type Collection = keyof LiveState;

const change = <Name extends Collection>(name: Name) =>
  z.object({
    collection: z.literal(name),
    key: z.string(),
    /** Null: it is gone. */
    value: collections[name].nullable(),
  });

export const liveChangeSchema = z.union([
  change('engine'),
  change('repositories'),
  change('sources'),
  change('jobs'),
  change('runs'),
  change('planRuns'),
  change('alerts'),
  change('incidents'),
  change('suspects'),
  change('notices'),
]);
export type LiveChange = z.infer<typeof liveChangeSchema>;

/**
 * First `state`, all there is; then `delta`, what has changed, a few times a second at most and all of it in one event.
 * Sequences grow by one: whoever misses one, or a newer `engine`, asks anew. `beat` comes every few seconds of silence.
 */
export const liveEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('state'), sequence: count, state: liveStateSchema }),
  z.object({ type: z.literal('delta'), sequence: count, changes: z.array(liveChangeSchema) }),
  z.object({ type: z.literal('beat'), sequence: count }),
]);
export type LiveEvent = z.infer<typeof liveEventSchema>;

export const liveContract = {
  watch: oc.input(z.object({})).output(eventIterator(liveEventSchema)),
};
