import { isAbsolute } from 'node:path';
import type { z } from 'zod';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type {
  RestoreRun,
  RunPreview,
  runRequestSchema,
  RunSelection,
  UndoResult,
} from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { canGoOn } from '../../../shared/model/run-states.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { Voice } from '../jobs/voice.ts';
import { folderSteps, safetyStep, workOnFolderRun } from '../recovery/runs/folder-run.ts';
import { commandsOf } from '../recovery/runs/commands.ts';
import { preflight, type PreflightRequest } from '../recovery/runs/preflight.ts';
import type { Outcome } from '../recovery/runs/work-on-run.ts';
import { reportOf } from '../recovery/runs/report.ts';
import { readFact } from '../repository/format/snapshot.ts';
import type { Repository } from '../repository/repository.ts';
import { listSnapshots, resolveReference } from '../repository/snapshots.ts';
import { openAccess, repositoryUse } from './access.ts';
import { workOnMove } from './failover/failover.ts';
import { handlers, type CallContext } from './context.ts';
import { noteSpeed } from './points/note-speed.ts';
import { knownPlaces } from './points/places.ts';
import { openAgain } from './points/restore-from.ts';
import { protectWhatIsThere, refuseSafety, safetyWords } from './safety-snapshot.ts';
import { closeRun, undo, undoable, undoPreview } from './restore-run-undo.ts';
import { claimed, inAws, inBuckets, overError, recorded, untilOver, workAsJob } from './restore-run-work.ts';
import { streamAnswer } from './stream-job.ts';

type RunEvent = { type: 'run'; run: RestoreRun };
type Chosen = PreflightRequest['chosen'];

const previewIssues = 200;
/** States in which a run says itself that it is at no work and not at its end. */
const stopsHere: ReadonlySet<RestoreRun['state']> = new Set(['ready', 'paused', 'waiting', 'interrupted']);

export const restoreRunsHandlers = {
  preview: handlers.restoreRuns.preview.handler(async function* ({ input, context, signal }) {
    await refuseTarget(context, input.target);
    yield* streamAnswer<RunPreview>(signal, async (voice) => {
      const repository = await openAccess(context, input.repository);
      const chosen = await choose(context, repository, input.selections);
      const { target, overwrite, verify, conflicts, protectFirst } = input;
      if (protectFirst === true)
        await refuseSafety(
          context,
          target,
          chosen.map(({ selection }) => selection),
        );
      const { plan, checks } = await preflight({ ...voice, repository, home: context.home, chosen, target, overwrite });
      const found = plan?.conflicts ?? [];
      const kept = found.filter(({ action }) => action === 'kept').length;
      const selections = chosen.map(({ selection }) => selection);
      const { location } = repository.backend;
      return {
        selections,
        target: target === null ? null : (plan?.target ?? target),
        files: plan?.files ?? 0,
        folders: plan?.folders ?? 0,
        others: plan?.others ?? 0,
        bytes: plan?.bytes ?? 0,
        writtenBytes: plan?.writtenBytes ?? 0,
        unchangedFiles: plan?.unchangedFiles ?? 0,
        freeBytes: plan?.freeBytes ?? null,
        conflicts: {
          total: found.length,
          kept,
          replaced: found.length - kept,
          page: found.slice(conflicts.after, conflicts.after + conflicts.limit),
        },
        issues: plan?.issues.slice(0, previewIssues) ?? [],
        checks: [...checks],
        commands: commandsOf({ location, selections, target, overwrite, verify, protectFirst }),
      };
    });
  }),

  create: handlers.restoreRuns.create.handler(({ input, context }) => createFolderRun(context, input, input.title)),

  start: handlers.restoreRuns.start.handler(async function* ({ input, context, signal }) {
    const { runs, caller, home } = context;
    const run = await runs.get(caller, input.run);
    runs.refuseBusy(run.id);
    if (run.closedAt !== null || !canGoOn(run.state)) throw overError(run);
    if (run.where !== null) await refuseTarget(context, run.where.target);
    const job = {
      kind: 'restore',
      title: run.title,
      run: run.id,
      priority: 'urgent' as const,
      repository:
        input.repository === null
          ? null
          : await repositoryUse(context, input.repository, protectsFirst(run) ? 'write' : 'read'),
      comesFirst: true,
      detach: input.detach,
      judge: ({ state }: RestoreRun) => ({
        state: state === 'partial' ? ('partial' as const) : ('done' as const),
        summary: state === 'paused' ? 'Paused after a step.' : `The run is ${state}.`,
      }),
    };
    yield* workAsJob<RestoreRun, RunEvent>(
      { context, signal },
      run.id,
      job,
      recorded(context, run.id, async (voice) => {
        const onChange = (changed: RestoreRun): void => void voice.say({ type: 'run', run: changed });
        const { aws: plan, bucket } = run;
        if (run.move !== null) return workOnMove(context, { run, move: run.move, onChange }, voice);
        if (plan !== null) return (await inAws()).workInAws(context, { run, plan, given: input, onChange }, voice);
        if (bucket !== null)
          return (await inBuckets()).workInBucket(context, { run, plan: bucket, given: input, onChange }, voice);
        const { repository, selections, name } = await openRunsRepository(context, run, input.repository);
        if (name !== null)
          voice.onNotice(
            `${run.repository?.location ?? 'Its repository'} does not answer. The run goes on from ${name}.`,
          );
        const chosen = await choose(context, repository, selections);
        const from = name ?? (await nameOf(context, repository));
        const worked = await workOnFolderRun({
          ...voice,
          book: runs,
          caller,
          run,
          repository,
          chosen,
          home,
          from,
          onChange,
          protectWhatIsThere: () => safetyOutcome(context, input.repository, { run, chosen }, voice),
        });
        await noteWritten(context, repository, run, worked);
        return worked;
      }),
    );
  }),

  pause: handlers.restoreRuns.pause.handler(async ({ input, context: { runs, caller } }) => {
    const run = await runs.get(caller, input.run);
    if (!runs.askToPause(run.id)) throw new HoldfastError('RUN_OVER', `Restore run ${run.title} is not at work.`);
    await runs.change(caller, run.id, { pausing: 1 });
    return runs.get(caller, run.id);
  }),

  stop: handlers.restoreRuns.stop.handler(async ({ input, context, signal }) => {
    const { runs, jobs, caller } = context;
    const run = await runs.get(caller, input.run);
    const job = runs.jobOf(run.id);
    const [live] = job === null ? [] : jobs.find(caller, job);
    const isQueued = live?.state === 'queued';
    if (live !== undefined) {
      live.cancel(new HoldfastError('CANCELLED', `The restore run was stopped by ${caller.actor}.`));
      await untilOver(context, live, signal);
    } else if (run.closedAt !== null || !canGoOn(run.state) || run.state === 'partial') throw overError(run);
    // Work that has begun writes down itself how it ended.
    if (live === undefined || (isQueued && stopsHere.has(run.state)))
      await runs.change(caller, run.id, { state: 'cancelled', endedAt: runs.nowMs() });
    return runs.get(caller, run.id);
  }),

  undoPreview: handlers.restoreRuns.undoPreview.handler(async ({ input, context, signal }) =>
    undoPreview(context, await undoable(context, input.run), input, signal),
  ),

  undo: handlers.restoreRuns.undo.handler(async function* ({ input, context, signal }) {
    const run = await undoable(context, input.run);
    const job = {
      kind: 'restore undo',
      title: run.title,
      run: run.id,
      priority: 'urgent' as const,
      repository: null,
      detach: input.detach,
      judge: ({ removed, putBack, left }: UndoResult) => ({
        state: left > 0 ? ('partial' as const) : ('done' as const),
        summary: `${formatCount(removed)} things removed, ${formatCount(putBack)} put back, ${formatCount(left)} left.`,
      }),
    };
    const work = recorded(context, run.id, (voice: Voice) => undo(context, run, input.aws, voice));
    yield* workAsJob<UndoResult>({ context, signal }, run.id, job, work);
  }),

  close: handlers.restoreRuns.close.handler(async ({ input, context, signal }) => {
    const { runs, caller } = context;
    const run = await runs.get(caller, input.run);
    if (run.closedAt !== null) throw overError(run);
    await claimed(context, run.id, () => closeRun(context, run, signal));
    return runs.get(caller, run.id);
  }),

  list: handlers.restoreRuns.list.handler(async ({ input, context: { runs, caller } }) => {
    const { open, before = null, limit } = input;
    const found = await runs.list(caller, { open, before, limit: limit + 1 });
    return { runs: found.slice(0, limit), more: found.length > limit };
  }),

  get: handlers.restoreRuns.get.handler(({ input, context: { runs, caller } }) => runs.get(caller, input.run)),

  report: handlers.restoreRuns.report.handler(async ({ input, context: { runs, caller } }) =>
    reportOf(await runs.get(caller, input.run), runs.nowMs()),
  ),
};

type Asked = z.output<typeof runRequestSchema>;

export async function createFolderRun(
  context: CallContext,
  { repository: access, selections: wanted, target, overwrite, verify, protectFirst }: Asked,
  title: string | undefined,
): Promise<RestoreRun> {
  await refuseTarget(context, target);
  const repository = await openAccess(context, access);
  const selections = (await choose(context, repository, wanted)).map(({ selection }) => selection);
  if (protectFirst === true) await refuseSafety(context, target, selections);
  const task = { selections, target, overwrite, verify, protectFirst };
  return context.runs.create(context.caller, {
    kind: 'folder',
    title: title ?? titleOf(selections),
    repository: { id: repository.config.id, location: repository.backend.location },
    task,
    steps: folderSteps(task),
  });
}

/** Whether a snapshot of what is there is still to be taken. */
function protectsFirst({ steps }: RestoreRun): boolean {
  return steps.some(({ id, state }) => id === safetyStep && state !== 'done');
}

async function safetyOutcome(
  context: CallContext,
  access: RepositoryAccess | null,
  { run, chosen }: { readonly run: RestoreRun; readonly chosen: Chosen },
  voice: Voice<RunEvent>,
): Promise<Outcome> {
  if (access === null) throw new HoldfastError('BAD_USAGE', 'A run of files needs the repository that it reads from.');
  const sources = chosen.map(({ snapshot: { source, file } }) => ({ source, paths: file.paths }));
  const safety = await protectWhatIsThere(context, access, sources, {
    voice: { ...voice, say: () => Promise.resolve() },
    job: () => context.runs.jobOf(run.id) ?? '',
  });
  const isPartial = safety.taken.some(({ status }) => status === 'partial');
  return {
    state: isPartial ? 'partial' : 'done',
    detail: safetyWords(safety),
    result: { snapshots: safety.taken.map(({ snapshot }) => snapshot) },
  };
}

/** References become snapshots of the caller's tenant, each with its date. SNAPSHOT_NOT_FOUND, SNAPSHOT_AMBIGUOUS. */
async function choose(
  { caller }: CallContext,
  repository: Repository,
  wanted: readonly { readonly snapshot: string; readonly path: string; readonly source?: string | undefined }[],
): Promise<Chosen> {
  const { snapshots } = await listSnapshots(repository);
  const own = snapshots.filter(({ file }) => (readFact(file.tags, 'tenant') ?? caller.tenant) === caller.tenant);
  return wanted.map(({ snapshot: name, path, source }) => {
    const { snapshot } = resolveReference(own, name, /^[0-9a-f]{64}$/.test(name) ? undefined : source);
    const { id, takenAtMs, source: of } = snapshot;
    return { snapshot, selection: { snapshot: id, takenAt: new Date(takenAtMs).toISOString(), source: of, path } };
  });
}

function titleOf(selections: readonly RunSelection[]): string {
  const [first] = selections;
  const name = first === undefined ? '' : first.path === '/' ? first.source : first.path;
  const more = selections.length > 1 ? ` and ${formatCount(selections.length - 1)} more` : '';
  const day = first?.takenAt.replace('T', ' ').slice(0, 16) ?? '';
  return `${name.slice(0, 120)}${more} as of ${day} UTC`;
}

/** BAD_USAGE, TENANT_BOUND. */
async function refuseTarget({ bounds }: CallContext, target: string | null): Promise<void> {
  if (target === null) return bounds.originalPlace();
  await bounds.folders([target]);
  if (!isAbsolute(target)) throw new HoldfastError('BAD_USAGE', 'The target is no absolute path.');
}

/** `name` is null where it is the repository that the run was created with; else that of the place it goes on from. */
async function openRunsRepository(
  context: CallContext,
  run: RestoreRun,
  access: RepositoryAccess | null,
): Promise<{
  readonly repository: Repository;
  readonly selections: readonly RunSelection[];
  readonly name: string | null;
}> {
  if (access === null) throw new HoldfastError('BAD_USAGE', 'A run of files needs the repository that it reads from.');
  const snapshots = [...new Set(run.selections.map(({ snapshot }) => snapshot))];
  const { repository, name, named } = await openAgain(context, access, snapshots);
  const selections = run.selections.map((one) => ({ ...one, snapshot: named.get(one.snapshot) ?? one.snapshot }));
  if (name !== null || repository.config.id === run.repository?.id) return { repository, selections, name };
  throw new HoldfastError('BAD_USAGE', `${repository.backend.location} is not the repository of this restore run.`);
}

/** As a site or connection is called; where it lies, if it is called nothing. */
async function nameOf(context: CallContext, { config, backend }: Repository): Promise<string> {
  return (await knownPlaces(context, undefined)).get(config.id)?.name ?? backend.location;
}

/** How fast it was read, where this attempt has written all of it. */
async function noteWritten(
  context: CallContext,
  { config }: Repository,
  before: RestoreRun,
  after: RestoreRun,
): Promise<void> {
  const [was, is] = [before, after].map(({ steps }) => steps.find(({ id }) => id === 'write'));
  if (was?.state !== 'waiting' || !is?.startedAt || !is.endedAt || !Array.isArray(is.result?.['elsewhere'])) return;
  const { writtenBytes, elsewhere } = is.result ?? {};
  if (typeof writtenBytes !== 'number' || (elsewhere as readonly unknown[]).length > 0) return;
  const durationMs = Date.parse(is.endedAt) - Date.parse(is.startedAt);
  await noteSpeed(context, config.id, { work: 'restore', bytes: writtenBytes, durationMs });
}
