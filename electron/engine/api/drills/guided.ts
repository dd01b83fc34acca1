/** Guided drills: an operator walks through a real restore run, which goes to the folder of a drill and to nowhere else. */
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { Drill, DrillCheck } from '../../../../shared/contract/drills.ts';
import type { RestoreRun, RunStep } from '../../../../shared/contract/restore-runs.ts';
import { guidedTimes } from '../../../../shared/model/drills.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { isActive } from '../../../../shared/model/run-states.ts';
import type { Rehearsal } from '../../recovery/drills/rehearsal.ts';
import { makeScratch } from '../../recovery/drills/scratch.ts';
import { openAccess } from '../access.ts';
import type { CallContext } from '../context.ts';
import { findSnapshot } from '../find-snapshot.ts';
import { closeRun } from '../restore-run-undo.ts';
import { createFolderRun } from '../restore-runs.ts';
import { sourceDrills } from './drill-rules.ts';
import { checkRepositories, planTimes } from './guided-others.ts';
import { withOwnChecks } from './own-checks.ts';
import { scratchRoot } from './places.ts';
import { recordSteps as recordPlanSteps, rehearsalOf as planRehearsal } from './rehearse-plan.ts';
import { endDrill } from './run-drill.ts';

type Asked = {
  readonly repository: RepositoryAccess;
  readonly selections: readonly {
    readonly snapshot: string;
    readonly path: string;
    readonly source?: string | undefined;
  }[];
  /** When the operator began to choose. */
  readonly openedAt?: string | undefined;
};

export async function beginGuided(
  context: CallContext,
  { repository: access, selections, openedAt }: Asked,
): Promise<{ drill: Drill; run: string; target: string }> {
  const { caller, drills, nowMs } = context;
  const [first] = selections;
  if (first === undefined) throw new HoldfastError('BAD_USAGE', 'Nothing was chosen.');
  const repository = await openAccess(context, access);
  const { snapshot } = await findSnapshot(context, repository, { ...first, repository: access });
  const known = (await sourceDrills(context)).find(({ source }) => source.name === snapshot.source);
  const openedAtMs = openedAt === undefined ? nowMs() : Math.min(nowMs(), Date.parse(openedAt));
  const root = await scratchRoot(context);
  const id = await drills.begin(caller, {
    source: snapshot.source,
    kind: known?.source.kind ?? 'folder',
    how: 'guided',
    place: 'folder',
    repository: { id: repository.config.id, location: repository.backend.location },
    snapshot: snapshot.id,
    takenAtMs: snapshot.takenAtMs,
    rtoMs: known?.rule?.rtoMs ?? null,
    startedAtMs: openedAtMs,
  });
  await drills.note(caller, id, { kind: 'folder', root });
  const { data: target } = await makeScratch(root, id);
  const asked = { repository: access, selections: [...selections], target, overwrite: 'never' as const, verify: true };
  const run = await createFolderRun(context, asked, `Drill: ${snapshot.source}`);
  await drills.change(caller, id, { run: run.id });
  return { drill: await drills.get(caller, id), run: run.id, target };
}

/** DRILL_NOT_FOUND, RUN_BUSY; BAD_USAGE where it is no guided one, or is over. */
export async function finishGuided(
  context: CallContext,
  { drill: beginning }: { readonly drill: string },
  signal: AbortSignal | undefined,
): Promise<Drill> {
  const { caller, drills, runs, nowMs } = context;
  const drill = await drills.get(caller, beginning);
  if (drill.how === 'guided' && drill.state === 'running' && drill.kind === 'plan') return finishPlan(context, drill);
  const isOfGit = drill.kind === 'git' || drill.kind === 'github';
  if (drill.how === 'guided' && drill.state === 'running' && drill.run === null && isOfGit)
    return finishRepositories(context, drill, signal ?? new AbortController().signal);
  if (drill.how !== 'guided' || drill.state !== 'running' || drill.run === null)
    throw new HoldfastError('BAD_USAGE', `Drill ${drill.id.slice(0, 8)} is none that waits to be finished.`);
  const run = await runs.get(caller, drill.run);
  runs.refuseBusy(run.id);
  if (isActive(run.state)) throw new HoldfastError('RUN_BUSY', `Restore run ${run.id.slice(0, 8)} is at work.`);
  const { machineMs, humanMs } = guidedTimes(Date.parse(drill.startedAt), nowMs(), run.steps);
  await drills.change(caller, drill.id, { humanMs });
  await recordSteps(context, drill.id, run.steps);
  const wasRestored = run.state === 'done' || run.state === 'partial';
  const error = wasRestored
    ? null
    : (failureOf(run) ?? new HoldfastError('CANCELLED', 'Its run did not come to an end.'));
  const made = wasRestored ? rehearsalOf(run, machineMs + humanMs) : null;
  const registered = (await sourceDrills(context)).find(({ source }) => source.name === drill.source)?.source ?? null;
  const stop = signal ?? new AbortController().signal;
  const own = { drill: drill.id, registered, signal: stop };
  const rehearsal = made === null ? null : await withOwnChecks(context, own, made);
  // What was launched is taken back by the drill, which needs the run for it.
  if (run.closedAt === null && run.aws === null) await closeRun(context, run, signal);
  return endDrill(context, drill.id, { rehearsal, error }, { onNotice: () => undefined });
}

async function finishPlan(context: CallContext, drill: Drill): Promise<Drill> {
  const { caller, drills, planRuns, nowMs } = context;
  const run = await planRuns.get(caller, drill.run ?? '');
  if (planRuns.isAtWork(run.id)) throw new HoldfastError('RUN_BUSY', `The run of ${run.plan.name} is at work.`);
  const { machineMs, humanMs } = planTimes(run, Date.parse(drill.startedAt), nowMs());
  await drills.change(caller, drill.id, { humanMs });
  await recordPlanSteps(context, drill.id, run);
  const rehearsal = { ...planRehearsal(run), restoreMs: machineMs + humanMs };
  return endDrill(context, drill.id, { rehearsal, error: null }, { onNotice: () => undefined });
}

async function finishRepositories(context: CallContext, drill: Drill, signal: AbortSignal): Promise<Drill> {
  const { caller, drills, nowMs } = context;
  const restoreMs = nowMs() - Date.parse(drill.startedAt);
  const step = { id: 'check', title: 'Hold what was brought back against the snapshot, and clone it' };
  const checked = await drills.step(caller, drill.id, step, async () => {
    const result = await checkRepositories(context, drill, signal);
    return { result, detail: result.checks.map(({ detail }) => detail).join('. ') };
  });
  return endDrill(
    context,
    drill.id,
    { rehearsal: { ...checked, restoreMs }, error: null },
    { onNotice: () => undefined },
  );
}

function failureOf({ error }: RestoreRun): HoldfastError | null {
  return error === null ? null : new HoldfastError(error.code, error.message);
}

/** The steps of the run as they were, so that the record of the drill holds them too. */
async function recordSteps({ caller, drills }: CallContext, drill: string, steps: readonly RunStep[]): Promise<void> {
  await drills.addSteps(
    caller,
    drill,
    steps.flatMap(({ id, title, startedAt, endedAt, detail }) =>
      startedAt === null ? [] : [{ id, title, startedAt, endedAt, detail }],
    ),
  );
}

/** What people take is part of a recovery that people make. */
function rehearsalOf(run: RestoreRun, restoreMs: number): Rehearsal {
  const written = resultOf(run, 'write');
  const launched = run.aws === null ? 0 : 1;
  const count = numberIn(written, 'files') + numberIn(written, 'objects') + launched;
  const bytes = numberIn(written, 'bytes');
  const isWhole = run.selections.length === 1 && (run.kind !== 'folder' || run.selections[0]?.path === '/');
  const total = isWhole ? { items: count, bytes } : { items: 0, bytes: 0 };
  return {
    chosen: { items: [], isWhole, stretch: null, count, bytes, total },
    restoreMs,
    checks: [verified(run)],
    issues: [],
    left: run.steps.some(({ id, state }) => id === 'write' && state === 'partial') ? 1 : 0,
  };
}

function verified(run: RestoreRun): DrillCheck {
  // Of objects, S3 says with each what it keeps.
  const step = run.steps.find(({ id }) => id === (run.bucket === null ? 'verify' : 'write'));
  const title =
    run.aws === null
      ? 'All that was brought back is as the snapshot has it'
      : 'The clone runs, from the disks of the snapshot, and passes the checks of AWS';
  const result = step?.state === 'done' ? 'good' : step === undefined ? 'left' : 'bad';
  return { id: 'manifest', title, result, detail: step?.detail ?? 'It was not read back.' };
}

function resultOf({ steps }: RestoreRun, id: string): NonNullable<RunStep['result']> {
  return steps.find((step) => step.id === id)?.result ?? {};
}

function numberIn(facts: NonNullable<RunStep['result']>, name: string): number {
  const value = facts[name];
  return typeof value === 'number' ? value : 0;
}
