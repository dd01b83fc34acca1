/** Moves protection to another repository: looked at ahead, made a run, worked on and taken back. */
import type { Move, MovePreview } from '../../../../shared/contract/failover.ts';
import type { RestoreRun, UndoResult } from '../../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { passiveWords, takenOverBy } from '../../configuration/ownership.ts';
import type { ConnectionView } from '../../connections/connections.ts';
import type { Voice } from '../../jobs/voice.ts';
import { workOnRun } from '../../recovery/runs/work-on-run.ts';
import { moveOutcome, moveSteps } from '../../sites/failover/steps.ts';
import { handlers, type CallContext } from '../context.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { connectionOf, knownSites } from '../site-access.ts';
import { lookAtMove } from './look.ts';
import { automaticHandlers } from './automatic.ts';
import { takeoverPorts } from './takeover.ts';
import { cameFromMark, endPause, movePorts, switchTo } from './ports.ts';

/** Of what only the end that is left holds. */
const namedAtMost = 500;

export const failoverHandlers = {
  automatic: automaticHandlers,
  status: handlers.failover.status.handler(async ({ context }) => {
    const [claim, before, all] = await Promise.all([
      takenOverBy(context),
      cameFrom(context),
      context.connections.list(context.caller),
    ]);
    const connection = all.find(({ id }) => id === before);
    return {
      cameFrom:
        connection === undefined ? null : { connection: connection.id, name: (await endOf(context, connection)).name },
      takenOver: claim === null ? null : passiveWords(claim),
    };
  }),
  preview: handlers.failover.preview.handler(({ input, context, signal }) =>
    plan(context, input.to, signal ?? new AbortController().signal),
  ),
  create: handlers.failover.create.handler(async ({ input, context, signal }) => {
    const { checks, missing: _, ...move } = await plan(context, input.to, signal ?? new AbortController().signal);
    const blocker = checks.find(({ level }) => level === 'blocker');
    if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
    const run = await context.runs.create(context.caller, {
      kind: move.kind,
      title: `${move.kind === 'failback' ? 'Back' : 'Failover'} to ${move.to.name}`,
      repository: { id: move.to.repository, location: move.to.location },
      task: { selections: [], move },
      steps: moveSteps(move),
    });
    return { run: run.id };
  }),
};

export async function workOnMove(
  context: CallContext,
  {
    run,
    move,
    onChange,
  }: { readonly run: RestoreRun; readonly move: Move; readonly onChange: (run: RestoreRun) => void },
  voice: Voice,
): Promise<RestoreRun> {
  const { runs: book, caller } = context;
  // As it stands then: the step that notes them may come in this very call.
  const profiles = async (): Promise<readonly string[]> => profilesOf(await book.get(caller, run.id));
  const ports =
    move.takesOver === undefined ? movePorts(context, move, profiles, voice) : takeoverPorts(context, move, voice);
  return workOnRun({ ...voice, book, caller, run, onChange, keepsNotes: true }, (id) => moveOutcome(ports, move, id));
}

/** Back to where it was: nothing that was copied or taken meanwhile goes. */
export async function undoMove(
  context: CallContext,
  run: RestoreRun,
  move: Move,
  dryRun: boolean,
): Promise<UndoResult> {
  // The other console takes its sources back, or does not: nothing here can do it for that one.
  if (move.takesOver !== undefined) return { removed: 0, putBack: 0, folders: 0, left: 0, items: [] };
  // Also of one that was stopped in the middle, some may be done.
  const hasBegun = (id: string): boolean =>
    run.steps.some((step) => step.id === id && step.state !== 'waiting' && step.state !== 'undone');
  const items: UndoResult['items'] = [];
  if (hasBegun('switch')) {
    if (!dryRun) await switchTo(context, move.from, profilesOf(run));
    items.push({ path: `protect into ${move.from.name} again`, action: 'put back', reason: null });
  }
  if (hasBegun('pause')) {
    if (!dryRun) await endPause(context, move);
    items.push({ path: 'let runs begin again', action: 'put back', reason: null });
  }
  return { removed: 0, putBack: items.length, folders: 0, left: 0, items };
}

/** Ids of profiles that named the repository which is left, as they were noted before anything was switched. */
function profilesOf({ steps }: RestoreRun): readonly string[] {
  const profiles = steps.find(({ id }) => id === 'pause')?.result?.['profiles'];
  return Array.isArray(profiles) ? profiles.map(String) : [];
}

/** SITE_UNKNOWN, NOTHING_TO_MOVE. */
async function plan(context: CallContext, wanted: string | undefined, signal: AbortSignal): Promise<MovePreview> {
  const { connections, caller, nowMs } = context;
  const all = await connections.list(caller);
  const before = await cameFrom(context);
  const from = all.find(({ primary }) => primary);
  if (from === undefined) throw new HoldfastError('NOTHING_TO_MOVE', 'Nothing is protected into any repository.');
  const to = await targetOf(context, all, wanted ?? before);
  if (to.id === from.id) throw new HoldfastError('NOTHING_TO_MOVE', `${to.name} is protected into already.`);
  const move = {
    kind: to.id === before ? ('failback' as const) : ('failover' as const),
    from: await endOf(context, from),
    to: await endOf(context, to),
    plannedAt: isoTime(nowMs()),
  };
  const { checks, losses, missing } = await lookAtMove(context, move, signal);
  return {
    ...move,
    losses: losses.map(({ newestFromMs, newestToMs, ...loss }) => ({
      ...loss,
      newestFrom: timeOf(newestFromMs),
      newestTo: timeOf(newestToMs),
    })),
    checks: [...checks],
    missing: missing.slice(0, namedAtMost).map(({ original, source, takenAtMs, status }) => ({
      source,
      snapshot: original,
      takenAt: isoTime(takenAtMs),
      status,
    })),
  };
}

/** The connection where protection was before it was moved away; null: it is where it was. */
async function cameFrom({ catalog, caller }: CallContext): Promise<string | null> {
  const mark = await catalog.read('marks.get', caller, { name: cameFromMark });
  return mark === '' ? null : mark;
}

async function targetOf(
  context: CallContext,
  all: readonly ConnectionView[],
  wanted: string | null,
): Promise<ConnectionView> {
  if (wanted === null)
    throw new HoldfastError('NOTHING_TO_MOVE', 'Protection was not moved before; name where it is to go.');
  const site = (await knownSites(context)).find(({ definition }) => definition.name === wanted);
  const connection =
    site === undefined
      ? all.find(({ id, name }) => id === wanted || name === wanted)
      : connectionOf(site.definition, all);
  if (connection !== undefined && connection !== null) return connection;
  throw new HoldfastError('SITE_UNKNOWN', `Neither a site nor a connected repository is called ${wanted}.`);
}

async function endOf(context: CallContext, connection: ConnectionView): Promise<Move['from']> {
  const { id, location, repository } = connection;
  const site = (await knownSites(context)).find(({ definition }) => definition.repository === repository);
  return { name: site?.definition.name ?? connection.name, connection: id, repository, location };
}
