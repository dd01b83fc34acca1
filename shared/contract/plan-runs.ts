/** Runs of recovery plans: created, begun and gone on with, answered, stopped. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { planStepAnswers, planStepStates } from '../model/plan-runs.ts';
import { runStates } from '../model/run-states.ts';
import { awsWhoSchema } from './aws-restores.ts';
import {
  detachSchema,
  errorReportSchema,
  idSchema,
  jobIdSchema,
  operationEvents,
  repositoryAccessSchema,
} from './common.ts';
import { planStepSchema, recoveryPlanSchema } from './plans.ts';
import { nameSchema } from './sources.ts';

const time = z.string();
const runIdSchema = z.string().regex(/^[0-9a-f]{16}$/);
/** An id, or the beginning of one. PLAN_RUN_NOT_FOUND, RUN_AMBIGUOUS. */
const runReference = z.object({ run: z.string().regex(/^[0-9a-f]{1,16}$/) });

/** See shared/model/plan-isolation.ts. */
export const planIsolationSchema = z.object({
  folder: z.string().startsWith('/'),
  bucket: z
    .object({
      bucket: z.string(),
      prefix: z.string(),
      account: z.string().nullable(),
      region: z.string().nullable(),
      endpoint: z.string().nullable(),
    })
    .nullable(),
  aws: z.boolean(),
  guided: z.boolean(),
  account: z.string().nullable().optional(),
  drill: z.string().optional(),
});

export const planRunStepSchema = z.object({
  /** As it is carried out: parameters are filled in, and in a rehearsal it is turned away from production. */
  step: planStepSchema,
  state: z.enum(planStepStates),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  /** What came of it, or what it waits for. */
  detail: z.string().nullable(),
  /** The recovery point it restores from, once that is chosen. */
  point: z.object({ snapshot: idSchema, takenAt: time, repository: z.string() }).nullable(),
  /** The restore run that does it. */
  restoreRun: z.string().nullable(),
  /** Paths of Git repositories that are given back already. */
  given: z.array(z.string()),
  /** The last of what a command has said. */
  output: z.string().nullable(),
  /** Who confirmed or skipped it: by which name, as whom, and why. */
  answer: z
    .object({ what: z.enum(planStepAnswers), name: z.string(), actor: z.string(), at: time, reason: z.string() })
    .nullable(),
  error: errorReportSchema.nullable(),
});
export type PlanRunStep = z.infer<typeof planRunStepSchema>;

export const planRunSchema = z.object({
  id: runIdSchema,
  tenant: z.string(),
  actor: z.string(),
  /** As it was when the run was created. */
  plan: recoveryPlanSchema,
  version: z.number().int().positive(),
  values: z.record(z.string(), z.string()),
  /** Recovery points are from before this moment, where steps take the latest. */
  at: time.nullable(),
  /** Of a rehearsal; null: it is in earnest. */
  isolation: planIsolationSchema.nullable(),
  state: z.enum(runStates),
  pausing: z.boolean(),
  steps: z.array(planRunStepSchema),
  job: jobIdSchema.nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  error: errorReportSchema.nullable(),
});
export type PlanRun = z.infer<typeof planRunSchema>;

export const planRunsContract = {
  /** Nothing is begun. PLAN_UNKNOWN, PLAN_INVALID, PLAN_NOT_APPROVED. */
  create: oc
    .input(
      z.object({
        plan: nameSchema,
        values: z.record(z.string().max(40), z.string().max(4_096)).default({}),
        at: z.iso.datetime().nullable().default(null),
      }),
    )
    .output(planRunSchema),
  /**
   * Begins, or goes on where it stands: after a pause, a stop, an end of the engine. Ends with the run as it is when nothing
   * of it can go on by itself. RUN_BUSY, RUN_OVER, PLAN_NOT_APPROVED.
   */
  start: oc
    .input(
      runReference.extend({
        /** Beside those the console is connected with. */
        repository: repositoryAccessSchema.nullable().default(null),
        /** As whom AWS is asked, and with which token GitHub: kept nowhere. */
        aws: awsWhoSchema.nullable().default(null),
        githubToken: z.string().min(1).max(65_536).nullable().default(null),
        /** False: it ends where it has to wait for a person. */
        wait: z.boolean().default(true),
        detach: detachSchema,
      }),
    )
    .output(
      eventIterator(
        z.union([operationEvents(planRunSchema), z.object({ type: z.literal('run'), run: planRunSchema })]),
      ),
    ),
  /** No further step is begun. RUN_OVER where nothing is at work. */
  pause: oc.input(runReference).output(planRunSchema),
  /** At once; what was restored stays. It can be gone on with. */
  stop: oc.input(runReference).output(planRunSchema),
  /**
   * `confirm`: what a checkpoint asks is so, or an interrupted command did its work. `skip`: goes on without it. `retry`: it
   * is done again. PLAN_STEP_STANDS, BAD_USAGE without a name to confirm by, or a reason to skip.
   */
  answer: oc
    .input(
      runReference.extend({
        step: z.string().max(40),
        answer: z.enum(planStepAnswers),
        /** Of the person who says so. */
        name: z.string().trim().max(200).default(''),
        reason: z.string().trim().max(1000).default(''),
      }),
    )
    .output(planRunSchema),
  /** Newest first. */
  list: oc
    .input(
      z.object({
        plan: nameSchema.optional(),
        before: runIdSchema.optional(),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .output(z.object({ runs: z.array(planRunSchema), more: z.boolean() })),
  get: oc.input(runReference).output(planRunSchema),
};
