/** Drills: restores that are rehearsed in isolation, verified, timed and torn down. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { mostProbes } from '../model/drill-probes.ts';
import { drillPlaces, drillStates } from '../model/drills.ts';
import {
  connectionIdSchema,
  detachSchema,
  errorReportSchema,
  idSchema,
  issueSchema,
  operationEvents,
  repositoryAccessSchema,
} from './common.ts';
import { savedSchema } from './configuration.ts';
import { drillProbeSchema } from './checks-of-plans.ts';
import { drillRuleSchema, profileIdSchema } from './profiles.ts';
import { runRequestSchema } from './restore-runs.ts';

const count = z.number().int().nonnegative();
/** ISO-8601 UTC. */
const time = z.string();
const drillIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
/** An id, or the beginning of one. DRILL_NOT_FOUND. */
const drillReference = z.object({ drill: z.string().regex(/^[0-9a-f]{1,16}$/) });

/** What comes next of a source, all of it, a restore that a person walks through, a plan. */
export const drillWays = ['sample', 'whole', 'guided', 'plan'] as const;

export const drillCheckSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** `left`: it could not be made, or was not asked for. */
  result: z.enum(['good', 'bad', 'left']),
  detail: z.string(),
});
export type DrillCheck = z.infer<typeof drillCheckSchema>;

export const drillStepSchema = z.object({
  id: z.string(),
  title: z.string(),
  startedAt: time,
  /** Null while it is at it, or where it was killed. */
  endedAt: time.nullable(),
  detail: z.string().nullable(),
});
export type DrillStep = z.infer<typeof drillStepSchema>;

export const rtoFigureSchema = z.object({
  ms: count,
  /** `measured` only where all of it was brought back. */
  basis: z.enum(['measured', 'estimated']),
  bytes: count,
  wholeBytes: count,
  restoreMs: count,
  /** Epoch milliseconds of the drill. */
  atMs: z.number(),
});

export const drillSchema = z.object({
  id: drillIdSchema,
  actor: z.string(),
  source: z.string(),
  kind: z.string(),
  how: z.enum(drillWays),
  place: z.enum(drillPlaces),
  state: z.enum(drillStates),
  repository: z.object({ id: z.string(), location: z.string() }),
  /** Null for a plan, whose steps have their own. */
  snapshot: idSchema.nullable(),
  takenAt: time.nullable(),
  startedAt: time,
  endedAt: time.nullable(),
  /** What was brought back, of how much. */
  isWhole: z.boolean(),
  items: count,
  bytes: count,
  wholeItems: count,
  wholeBytes: count,
  /** From the first byte to the last check. */
  restoreMs: count.nullable(),
  /** Of a guided one: while it waited for a person. */
  humanMs: count.nullable(),
  rto: rtoFigureSchema.nullable(),
  /** The target as it was then. */
  rtoMs: count.nullable(),
  steps: z.array(drillStepSchema),
  checks: z.array(drillCheckSchema),
  /** The first of them. */
  issues: z.array(issueSchema),
  issueCount: count,
  /** Things it made that are still there. */
  left: count,
  /** The restore run of a guided one. */
  run: z.string().nullable(),
  /** Id of its record of evidence. */
  evidence: z.string().nullable(),
  error: errorReportSchema.nullable(),
});
export type Drill = z.infer<typeof drillSchema>;

const trendPoint = z.object({
  drill: drillIdSchema,
  startedAt: time,
  state: z.enum(drillStates),
  /** What it says of a whole restore. */
  rtoMs: count.nullable(),
});

/** How a source stands. */
export const drilledSourceSchema = z.object({
  source: z.string(),
  kind: z.string(),
  /** The profile whose rule counts for it; null: none. */
  profile: z.object({ id: profileIdSchema, name: z.string() }).nullable(),
  rule: drillRuleSchema.nullable(),
  next: time.nullable(),
  overdue: z.boolean(),
  rto: rtoFigureSchema.nullable(),
  /** 0 to 1, of the last ninety days. */
  coverage: z.number().min(0).max(1),
  isShrinking: z.boolean(),
  isFlaky: z.boolean(),
  last: drillSchema.nullable(),
  /** Oldest first. */
  trend: z.array(trendPoint),
});
export type DrilledSource = z.infer<typeof drilledSourceSchema>;

export const cleanupSchema = z.object({
  removed: count,
  /** What could not be removed now, and why. */
  left: z.array(z.object({ drill: drillIdSchema, place: z.string(), problem: z.string() })),
});
export type Cleanup = z.infer<typeof cleanupSchema>;

export const drillsContract = {
  run: oc
    .input(
      z.object({
        source: z.string().min(1),
        /** Null: where the source's snapshots are kept. */
        repository: repositoryAccessSchema.nullable().default(null),
        /** An id, the beginning of one, or `latest`, which is the newest good one. */
        snapshot: z.string().min(1).default('latest'),
        /** Bytes; `whole` for all of it; null: as the rule says. */
        sample: z
          .union([count, z.literal('whole')])
          .nullable()
          .default(null),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(drillSchema))),
  /** A recovery plan, its steps turned away from production; what has no place in a drill is passed over, and said. */
  runPlan: oc
    .input(
      z.object({
        plan: z.string().min(1),
        values: z.record(z.string().max(40), z.string().max(4_096)).default({}),
        repository: repositoryAccessSchema.nullable().default(null),
        detach: detachSchema,
      }),
    )
    .output(eventIterator(operationEvents(drillSchema))),
  /** Newest first. */
  list: oc
    .input(
      z.object({
        source: z.string().nullable().default(null),
        before: drillIdSchema.nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ drills: z.array(drillSchema), more: z.boolean() })),
  get: oc.input(drillReference).output(drillSchema),
  sources: oc.input(z.object({})).output(z.object({ sources: z.array(drilledSourceSchema) })),
  /** Null takes the rule of the profile back. It is saved with the profile. */
  setRule: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        profile: profileIdSchema,
        drill: drillRuleSchema.omit({ setAtMs: true }).nullable(),
      }),
    )
    .output(savedSchema),
  /**
   * What drills of a source are checked by beside what is looked at anyway. Whoever sets them has approved them on this
   * machine. SOURCE_UNKNOWN; BAD_USAGE for an instance, which nothing reaches in a drill.
   */
  setChecks: oc
    .input(
      z.object({
        repository: repositoryAccessSchema,
        source: z.string().min(1).max(200),
        checks: z.array(drillProbeSchema).max(mostProbes),
      }),
    )
    .output(savedSchema),
  /** Removes what drills that were killed have left: nothing but what carries their mark. */
  cleanup: oc.input(z.object({})).output(cleanupSchema),
  /** Where drills put what comes back to this machine. */
  place: oc.input(z.object({})).output(z.object({ folder: z.string() })),
  /** A guided one: what is chosen is restored to a folder of the drill, and to nowhere else. */
  begin: oc
    .input(
      runRequestSchema.pick({ repository: true, selections: true }).extend({ openedAt: z.iso.datetime().optional() }),
    )
    .output(z.object({ drill: drillSchema, run: z.string(), target: z.string() })),
  /**
   * A guided one of Git repositories, objects, an instance or a recovery plan, turned away from production. What it gives is
   * begun by the calls of such a restore: a restore run, a run of the plan, or `git.restore` to the target, of all of it.
   * DRILL_IMPOSSIBLE where nothing is set for it, as no bucket for drills.
   */
  beginOf: oc
    .input(
      z.object({
        of: z.discriminatedUnion('kind', [
          z.object({ kind: z.literal('source'), source: z.string().min(1) }),
          z.object({
            kind: z.literal('plan'),
            plan: z.string().min(1),
            values: z.record(z.string().max(40), z.string().max(4_096)).default({}),
          }),
        ]),
        openedAt: z.iso.datetime().optional(),
      }),
    )
    .output(
      z.object({
        drill: drillSchema,
        run: z.string().nullable(),
        planRun: z.string().nullable(),
        git: z
          .object({ repository: connectionIdSchema, snapshot: idSchema, takenAt: time, target: z.string() })
          .nullable(),
        /** Of the connection that the run reads from; null: the run of a plan looks for itself. */
        repository: connectionIdSchema.nullable(),
        /** As which registered account AWS is asked; null: as this machine says. */
        account: z.string().nullable(),
      }),
    ),
  /** Over: what was restored is checked and goes, and the time is told apart. */
  finish: oc.input(drillReference).output(drillSchema),
};
