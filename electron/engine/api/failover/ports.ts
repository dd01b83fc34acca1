/** What the engine does for a move of protection, step by step. */
import { join } from 'node:path';
import type { Move } from '../../../../shared/contract/failover.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { saveHere } from '../../configuration/save.ts';
import type { Voice } from '../../jobs/voice.ts';
import { ReadPool } from '../../repository/read-pool.ts';
import type { Repository } from '../../repository/repository.ts';
import { loadSnapshots } from '../../repository/snapshots.ts';
import type { CopiedAcross, MovePorts } from '../../sites/failover/steps.ts';
import { repositoryUse } from '../access.ts';
import type { CallContext } from '../context.ts';
import { knownSites, rememberSite } from '../site-access.ts';
import { noteQuietly } from '../site-upkeep.ts';
import { lookAtMove, openNow } from './look.ts';

/** Where protection was before it was moved: the id of that connection. */
export const cameFromMark = 'failover.from';
const pauseReason = 'protection moves to';

/** `profiles` gives the ids that the pause has noted: what names the repository that is left does not after a switch. */
export function movePorts(
  context: CallContext,
  move: Move,
  profiles: () => Promise<readonly string[]>,
  voice: Voice,
): MovePorts {
  const { catalog, caller, nowMs } = context;
  return {
    check: async () => (await lookAtMove(context, move, voice.signal)).checks,
    copyAcross: () => copyAcross(context, move, voice),
    pause: async () => {
      const named = await profilesInto(context, move.from.connection);
      const before = await catalog.read('pauses.list', caller, { nowMs: nowMs() });
      // A pause of somebody else stays what it is.
      if (before.some(({ scope, reason }) => scope === 'tenant' && !reason.startsWith(pauseReason))) return named;
      const reason = `${pauseReason} ${move.to.name}`;
      await catalog.write('pauses.set', caller, {
        scope: 'tenant',
        subject: '',
        untilMs: null,
        reason,
        sinceMs: nowMs(),
      });
      context.rePlan();
      return named;
    },
    settle: async () => voice.claim(await repositoryUse(context, { id: move.from.connection }, 'write')),
    switchTo: async () => {
      // So that whoever comes back knows where to; who is back has nowhere to go.
      const value = move.kind === 'failback' ? '' : move.from.connection;
      await catalog.write('marks.set', caller, { name: cameFromMark, value });
      return { remembered: await switchTo(context, move.to, await profiles()) };
    },
    saveConfiguration: async () => {
      const repository = await mustOpen(context, move.to);
      await saveHere(context, repository, voice.onNotice);
    },
    look: () => lookAtNewest(context, move, voice),
    resume: () => endPause(context, move),
  };
}

async function copyAcross(context: CallContext, { from, to }: Move, voice: Voice): Promise<CopiedAcross | null> {
  const { catalog, caller, home } = context;
  const target = await mustOpen(context, to);
  const left = await openNow(context, from);
  if (left.repository === null) return null;
  for (const repository of [left.repository, target]) await noteQuietly(context, repository, voice);
  const there = new Set(
    (await catalog.read('heldAt.list', caller, { repository: to.repository })).map(({ original }) => original),
  );
  const wanted = (await catalog.read('heldAt.list', caller, { repository: from.repository }))
    .filter(({ original, status }) => !there.has(original) && status !== 'pending')
    .map(({ id }) => id)
    // Oldest first: what they have in common then travels once.
    .toReversed();
  const { copySnapshots } = await import('../../repository/copy/copy-snapshots.ts');
  const { outcomes, figures } = await copySnapshots({
    from: left.repository,
    to: target,
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
  await noteQuietly(context, target, voice);
  const having = (state: string): number => outcomes.filter((one) => one.state === state).length;
  return { copied: having('copied'), present: having('present'), failed: having('failed'), figures };
}

/** REPOSITORY_UNREACHABLE. */
export async function mustOpen(context: CallContext, end: Move['to']): Promise<Repository> {
  const { repository, problem } = await openNow(context, end);
  if (repository === null) throw new HoldfastError('REPOSITORY_UNREACHABLE', problem);
  return repository;
}

/** Of profiles that say where their snapshots go. */
async function profilesInto({ catalog, caller }: CallContext, connection: string): Promise<string[]> {
  const profiles = await catalog.read('profiles.list', caller, null);
  return profiles.filter(({ definition }) => definition.repository === connection).map(({ profile }) => profile);
}

/** Again and again with the same effect. Whether its password outlives the engine. */
export async function switchTo(context: CallContext, to: Move['to'], profiles: readonly string[]): Promise<boolean> {
  const { catalog, caller, connections, nowMs } = context;
  for (const profile of profiles) {
    const row = await catalog.read('profiles.find', caller, { profile });
    if (row === null || row.definition.repository === to.connection) continue;
    const definition = { ...row.definition, repository: to.connection };
    await catalog.write('profiles.update', caller, { profile, definition, atMs: nowMs() });
  }
  const site = (await knownSites(context)).find(({ definition }) => definition.repository === to.repository);
  if (site !== undefined) await rememberSite(context, site);
  const { remembered } = await connections.makePrimary(caller, to.connection);
  context.rePlan();
  context.live.changed(caller.tenant);
  return remembered;
}

/** Only the pause that a move has set. */
export async function endPause(context: CallContext, { to }: Move): Promise<void> {
  const { catalog, caller, nowMs } = context;
  const found = await catalog.read('pauses.list', caller, { nowMs: nowMs() });
  if (found.some(({ scope, reason }) => scope === 'tenant' && reason === `${pauseReason} ${to.name}`))
    await catalog.write('pauses.end', caller, { scope: 'tenant', subject: '' });
  context.rePlan();
  context.live.changed(caller.tenant);
}

export async function lookAtNewest(
  context: CallContext,
  { to }: Move,
  { signal }: Voice,
): Promise<{ readonly readable: number; readonly unreadable: readonly string[] }> {
  const { catalog, caller } = context;
  const repository = await mustOpen(context, to);
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
