/** Moves protection to another repository: looked at ahead, made a run, worked on and taken back. */
import { join } from 'node:path';
import type { Move, MovePreview } from '../../../shared/contract/failover.ts';
import type { RestoreRun, UndoResult } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError, toHoldfastError } from '../../../shared/model/errors.ts';
import { lossesBetween, moveChecks, type HeldPoint, type MoveCheck } from '../../../shared/model/failover.ts';
import { saveHere } from '../configuration/save.ts';
import { passiveWords, takenOverBy } from '../configuration/ownership.ts';
import type { ConnectionView } from '../connections/connections.ts';
import type { Voice } from '../jobs/voice.ts';
import { workOnRun } from '../recovery/runs/work-on-run.ts';
import { ReadPool } from '../repository/read-pool.ts';
import { claimAgainst } from '../repository/configuration.ts';
import { loadSnapshots } from '../repository/snapshots.ts';
import type { Repository } from '../repository/repository.ts';
import { moveOutcome, moveSteps, type CopiedAcross, type MovePorts } from '../sites/failover/steps.ts';
import { repositoryUse } from './access.ts';
import { handlers, type CallContext } from './context.ts';
import { isoTime, timeOf } from './present-site.ts';
import { connectionOf, knownSites, openSite } from './site-access.ts';
import { noteQuietly } from './site-upkeep.ts';

const cameFromMark = 'failover.from';
const pauseReason = 'protection moves to';

export const failoverHandlers = {
  preview: handlers.failover.preview.handler(({ input, context, signal }) =>
    plan(context, input.to, signal ?? new AbortController().signal),
  ),
  create: handlers.failover.create.handler(async ({ input, context, signal }) => {
    const { checks, ...move } = await plan(context, input.to, signal ?? new AbortController().signal);
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
  voice: Voice<never>,
): Promise<RestoreRun> {
  const { runs: book, caller } = context;
  const ports = portsOf(context, move, voice);
  return workOnRun({ ...voice, book, caller, run, onChange, keepsNotes: true }, (id) => moveOutcome(ports, move, id));
}

/** Back to where it was: nothing that was copied or taken meanwhile goes. */
export async function undoMove(
  context: CallContext,
  run: RestoreRun,
  move: Move,
  dryRun: boolean,
): Promise<UndoResult> {
  const step = (id: string) => run.steps.find((one) => one.id === id && one.result !== null && one.state !== 'undone');
  const [switched, paused] = [step('switch'), step('pause')];
  const items: UndoResult['items'] = [];
  if (switched !== undefined) {
    const profiles = switched.result?.['profiles'];
    if (!dryRun) await switchTo(context, move.from, Array.isArray(profiles) ? profiles.map(String) : []);
    items.push({ path: `protect into ${move.from.name} again`, action: 'put back', reason: null });
  }
  if (paused !== undefined) {
    if (!dryRun) await endPause(context, move);
    items.push({ path: 'let runs begin again', action: 'put back', reason: null });
  }
  return { removed: 0, putBack: items.length, folders: 0, left: 0, items };
}

/** SITE_UNKNOWN, NOTHING_TO_MOVE. */
async function plan(context: CallContext, wanted: string | undefined, signal: AbortSignal): Promise<MovePreview> {
  const { connections, caller, catalog, nowMs } = context;
  const all = await connections.list(caller);
  const cameFrom = await catalog.read('marks.get', caller, { name: cameFromMark });
  const from = all.find(({ primary }) => primary);
  if (from === undefined) throw new HoldfastError('NOTHING_TO_MOVE', 'Nothing is protected into any repository.');
  const to = await targetOf(context, all, wanted ?? cameFrom);
  if (to.id === from.id) throw new HoldfastError('NOTHING_TO_MOVE', `${to.name} is protected into already.`);
  const move = {
    kind: to.id === cameFrom ? ('failback' as const) : ('failover' as const),
    from: await endOf(context, from),
    to: await endOf(context, to),
    plannedAt: isoTime(nowMs()),
  };
  const { checks, losses } = await look(context, move, signal);
  return {
    ...move,
    losses: losses.map(({ newestFromMs, newestToMs, ...loss }) => ({
      ...loss,
      newestFrom: timeOf(newestFromMs),
      newestTo: timeOf(newestToMs),
    })),
    checks: [...checks],
  };
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

type Ends = Pick<Move, 'from' | 'to'>;

/** As things are now; what the one that is left holds is known from before where it does not answer. */
async function look(context: CallContext, { from, to }: Ends, signal: AbortSignal) {
  const { catalog, caller } = context;
  const quiet = { signal, onNotice: () => undefined };
  const [left, target] = await Promise.all([tryOpen(context, from), tryOpen(context, to)]);
  for (const { repository } of [left, target])
    if (repository !== null) await noteQuietly(context, repository, quiet).catch(() => undefined);
  const [here, there] = await Promise.all(
    [from, to].map(({ repository }) => catalog.read('heldAt.list', caller, { repository })),
  );
  const losses = lossesBetween((here ?? []).map(asPoint), (there ?? []).map(asPoint));
  const site = (await knownSites(context)).find(({ definition }) => definition.repository === to.repository);
  const checks: readonly MoveCheck[] = moveChecks({
    from: { name: from.name, answers: left.repository !== null },
    to: {
      name: to.name,
      problem: target.problem,
      isAppendOnly: site?.definition.appendOnly ?? false,
      cutsAlike:
        left.repository === null ||
        target.repository === null ||
        left.repository.config.chunkerPolynomial === target.repository.config.chunkerPolynomial,
    },
    claim: await claimThere(context, target.repository),
    losses,
  });
  return { checks, losses };
}

function asPoint({ original, source, takenAtMs, status }: HeldPoint): HeldPoint {
  return { original, source, takenAtMs, status };
}

/** Whether another console has taken over, there or as far as this one has seen. */
async function claimThere(context: CallContext, target: Repository | null): Promise<string | null> {
  const { catalog, caller } = context;
  const known = await takenOverBy(context);
  if (known !== null) return passiveWords(known);
  const state = target === null ? null : await catalog.read('configuration.state', caller, null);
  if (target === null || state === null) return null;
  const { snapshots } = await loadSnapshots(target);
  const claim = claimAgainst(snapshots, caller.tenant, state);
  return claim === null ? null : passiveWords(claim);
}

type Opened =
  | { readonly repository: Repository; readonly problem: null }
  | { readonly repository: null; readonly problem: string };

/** Opened anew, so that what is known to answer does so now. */
async function tryOpen(context: CallContext, { connection, repository: id }: Move['from']): Promise<Opened> {
  try {
    const site = (await knownSites(context)).find(({ definition }) => definition.repository === id);
    const repository =
      site === undefined
        ? await context.connections.open(context.caller, { id: connection })
        : await openSite(context, site);
    await repository.backend.load({ type: 'config', name: 'config' });
    return { repository, problem: null };
  } catch (error) {
    return { repository: null, problem: toHoldfastError(error).message };
  }
}

function portsOf(context: CallContext, move: Move, voice: Voice<never>): MovePorts {
  const { catalog, caller, connections, nowMs } = context;
  return {
    check: async () => (await look(context, move, voice.signal)).checks,
    copyAcross: () => copyAcross(context, move, voice),
    pause: async () => {
      const before = await catalog.read('pauses.list', caller, { nowMs: nowMs() });
      // A pause of somebody else stays what it is.
      if (before.some(({ scope, reason }) => scope === 'tenant' && !reason.startsWith(pauseReason))) return false;
      const reason = `${pauseReason} ${move.to.name}`;
      await catalog.write('pauses.set', caller, {
        scope: 'tenant',
        subject: '',
        untilMs: null,
        reason,
        sinceMs: nowMs(),
      });
      context.rePlan();
      return true;
    },
    settle: async () => voice.claim(await repositoryUse(context, { id: move.from.connection }, 'write')),
    switchTo: async () => {
      const named = await profilesInto(context, move.from.connection);
      await switchTo(context, move.to, named);
      // So that whoever comes back knows where to.
      await catalog.write('marks.set', caller, { name: cameFromMark, value: move.from.connection });
      return named;
    },
    saveConfiguration: async () => {
      const repository = await connections.open(caller, { id: move.to.connection });
      await saveHere(context, repository, voice.onNotice);
    },
    look: () => lookAtNewest(context, move, voice),
    resume: () => endPause(context, move),
  };
}

async function copyAcross(context: CallContext, { from, to }: Move, voice: Voice<never>): Promise<CopiedAcross | null> {
  const { catalog, caller, home } = context;
  const [left, target] = [await tryOpen(context, from), await tryOpen(context, to)];
  if (target.repository === null) throw new HoldfastError('REPOSITORY_UNREACHABLE', target.problem);
  if (left.repository === null) return null;
  for (const { repository } of [left, target]) await noteQuietly(context, repository, voice);
  const there = new Set(
    (await catalog.read('heldAt.list', caller, { repository: to.repository })).map(({ original }) => original),
  );
  const wanted = (await catalog.read('heldAt.list', caller, { repository: from.repository }))
    .filter(({ original, status }) => !there.has(original) && status !== 'pending')
    .map(({ id }) => id)
    // Oldest first: what they have in common then travels once.
    .toReversed();
  const { copySnapshots } = await import('../repository/copy/copy-snapshots.ts');
  const { outcomes, figures } = await copySnapshots({
    from: left.repository,
    to: target.repository,
    snapshots: wanted,
    signal: voice.signal,
    onProgress: ({ doneSnapshots, totalSnapshots, figures: { sentBytes } }) =>
      voice.onProgress({
        phase: 'Copying',
        doneItems: doneSnapshots,
        totalItems: totalSnapshots,
        doneBytes: sentBytes,
        totalBytes: null,
        currentItem: null,
        issues: 0,
      }),
    onSnapshot: () => undefined,
    onNotice: voice.onNotice,
    memory: join(home, 'cache', 'sync'),
  });
  for (const outcome of outcomes)
    if (outcome.state === 'failed')
      voice.onIssue({ path: `snapshots/${outcome.id}`, code: outcome.code, message: outcome.message });
  await noteQuietly(context, target.repository, voice);
  const having = (state: string): number => outcomes.filter((one) => one.state === state).length;
  return { copied: having('copied'), present: having('present'), failed: having('failed'), figures };
}

/** Of profiles that say where their snapshots go. */
async function profilesInto({ catalog, caller }: CallContext, connection: string): Promise<string[]> {
  const profiles = await catalog.read('profiles.list', caller, null);
  return profiles.filter(({ definition }) => definition.repository === connection).map(({ profile }) => profile);
}

/** Again and again with the same effect. */
async function switchTo(context: CallContext, to: Move['to'], profiles: readonly string[]): Promise<void> {
  const { catalog, caller, connections, nowMs } = context;
  for (const profile of profiles) {
    const row = await catalog.read('profiles.find', caller, { profile });
    if (row === null || row.definition.repository === to.connection) continue;
    const definition = { ...row.definition, repository: to.connection };
    await catalog.write('profiles.update', caller, { profile, definition, atMs: nowMs() });
  }
  await connections.makePrimary(caller, to.connection);
  context.rePlan();
  context.live.changed(caller.tenant);
}

/** Only the pause that a move has set. */
async function endPause(context: CallContext, { to }: Move): Promise<void> {
  const { catalog, caller, nowMs } = context;
  const found = await catalog.read('pauses.list', caller, { nowMs: nowMs() });
  if (found.some(({ scope, reason }) => scope === 'tenant' && reason === `${pauseReason} ${to.name}`))
    await catalog.write('pauses.end', caller, { scope: 'tenant', subject: '' });
  context.rePlan();
  context.live.changed(caller.tenant);
}

async function lookAtNewest(
  { catalog, caller, connections }: CallContext,
  { to }: Move,
  { signal }: Voice<never>,
): Promise<{ readonly readable: number; readonly unreadable: readonly string[] }> {
  const repository = await connections.open(caller, { id: to.connection });
  const { snapshots } = await loadSnapshots(repository);
  const trees = new Map(snapshots.map(({ id, file }) => [id, file.tree]));
  // Newest first.
  const held = await catalog.read('heldAt.list', caller, { repository: to.repository });
  const newest = new Map<string, string>();
  for (const { source, id } of held) if (!newest.has(source)) newest.set(source, id);
  const unreadable: string[] = [];
  const pool = await ReadPool.open(repository, { threads: 1 });
  try {
    for (const [source, id] of newest) {
      signal.throwIfAborted();
      const tree = trees.get(id);
      const opened = tree === undefined ? null : await pool.reader.load('tree', tree).catch(() => null);
      if (opened === null) unreadable.push(source);
    }
  } finally {
    await pool.close();
  }
  return { readable: newest.size - unreadable.length, unreadable };
}
