/** What the scheduler needs of the engine: sources with their profiles, what is in the way of a run, and the run itself. */
import { machineZone } from '../platform/machine-zone.ts';
import type { Caller, RepositoryAccess } from '../../../shared/contract/common.ts';
import type { RegisteredSource } from '../../../shared/contract/sources.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { toHoldfastError } from '../../../shared/model/errors.ts';
import type { DueRun } from '../../../shared/model/schedule.ts';
import type { AssignmentRow, ProfileRow } from '../catalog/profiles.ts';
import { nobody } from '../jobs/voice.ts';
import { noConditions, type MachineConditions } from '../protection/machine-conditions.ts';
import type { RunFacts } from '../protection/run.ts';
import { Scheduler, type ScheduledSource, type SchedulerPorts, type SourcePlanView } from '../protection/scheduler.ts';
import { passiveWords, takenOverBy } from '../configuration/ownership.ts';
import { leaseProblem } from './fence.ts';
import { expireAfterRun } from './expire.ts';
import type { CallContext } from './context.ts';
import { protectionJob } from './protection-run.ts';
import { pausedUntil, schedulePeriods } from './schedule-of.ts';
import { isConfigured } from './is-configured.ts';

/** What a call of a tenant's own would have, made for runs that nobody calls for. */
export type ContextOf = (caller: Caller) => CallContext;

type MachinePorts = Pick<SchedulerPorts, 'nowMs' | 'tenants' | 'onChange'> & {
  /** Where snapshots go whose profile names no repository, in place of the primary one. */
  readonly otherwise?: RepositoryAccess | null;
};

export const scheduleActor = 'schedule';

export function schedulerPorts(
  contextOf: ContextOf,
  machineWaitsFor: MachineConditions['waitsFor'],
  { nowMs, tenants, onChange, otherwise = null }: MachinePorts,
): SchedulerPorts {
  const of = (tenant: string): CallContext => contextOf({ tenant, actor: scheduleActor });
  return {
    nowMs,
    tenants,
    onChange,
    revision: async (tenant) =>
      (await of(tenant).catalog.read('configuration.state', of(tenant).caller, null))?.revision ?? 0,
    load: (tenant, names) => loadSources(of(tenant), names, nowMs()),
    obstacle: async (tenant, source) => machineWaitsFor() ?? (await obstacleTo(of(tenant), source, otherwise)),
    run: (tenant, source, profile, due) => runDue(of(tenant), { source, profile, due, otherwise }),
    miss: (tenant, source, profile, { period, occurrenceMs }) =>
      of(tenant).runHistory.miss(of(tenant).caller, { source, profile, periods: [period], occurrenceMs, late: true }),
  };
}

/** For a caller's own tenant alone. */
export function machinePorts(context: CallContext, otherwise: RepositoryAccess | null): SchedulerPorts {
  const { caller, nowMs } = context;
  return schedulerPorts(() => context, noConditions.waitsFor, {
    nowMs,
    tenants: () => Promise.resolve([caller.tenant]),
    onChange: () => undefined,
    otherwise,
  });
}

/** What a scheduler would do now, without doing it. */
export async function passivePlan(
  context: CallContext,
  otherwise: RepositoryAccess | null,
): Promise<readonly SourcePlanView[]> {
  const ports = machinePorts(context, otherwise);
  const nothing = { run: () => Promise.resolve(false), miss: () => Promise.resolve() };
  const scheduler = new Scheduler({ ...ports, ...nothing }, 0);
  await scheduler.tick();
  return scheduler.plan(context.caller.tenant);
}

/** So many sources are asked about at a time: the catalog answers others in between. */
const askedAtOnce = 100;

type Knowing = Pick<CallContext, 'home' | 'catalog' | 'caller'>;

/** All that decides about the runs of the named sources, or of all. */
export async function loadSources(
  context: Knowing,
  names: readonly string[] | null,
  nowMs: number,
): Promise<readonly ScheduledSource[]> {
  if (!(await isConfigured(context))) return [];
  const { catalog, caller } = context;
  const [sources, profiles, assignments, pauses] = await Promise.all([
    names === null ? catalog.read('registeredSources.list', caller, null) : findSources(context, names),
    catalog.read('profiles.list', caller, null),
    catalog.read('profiles.assignments', caller, null),
    catalog.read('pauses.list', caller, { nowMs }),
  ]);
  const loaded: ScheduledSource[] = [];
  for (let at = 0; at < sources.length; at += askedAtOnce) {
    const part = sources.slice(at, at + askedAtOnce);
    const wanted = part.map(({ name }) => name);
    const [histories, newest] = await Promise.all([
      catalog.read('protectionRuns.history', caller, { sources: wanted }),
      catalog.read('protectionRuns.newestGood', caller, { sources: wanted }),
    ]);
    for (const source of part)
      loaded.push({
        name: source.name,
        profile: scheduleOf(source, profiles, assignments),
        history: histories[source.name] ?? { answered: {}, failed: null },
        pausedUntilMs: pausedUntil(source.name, pauses),
        newestGoodAtMs: newest[source.name] ?? null,
      });
  }
  return loaded;
}

async function findSources(
  { catalog, caller }: Knowing,
  names: readonly string[],
): Promise<readonly RegisteredSource[]> {
  const found = await Promise.all(names.map((name) => catalog.read('registeredSources.find', caller, { name })));
  return found.filter((source) => source !== null);
}

function scheduleOf(
  source: RegisteredSource,
  profiles: readonly ProfileRow[],
  assignments: readonly AssignmentRow[],
): ScheduledSource['profile'] {
  const from = effectiveProfile(source, assignments);
  const profile = profiles.find((one) => one.profile === from?.profile);
  if (from === null || profile === undefined) return null;
  const periods = schedulePeriods(source, profile, from);
  const { zone, blackouts, repository } = profile.definition;
  return { id: profile.profile, zone: zone ?? machineZone(), periods, blackouts, repository };
}

type Place = { readonly access: RepositoryAccess } | { readonly obstacle: string };

/** Where the source's snapshots go, or why nothing can go there now. */
async function placeFor(
  { connections, caller }: CallContext,
  { profile }: ScheduledSource,
  otherwise: RepositoryAccess | null,
): Promise<Place> {
  const wanted = profile?.repository ?? null;
  if (wanted === null && otherwise !== null) return { access: otherwise };
  const all = await connections.list(caller);
  const connection = all.find(({ id, primary }) => (wanted === null ? primary : id === wanted));
  if (connection === undefined) return { obstacle: 'a repository to keep snapshots in' };
  const { id, name, state } = connection;
  // One whose password is remembered is opened by whoever needs it.
  if (state === 'locked' && !connection.remembered) return { obstacle: `the password of ${name}` };
  if (state === 'unreachable') return { obstacle: `${name}, which cannot be reached` };
  return { access: { id } };
}

async function obstacleTo(
  context: CallContext,
  source: ScheduledSource,
  otherwise: RepositoryAccess | null,
): Promise<string | null> {
  const claim = await takenOverBy(context);
  if (claim !== null) return `somebody to take the sources back. ${passiveWords(claim)}`;
  const lease = await leaseProblem(context, 'snapshots');
  if (lease !== null) return `the lease on its sources. ${lease.message}`;
  const place = await placeFor(context, source, otherwise);
  if ('obstacle' in place) return place.obstacle;
  return settleLeft(context, source.name, otherwise);
}

/**
 * Finds out what became of a run that another engine has left: its snapshot may be there although nobody wrote it down.
 * In words what keeps that from being known; null: it is known.
 */
async function settleLeft(
  context: CallContext,
  source: string,
  otherwise: RepositoryAccess | null,
): Promise<string | null> {
  const { runHistory, caller, connections } = context;
  for (const row of (await runHistory.left(caller)).filter((one) => one.source === source)) {
    const place = (await connections.list(caller)).find(({ repository }) => repository === row.repository);
    const access = place === undefined ? otherwise : { id: place.id };
    if (row.repository === null || access === null) {
      await runHistory.settle(caller, row, null);
      continue;
    }
    try {
      const repository = await connections.open(caller, access);
      await runHistory.settle(caller, row, repository.config.id === row.repository ? repository : null);
    } catch (error) {
      const { message } = toHoldfastError(error);
      return `what became of its last run, which is to be found in ${place?.name ?? 'its repository'}. ${message}`;
    }
  }
  return null;
}

type Due = {
  readonly source: string;
  readonly profile: string;
  readonly due: DueRun;
  readonly otherwise: RepositoryAccess | null;
};

/** From the book to the end of the job. What cannot be written into the book does not begin. */
async function runDue(context: CallContext, { source, profile, due, otherwise }: Due): Promise<boolean> {
  const { caller, runHistory, jobs } = context;
  const [current] = await loadSources(context, [source], context.nowMs());
  const place = current === undefined ? null : await placeFor(context, current, otherwise);
  if (place === null || 'obstacle' in place) return false;
  let facts: RunFacts | null = null;
  try {
    const prepared = await protectionJob(
      { ...context, isScheduled: true },
      { repository: place.access, registered: source },
      async () => {
        const { periods, occurrenceMs, isLate: late } = due;
        const run = await runHistory.ask(caller, { source, profile, periods, occurrenceMs, late });
        return (facts = { run, profile, periods });
      },
    );
    const { judge, ...request } = prepared.specification;
    const job = { id: '' };
    const running = jobs.start(
      { ...request, caller },
      nobody,
      (voice) => prepared.operation(voice, () => job.id),
      judge,
    );
    job.id = running.id;
    const { status } = await running.result;
    const expiry = expireAfterRun(context, { repository: place.access, source, status });
    // Beside an engine that stays it may wait for its turn; a command does not end before it.
    if (!context.stays) await expiry;
    return true;
  } catch (error) {
    // Also what was cancelled before it began, or refused before there was a job.
    const { run } = (facts as RunFacts | null) ?? { run: null };
    if (run === null) return false;
    await runHistory.end(caller, run, toHoldfastError(error)).catch(() => undefined);
    return true;
  }
}
