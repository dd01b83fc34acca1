import { trendFigures } from '../../../shared/model/trend-figures.ts';
import { machineZone } from '../platform/machine-zone.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { dateAfter } from '../../../shared/model/date-after.ts';
import { lastDays } from '../../../shared/model/days.ts';
import { rpoOf } from '../../../shared/model/implied-rpo.ts';
import { processIdentity } from '../platform/identity.ts';
import type { SourcePlanView } from '../protection/scheduler.ts';
import { clockProblem, confirmTheClock } from './clock.ts';
import { handlers, type CallContext } from './context.ts';
import { isConfigured } from './is-configured.ts';
import { presentPause, presentPlan, presentRun, type SourceGlance } from './present-schedule.ts';
import { runWhatIsDue } from './run-due.ts';
import { passivePlan } from './scheduled-runs.ts';

const dayMs = 86_400_000;

export const scheduleHandlers = {
  plan: handlers.schedule.plan.handler(async ({ context }) => {
    const { scheduler, catalog, caller, nowMs } = context;
    if (!(await isConfigured(context))) return { sources: [], pauses: [], active: scheduler !== null };
    const [plan, glances, pauses] = await Promise.all([
      planOf(context),
      glanceAtSources(context),
      catalog.read('pauses.list', caller, { nowMs: nowMs() }),
    ]);
    return {
      sources: plan.map((one) => presentPlan(one, glances.get(one.source) ?? nothingKnown)),
      pauses: pauses.map(presentPause),
      active: scheduler !== null,
    };
  }),
  runs: handlers.schedule.runs.handler(async ({ input: { source = null, before = null, limit }, context }) => {
    if (!(await isConfigured(context))) return { runs: [], more: false };
    const query = { source, before, limit: limit + 1 };
    const rows = await context.catalog.read('protectionRuns.list', context.caller, query);
    return { runs: rows.slice(0, limit).map(presentRun), more: rows.length > limit };
  }),
  trends: handlers.schedule.trends.handler(async ({ input: { source = null, days, zone }, context }) => {
    const span = lastDays(context.nowMs(), days, zone);
    if (span === null) throw new HoldfastError('BAD_USAGE', `There is no time zone called ${zone}.`);
    if (!(await isConfigured(context))) return { first: span.first, days: [] };
    const query = { source, bounds: span.bounds };
    const found = await context.catalog.read('protectionRuns.trends', context.caller, query);
    return {
      first: span.first,
      days: found.map(({ day, ...figures }) => ({ date: dateAfter(span.first, day), ...figures })),
    };
  }),
  figures: handlers.schedule.figures.handler(async ({ input: { source, windows }, context }) => {
    const { catalog, caller, nowMs } = context;
    const atMs = nowMs();
    const longestMs = Math.max(...windows) * dayMs;
    const runs = (await isConfigured(context))
      ? await catalog.read('protectionRuns.measured', caller, { source, sinceMs: atMs - longestMs })
      : [];
    const within = (days: number) => runs.filter(({ startedAtMs }) => startedAtMs >= atMs - days * dayMs);
    return { windows: windows.map((days) => ({ days, ...trendFigures(within(days)) })) };
  }),
  pause: handlers.schedule.pause.handler(async ({ input: { scope, subject, until, reason }, context }) => {
    const { catalog, caller, nowMs } = context;
    await mustBeSubject(context, scope, subject);
    const untilMs = until === null ? null : Date.parse(until);
    if (untilMs !== null && untilMs <= nowMs())
      throw new HoldfastError('BAD_USAGE', `A pause until ${until ?? ''} would be over already.`);
    const pause = await catalog.write('pauses.set', caller, { scope, subject, untilMs, reason, sinceMs: nowMs() });
    context.rePlan();
    context.live.changed(caller.tenant);
    return presentPause(pause);
  }),
  resume: handlers.schedule.resume.handler(async ({ input, context }) => {
    await context.catalog.write('pauses.end', context.caller, input);
    context.rePlan();
    context.live.changed(context.caller.tenant);
    return {};
  }),
  clock: handlers.schedule.clock.handler(async ({ context }) => clockNow(context)),
  confirmClock: handlers.schedule.confirmClock.handler(async ({ context }) => {
    await confirmTheClock(context);
    return clockNow(context);
  }),
  runDue: handlers.schedule.runDue.handler(({ input, context, signal }) => runWhatIsDue(context, input, signal)),
};

/** As the scheduler has it; where none runs here, as it would have it. */
async function planOf(context: CallContext): Promise<readonly SourcePlanView[]> {
  const { scheduler, caller } = context;
  if (scheduler === null) return passivePlan(context, null);
  await scheduler.tick();
  return scheduler.plan(caller.tenant);
}

async function clockNow(context: CallContext): Promise<{ now: string; problem: string | null }> {
  return { now: new Date().toISOString(), problem: await clockProblem(context) };
}

/** What is allowed of each registered source, and what the catalog knows of it. */
async function glanceAtSources({ catalog, caller }: CallContext): Promise<ReadonlyMap<string, SourceGlance>> {
  const [sources, profiles, assignments] = await Promise.all([
    catalog.read('registeredSources.list', caller, null),
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
  ]);
  const { hostname } = processIdentity();
  const names = sources.map(({ name }) => name);
  const newest = await catalog.read('sourceOverview.newestGood', caller, {
    names,
    hostname,
    atMostMs: Number.MAX_SAFE_INTEGER,
  });
  return new Map(
    sources.map((source) => {
      const from = effectiveProfile(source, assignments);
      const profile = profiles.find((one) => one.profile === from?.profile)?.definition ?? null;
      const rpoMs = rpoOf(source, profile, machineZone());
      return [source.name, { newestGoodAtMs: newest[source.name] ?? null, rpoMs }];
    }),
  );
}

const nothingKnown: SourceGlance = { newestGoodAtMs: null, rpoMs: null };

async function mustBeSubject(context: CallContext, scope: 'tenant' | 'source', subject: string): Promise<void> {
  if (scope === 'tenant') {
    if (subject !== '') throw new HoldfastError('BAD_USAGE', 'A pause of everything names no source.');
    return;
  }
  const { catalog, caller } = context;
  const source = (await isConfigured(context))
    ? await catalog.read('registeredSources.find', caller, { name: subject })
    : null;
  if (source === null) throw new HoldfastError('SOURCE_UNKNOWN', `No source is registered as ${subject}.`);
}
