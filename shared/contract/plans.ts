/** Recovery plans: kept with their versions, held against today, made from a system snapshot. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { parameterPattern, parameterTypes, planLimits as limits, stepIdPattern } from '../model/recovery-plans.ts';
import { idSchema, repositoryAccessSchema } from './common.ts';
import { checkSchema, commandSchema } from './checks-of-plans.ts';
import { savedSchema } from './configuration.ts';
import { overwriteSchema } from './recovery.ts';
import { nameSchema } from './sources.ts';
import { systemIdSchema } from './systems.ts';

const noNul = (text: string): boolean => !text.includes('\0');
const text = z.string().max(limits.textLength).refine(noNul, 'a NUL character');
const said = text.min(1);
const sourceName = z.string().min(1).max(200);
const stepId = z.string().regex(stepIdPattern, 'a step is named by small letters, digits and hyphens');

const pointSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('latest') }),
  z.object({ kind: z.literal('before'), parameter: z.string().max(40) }),
  z.object({ kind: z.literal('snapshot'), snapshot: idSchema }),
]);

const fromSource = { source: sourceName, point: pointSchema.default({ kind: 'latest' }) };
/** Parameters may stand in them, so that they are what they have to be only once they are filled in. */
const inAws = {
  account: said.nullable().default(null),
  region: said.nullable().default(null),
  endpoint: said.nullable().default(null),
};

const gitTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.enum(['bare', 'checkout']), path: said }),
  z.object({ kind: z.literal('url'), url: said }),
  z.object({ kind: z.literal('github'), api: z.url().max(1024).nullable().default(null), owner: said }),
]);

export const stepWorkSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('folder'),
    ...fromSource,
    path: said.default('/'),
    target: said.nullable(),
    overwrite: overwriteSchema.default('never'),
    verify: z.boolean().default(true),
  }),
  z.object({
    kind: z.literal('git'),
    ...fromSource,
    repositories: z.array(said).min(1).max(10_000).readonly().nullable().default(null),
    target: gitTarget,
    overwrite: z.boolean().default(false),
  }),
  z.object({
    kind: z.literal('bucket'),
    ...fromSource,
    ...inAws,
    from: text.default(''),
    bucket: said,
    prefix: text.default(''),
    overwrite: overwriteSchema.default('never'),
  }),
  z.object({ kind: z.literal('volume'), ...fromSource, ...inAws, volume: said, zone: said }),
  z.object({
    kind: z.literal('instance'),
    ...fromSource,
    ...inAws,
    instance: said,
    how: z.enum(['launch', 'clone']).default('launch'),
    stopOld: z.boolean().default(false),
  }),
  z.object({ kind: z.literal('command'), run: commandSchema }),
  z.object({
    kind: z.literal('health'),
    check: checkSchema,
    everyMs: z.number().int().min(100).max(3_600_000).default(5_000),
  }),
  z.object({ kind: z.literal('checkpoint'), instruction: said }),
  z.object({ kind: z.literal('message'), text: said }),
]);

export const planStepSchema = z.object({
  id: stepId,
  title: z.string().trim().min(1).max(200),
  after: z.array(stepId).max(limits.steps).readonly().default([]),
  timeLimitMs: z.number().int().min(limits.timeLimitMs.least).max(limits.timeLimitMs.most).nullable().default(null),
  inDrills: z.boolean().default(false),
  work: stepWorkSchema,
});

const parameterSchema = z.object({
  name: z.string().regex(parameterPattern, 'a parameter is named by small letters, digits and underscores'),
  label: z.string().max(200).default(''),
  type: z.enum(parameterTypes).default('text'),
  choices: z.array(said).max(limits.choices).readonly().default([]),
  default: text.nullable().default(null),
});

/** What each field means is in shared/model/recovery-plans.ts. */
export const recoveryPlanSchema = z.object({
  name: nameSchema,
  description: z.string().max(1000).default(''),
  targetRtoMs: z.number().int().min(1_000).nullable().default(null),
  parameters: z.array(parameterSchema).max(limits.parameters).readonly().default([]),
  steps: z.array(planStepSchema).min(1).max(limits.steps).readonly(),
});
/** What was typed: what is left out gets what is usual. */
export type GivenPlan = z.input<typeof recoveryPlanSchema>;

export const planCheckSchema = z.object({
  /** Null: of the plan as a whole. */
  step: z.string().nullable(),
  level: z.enum(['ok', 'warning', 'blocker']),
  /** A sentence. */
  detail: z.string(),
});
export type PlanCheck = z.infer<typeof planCheckSchema>;

export const planViewSchema = z.object({
  plan: recoveryPlanSchema,
  /** From 1. */
  version: z.number().int().positive(),
  savedAt: z.string(),
  savedBy: z.string(),
  /** Whether its commands may run on this machine; null where it has none. */
  approved: z.boolean().nullable(),
  /** How it was found when it was last held against what is there; null: never. */
  check: z.object({ at: z.string(), checks: z.array(planCheckSchema) }).nullable(),
});
export type PlanView = z.infer<typeof planViewSchema>;

export const planVersionSchema = z.object({
  version: z.number().int().positive(),
  savedAt: z.string(),
  savedBy: z.string(),
  plan: recoveryPlanSchema,
});
export type PlanVersion = z.infer<typeof planVersionSchema>;

const byName = z.object({ name: nameSchema });
const change = z.object({ repository: repositoryAccessSchema, plan: recoveryPlanSchema });
const changed = savedSchema.extend({ plan: planViewSchema });

export const plansContract = {
  list: oc.input(z.object({})).output(z.object({ plans: z.array(planViewSchema) })),
  /** With its versions, newest first. PLAN_UNKNOWN. */
  show: oc.input(byName).output(planViewSchema.extend({ versions: z.array(planVersionSchema) })),
  /** PLAN_EXISTS, PLAN_INVALID. */
  add: oc.input(change).output(changed),
  /** A new version of the one of that name. PLAN_UNKNOWN, PLAN_INVALID. */
  update: oc.input(change).output(changed),
  /** With its versions; runs of it stay. PLAN_UNKNOWN. */
  remove: oc.input(byName.extend({ repository: repositoryAccessSchema })).output(savedSchema),
  /** Lets its commands run on this machine. `version`: the one that was read. PLAN_UNKNOWN, BAD_USAGE. */
  approve: oc.input(byName.extend({ version: z.number().int().positive() })).output(planViewSchema),
  /** Holds it against what is there now; nothing is restored, nothing run. PLAN_UNKNOWN. */
  check: oc.input(byName.extend({ repository: repositoryAccessSchema.optional() })).output(planViewSchema),
  /** A plan that brings the parts of a system snapshot back, not saved. SYSTEM_UNKNOWN, SYSTEM_AMBIGUOUS. */
  generate: oc
    .input(
      z.object({
        system: z.union([systemIdSchema, z.string().regex(/^[0-9a-f]{4,16}$/)]),
        name: nameSchema,
        /** The newest snapshot of each source when the plan is run, in place of the ones of the system snapshot. */
        latest: z.boolean().default(false),
      }),
    )
    .output(
      z.object({ plan: recoveryPlanSchema, left: z.array(z.object({ source: z.string(), reason: z.string() })) }),
    ),
};
