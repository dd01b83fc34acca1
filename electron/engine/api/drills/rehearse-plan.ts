/** Rehearses a recovery plan: its own steps, turned away from production into the folder of the drill. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { Drill, DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import type { PlanIsolation } from '../../../../shared/model/plan-isolation.ts';
import type { Voice } from '../../jobs/voice.ts';
import type { Rehearsal } from '../../recovery/drills/rehearsal.ts';
import { makeScratch } from '../../recovery/drills/scratch.ts';
import type { CallContext } from '../context.ts';
import { mustFindPlan } from '../plans/find-plan.ts';
import { createPlanRun, startPlanRun } from '../plans/plan-runs.ts';
import { scratchPrefix, scratchRoot, textSetting } from './places.ts';
import { endDrill } from './run-drill.ts';

export type PlanCall = {
  readonly plan: string;
  readonly values: Readonly<Record<string, string>>;
  readonly repository: RepositoryAccess | null;
};

/** Never rejects for what it finds out. PLAN_UNKNOWN, PLAN_INVALID, PLAN_NOT_APPROVED, DRILL_NOT_ISOLATED. */
export async function runPlanDrill(context: CallContext, call: PlanCall, voice: Voice): Promise<Drill> {
  const { caller, drills } = context;
  const { drill, plan, root } = await beginPlanDrill(context, call.plan, 'plan');
  try {
    const run = await createRehearsal(context, { drill, plan, root, values: call.values, guided: false });
    const step = { id: 'plan', title: 'Carry the plan out, away from production' };
    const ended = await drills.step(caller, drill, step, async () => {
      const result = await toItsEnd(context, run, call.repository, voice.signal);
      return { result, detail: result.state };
    });
    await recordSteps(context, drill, ended);
    return await endDrill(context, drill, { rehearsal: rehearsalOf(ended), error: null }, voice);
  } catch (thrown) {
    const error = voice.signal.aborted ? toHoldfastError(voice.signal.reason) : toHoldfastError(thrown);
    return endDrill(context, drill, { rehearsal: null, error }, voice);
  }
}

/** `root`: what its folder is to lie in, which is not made yet. */
export async function beginPlanDrill(
  context: CallContext,
  name: string,
  how: 'plan' | 'guided',
  startedAtMs: number = context.nowMs(),
): Promise<{ readonly drill: string; readonly plan: RecoveryPlan; readonly root: string }> {
  const { plan } = await mustFindPlan(context, name);
  const root = await scratchRoot(context);
  const drill = await context.drills.begin(context.caller, {
    source: plan.name,
    kind: 'plan',
    how,
    place: 'folder',
    repository: { id: '', location: '' },
    snapshot: null,
    takenAtMs: null,
    rtoMs: plan.targetRtoMs,
    startedAtMs,
  });
  return { drill, plan, root };
}

type Rehearsing = {
  readonly drill: string;
  readonly plan: RecoveryPlan;
  readonly root: string;
  readonly values: Readonly<Record<string, string>>;
  readonly guided: boolean;
};

/** The run of the plan, turned away from production; what it makes is noted for the drill. */
export async function createRehearsal(
  context: CallContext,
  { drill, plan, root, values, guided }: Rehearsing,
): Promise<PlanRun> {
  const { caller, drills } = context;
  await drills.note(caller, drill, { kind: 'folder', root });
  const { data: folder } = await makeScratch(root, drill);
  const account = await textSetting(context, 'drills.account');
  const bucket = await bucketFor(context, drill, plan);
  const isolation: PlanIsolation = { folder, bucket, aws: true, account, drill, guided };
  const run = await createPlanRun(context, { plan: plan.name, values, atMs: null, isolation });
  await drills.change(caller, drill, { run: run.id });
  return run;
}

/** Asked as the first source of objects in it is; null where it has none, or no bucket was chosen for drills. */
async function bucketFor(
  context: CallContext,
  drill: string,
  { steps }: RecoveryPlan,
): Promise<PlanIsolation['bucket']> {
  const work = steps.map((step) => step.work).find(({ kind }) => kind === 'bucket');
  if (work?.kind !== 'bucket') return null;
  const name = work.source;
  const source = await context.catalog.read('registeredSources.find', context.caller, { name });
  return scratchPrefix(context, drill, source?.kind === 's3-bucket' ? source : work);
}

async function toItsEnd(
  context: CallContext,
  run: PlanRun,
  repository: RepositoryAccess | null,
  signal: AbortSignal,
): Promise<PlanRun> {
  const given = { repository, aws: null, githubToken: null };
  const events = startPlanRun(context, { run, given, wait: false, detach: false }, signal);
  for await (const event of events) if (event.type === 'done') return event.result;
  throw new HoldfastError('INTERNAL', 'The run of the plan ended without a result.');
}

export function recordSteps({ caller, drills }: CallContext, drill: string, { steps }: PlanRun): Promise<void> {
  return drills.addSteps(
    caller,
    drill,
    steps.flatMap(({ step: { id, title }, startedAt, endedAt, detail }) =>
      startedAt === null ? [] : [{ id, title, startedAt, endedAt, detail }],
    ),
  );
}

export function rehearsalOf({ steps, startedAt, endedAt }: PlanRun): Rehearsal {
  const checks = steps.map(checkOf);
  const left = checks.filter(({ result }) => result === 'left').length;
  const total = { items: steps.length, bytes: 0 };
  const restoreMs = startedAt === null || endedAt === null ? 0 : Date.parse(endedAt) - Date.parse(startedAt);
  const chosen = { items: [], isWhole: left === 0, stretch: null, count: steps.length - left, bytes: 0, total };
  return { chosen, restoreMs, checks, issues: [], left };
}

/** A step that the plan passes over in drills proves nothing, and is no fault. */
function checkOf({ step: { id, title }, state, detail, error }: PlanRunStep): DrillCheck {
  const result = state === 'done' ? 'good' : state === 'skipped' || state === 'waiting' ? 'left' : 'bad';
  return { id, title, result, detail: error?.message ?? detail ?? state };
}
