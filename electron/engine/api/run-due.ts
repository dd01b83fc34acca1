/** Runs what is due now and comes to an end: for cron and systemd timers, where no engine stays. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { ProtectionRun } from '../../../shared/contract/schedule.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { Scheduler } from '../protection/scheduler.ts';
import type { CallContext } from './context.ts';
import { ec2Sources } from './native-rounds.ts';
import { presentRun } from './present-schedule.ts';
import { machinePorts, passivePlan } from './scheduled-runs.ts';

export type RunDueEvent =
  | { type: 'run'; run: ProtectionRun }
  | { type: 'notice'; text: string }
  | { type: 'done'; due: number; complete: number; partial: number; failed: number; waiting: number };

/** Runs at a time: one after the other is what a timer on a server wants. */
const atOnce = 1;
const longestTellMs = 60_000;

export async function* runWhatIsDue(
  context: CallContext,
  {
    dryRun,
    repository = null,
  }: { readonly dryRun: boolean; readonly repository?: RepositoryAccess | null | undefined },
  signal: AbortSignal | undefined,
): AsyncGenerator<RunDueEvent, void> {
  if (context.scheduler !== null) {
    yield* leaveToScheduler(context, context.scheduler);
    return;
  }
  const planned = await passivePlan(context, repository);
  const due = planned.filter((source) => source.due.length > 0);
  const waiting = due.filter(({ waitsFor }) => waitsFor !== null);
  for (const { source, waitsFor } of waiting) yield { type: 'notice', text: `${source} waits for ${waitsFor ?? ''}.` };
  const ready = due.filter(({ waitsFor }) => waitsFor === null);
  const counts = { complete: 0, partial: 0, failed: 0 };
  if (!dryRun) {
    for (const { source } of ready) {
      if (signal?.aborted === true) throw new HoldfastError('CANCELLED', 'It was told to stop.');
      const run = await runOne(context, source, repository);
      if (run === null) {
        counts.failed += 1;
        yield { type: 'notice', text: `${source} could not be run: its run could not be written down.` };
        continue;
      }
      if (isGood(run.state)) counts.complete += 1;
      else if (run.state === 'partial') counts.partial += 1;
      else counts.failed += 1;
      yield { type: 'run', run };
    }
    yield* followNatives(context, repository, signal);
    yield* tellAlerts(context);
  }
  yield { type: 'done', due: due.length, ...counts, waiting: waiting.length };
}

/** One that still runs has asked AWS for all it wants; whether it gets that is seen later. */
function isGood(state: ProtectionRun['state']): boolean {
  return state === 'complete' || state === 'completeWithExceptions' || state === 'running';
}

/** Where no engine stays, this is when what AWS has completed is counted, copied, locked and removed. */
async function* followNatives(
  context: CallContext,
  repository: RepositoryAccess | null,
  signal = new AbortController().signal,
): AsyncGenerator<RunDueEvent, void> {
  const repositories = repository === null ? [] : [repository];
  for (const source of await ec2Sources(context)) {
    try {
      const { nativeRound } = await import('./native-round.ts');
      await nativeRound(context, { source, repositories, signal });
    } catch (error) {
      signal.throwIfAborted();
      yield { type: 'notice', text: `${source.name}: ${toHoldfastError(error).message}` };
    }
  }
}

/** Where no engine stays, this is when alerts are raised, ended and told. */
async function* tellAlerts({ alerts, catalog, caller }: CallContext): AsyncGenerator<RunDueEvent, void> {
  await alerts.watch.look(caller.tenant);
  // What does not get through in time is tried again by the next one.
  await Promise.race([alerts.courier.round(caller), sleep(longestTellMs, undefined, { ref: false })]);
  const { total } = await catalog.read('alerts.open', caller, { limit: 1 });
  if (total > 0)
    yield {
      type: 'notice',
      text: `${total === 1 ? 'One alert is' : `${total} alerts are`} open; see \`holdfast alerts\`.`,
    };
}

/** An engine that stays does it by itself: nobody else begins what it has begun already. */
async function* leaveToScheduler({ caller }: CallContext, scheduler: Scheduler): AsyncGenerator<RunDueEvent, void> {
  await scheduler.tick();
  const due = scheduler.plan(caller.tenant).filter((source) => source.due.length > 0);
  const waiting = due.filter(({ waitsFor }) => waitsFor !== null);
  for (const { source, waitsFor } of waiting) yield { type: 'notice', text: `${source} waits for ${waitsFor ?? ''}.` };
  if (due.length > waiting.length)
    yield { type: 'notice', text: 'The engine that is running here runs what is due by itself; see `holdfast jobs`.' };
  yield { type: 'done', due: due.length, complete: 0, partial: 0, failed: 0, waiting: waiting.length };
}

/** Through a scheduler of its own for the one source, so that the same is decided as anywhere; null where nothing ran. */
async function runOne(
  context: CallContext,
  source: string,
  repository: RepositoryAccess | null,
): Promise<ProtectionRun | null> {
  const { catalog, caller } = context;
  const ended = Promise.withResolvers<void>();
  const ports = machinePorts(context, repository);
  const scheduler = new Scheduler(
    {
      ...ports,
      load: (tenant) => ports.load(tenant, [source]),
      run: async (...run) => {
        scheduler.close();
        const ran = await ports.run(...run).catch(() => false);
        ended.resolve();
        return ran;
      },
    },
    atOnce,
  );
  await scheduler.tick();
  if (scheduler.plan(caller.tenant).every(({ isRunning }) => !isRunning)) return null;
  await ended.promise;
  const [run] = await catalog.read('protectionRuns.list', caller, { source, before: null, limit: 1 });
  return run === undefined ? null : presentRun(run);
}
