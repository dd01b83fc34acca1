/** Drills: run, looked at, given their times, and cleaned up after. */
import type { Drill } from '../../../../shared/contract/drills.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { JobRequest } from '../../jobs/job.ts';
import { changeConfiguration } from '../../configuration/save.ts';
import { openAccess, repositoryUse } from '../access.ts';
import { handlers, type CallContext } from '../context.ts';
import { streamJob } from '../stream-job.ts';
import { drilledSources } from './drill-rules.ts';
import { beginGuided, finishGuided } from './guided.ts';
import { beginGuidedOf } from './guided-others.ts';
import { scratchRoot } from './places.ts';
import { judgeDrill, runDrill, usualAccess, type DrillCall } from './run-drill.ts';
import { tearDown } from './tear-down.ts';

export const drillsHandlers = {
  run: handlers.drills.run.handler(async function* ({ input, context, signal }) {
    const { source, snapshot, sample, detach } = input;
    const access = input.repository ?? (await usualAccess(context, source));
    const call = { source, access, snapshot, sample };
    const job = { ...(await drillJob(context, call)), priority: 'normal' as const, detach, judge: judgeDrill };
    yield* streamJob<Drill>({ context, signal }, job, (voice) => runDrill(context, call, voice));
  }),

  runPlan: handlers.drills.runPlan.handler(async function* ({ input: { detach, ...call }, context, signal }) {
    const title = `Plan ${call.plan}`;
    // Its restores are jobs of their own.
    const job = { kind: 'drill', title, priority: 'normal' as const, repository: null, takesNoPlace: true, detach };
    const { runPlanDrill } = await import('./rehearse-plan.ts');
    yield* streamJob<Drill>({ context, signal }, { ...job, judge: judgeDrill }, (voice) =>
      runPlanDrill(context, call, voice),
    );
  }),

  list: handlers.drills.list.handler(async ({ input: { source, before, limit }, context }) => {
    const { catalog, caller, drills } = context;
    await drills.takeOver(caller);
    const rows = await catalog.read('drills.list', caller, { source, before, limit: limit + 1 });
    const shown = await Promise.all(rows.slice(0, limit).map((row) => drills.present(caller, row)));
    return { drills: shown, more: rows.length > limit };
  }),

  get: handlers.drills.get.handler(({ input, context: { drills, caller } }) => drills.get(caller, input.drill)),

  sources: handlers.drills.sources.handler(async ({ context }) => {
    await context.drills.takeOver(context.caller);
    return { sources: await drilledSources(context) };
  }),

  setRule: handlers.drills.setRule.handler(async ({ input: { repository, profile, drill }, context }) => {
    const { catalog, caller, nowMs } = context;
    const atMs = nowMs();
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      () =>
        catalog.write('profiles.setDrill', caller, {
          profile,
          drill: drill === null ? null : { ...drill, setAtMs: atMs },
          atMs,
        }),
    );
    context.rePlan();
    context.live.changed(caller.tenant);
    return saved;
  }),

  setChecks: handlers.drills.setChecks.handler(async ({ input: { repository, source: name, checks }, context }) => {
    const { catalog, caller, nowMs, bounds } = context;
    if (checks.some(({ what }) => what.kind !== 'health')) await bounds.commands('A check of a drill');
    const { result: _result, ...saved } = await changeConfiguration(
      context,
      () => openAccess(context, repository),
      async () => {
        const found = await catalog.read('registeredSources.find', caller, { name });
        if (found === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${name}.`);
        if (found.kind === 'ec2' && checks.length > 0)
          throw new HoldfastError(
            'BAD_USAGE',
            'An instance of a drill has no way in or out: nothing of yours reaches it.',
          );
        const { addedAt: _at, addedBy: _by, approved: _approved, ...source } = found;
        const commands = { ...source.commands, checks };
        return catalog.write('registeredSources.update', caller, { source: { ...source, commands }, atMs: nowMs() });
      },
    );
    context.live.changed(caller.tenant);
    return saved;
  }),

  cleanup: handlers.drills.cleanup.handler(({ context }) => tearDown(context, null)),

  place: handlers.drills.place.handler(async ({ context }) => ({ folder: await scratchRoot(context) })),

  begin: handlers.drills.begin.handler(({ input, context }) => beginGuided(context, input)),

  beginOf: handlers.drills.beginOf.handler(({ input, context, signal }) => beginGuidedOf(context, input, signal)),

  finish: handlers.drills.finish.handler(({ input, context, signal }) => finishGuided(context, input, signal)),
};

export async function drillJob(
  context: CallContext,
  { source, access }: Pick<DrillCall, 'source' | 'access'>,
): Promise<Omit<JobRequest, 'caller' | 'priority'>> {
  return { kind: 'drill', title: source, repository: await repositoryUse(context, access, 'read') };
}
