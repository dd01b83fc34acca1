/** Recovery plans: kept in the configuration with their versions, held against what is there, made from a system snapshot. */
import { call } from '@orpc/server';
import { recoveryPlanSchema } from '../../../../shared/contract/plans.ts';
import type { RegisteredSource } from '../../../../shared/contract/sources.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { planFromSystem, type SystemPartKind } from '../../../../shared/model/plan-from-system.ts';
import { planProblems, type RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import { changeConfiguration } from '../../configuration/save.ts';
import { openAccess } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { isConfigured } from '../is-configured.ts';
import { systemsHandlers } from '../systems.ts';
import { checkPlan } from './check-plan.ts';
import { mustFindPlan, presentPlan } from './find-plan.ts';

export const plansHandlers = {
  list: handlers.plans.list.handler(async ({ context }) => {
    if (!(await isConfigured(context))) return { plans: [] };
    const plans = await context.catalog.read('recoveryPlans.list', context.caller, null);
    return { plans: plans.map(presentPlan) };
  }),

  show: handlers.plans.show.handler(async ({ input: { name }, context }) => {
    const known = await mustFindPlan(context, name);
    const versions = await context.catalog.read('recoveryPlans.versions', context.caller, { name });
    return {
      ...presentPlan(known),
      versions: versions.map(({ plan, version, author, savedAtMs }) => ({
        version,
        savedAt: new Date(savedAtMs).toISOString(),
        savedBy: author,
        plan,
      })),
    };
  }),

  add: handlers.plans.add.handler(async ({ input: { repository, plan }, context }) => {
    refuseUnsound(plan);
    const { catalog, caller, nowMs } = context;
    const open = () => openAccess(context, repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      catalog.write('recoveryPlans.add', caller, { plan, atMs: nowMs() }),
    );
    return { plan: presentPlan(result), ...saved };
  }),

  update: handlers.plans.update.handler(async ({ input: { repository, plan }, context }) => {
    refuseUnsound(plan);
    const { catalog, caller, nowMs } = context;
    const open = () => openAccess(context, repository);
    const { result, ...saved } = await changeConfiguration(context, open, () =>
      catalog.write('recoveryPlans.update', caller, { plan, atMs: nowMs() }),
    );
    return { plan: presentPlan(result), ...saved };
  }),

  remove: handlers.plans.remove.handler(async ({ input: { repository, name }, context }) => {
    const open = () => openAccess(context, repository);
    const { saved, notices } = await changeConfiguration(context, open, () =>
      context.catalog.write('recoveryPlans.remove', context.caller, { name }),
    );
    return { saved, notices };
  }),

  approve: handlers.plans.approve.handler(async ({ input: { name, version }, context }) => {
    await mustFindPlan(context, name);
    return presentPlan(await context.catalog.write('recoveryPlans.approve', context.caller, { name, version }));
  }),

  check: handlers.plans.check.handler(async ({ input: { name, repository }, context, signal }) => {
    await checkPlan(context, await mustFindPlan(context, name), repository ?? null, signal);
    return presentPlan(await mustFindPlan(context, name));
  }),

  generate: handlers.plans.generate.handler(async ({ input: { system: id, name, latest }, context }) => {
    const system = await call(systemsHandlers.show, { system: id }, { context });
    const known = await isConfigured(context);
    const parts = await Promise.all(
      system.members.map(async ({ source, snapshot }) => ({
        source,
        snapshot,
        kind: known && source !== '' ? await kindOf(context, source) : null,
      })),
    );
    const { plan, left } = planFromSystem(parts, { name, system: system.id, latest });
    if (plan.steps.length === 0)
      throw new HoldfastError('PLAN_INVALID', left.map(({ source, reason }) => `${source}: ${reason}`).join(' '));
    return { plan: recoveryPlanSchema.parse(plan), left: [...left] };
  }),
};

function refuseUnsound(plan: RecoveryPlan): void {
  const [first, ...others] = planProblems(plan);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` And ${others.length} more.`;
  throw new HoldfastError('PLAN_INVALID', `${first.step ?? first.parameter ?? plan.name}: ${first.problem}${more}`);
}

async function kindOf({ catalog, caller }: CallContext, name: string): Promise<SystemPartKind | null> {
  const source = await catalog.read('registeredSources.find', caller, { name });
  return source === null ? null : partKind(source);
}

function partKind(source: RegisteredSource): SystemPartKind {
  if (source.kind === 'folder' || source.kind === 'git' || source.kind === 'github') return { kind: source.kind };
  const { account, region, endpoint } = source;
  if (source.kind === 's3-bucket')
    return { kind: 's3-bucket', account, region, endpoint, bucket: source.bucket, prefix: source.prefix };
  return { kind: 'ec2', account, region, endpoint, target: source.target };
}
