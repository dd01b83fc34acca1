/** Taking over from a console that is gone: the run that is made for it, and what the engine does in its steps. */
import type { Move } from '../../../../shared/contract/failover.ts';
import { standbyChecks } from '../../../../shared/model/automatic-failover.ts';
import { HoldfastError, toHoldfastError } from '../../../../shared/model/errors.ts';
import { recoverConfiguration } from '../../configuration/recover.ts';
import { saveHere } from '../../configuration/save.ts';
import type { Voice } from '../../jobs/voice.ts';
import type { AutomaticRow, Promotion } from '../../sites/failover/automatic-file.ts';
import { moveSteps, type MovePorts } from '../../sites/failover/steps.ts';
import type { CallContext } from '../context.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { lookAtNewest, mustOpen, switchTo } from './ports.ts';
import { readinessOf } from './readiness.ts';

/** `work` begins the run and resolves when it has ended. The lease is held by whoever calls. */
export async function promote(
  context: CallContext,
  row: AutomaticRow,
  token: number,
  work: (run: string) => Promise<void>,
): Promise<void> {
  const { lease, caller, nowMs, runs } = context;
  const note = (news: Partial<Promotion>): Promise<void> =>
    lease.change(caller.tenant, (now) =>
      now === null || now.promotion === null ? now : { ...now, promotion: { ...now.promotion, ...news } },
    );
  const move = await planTakeover(context, row);
  const { takesOver: from = '', losses } = move;
  const begun = { atMs: nowMs(), from, run: null, token, isDone: false, problem: null, isSeen: false, losses };
  await lease.change(caller.tenant, (now) => (now === null ? null : { ...now, promotion: begun }));
  try {
    const run = await runs.create(caller, {
      kind: move.kind,
      title: `Taking over from ${from}`,
      repository: { id: move.to.repository, location: move.to.location },
      task: { selections: [], move },
      steps: moveSteps(move),
    });
    await note({ run: run.id });
    await work(run.id);
  } catch (error) {
    await note({ problem: toHoldfastError(error).message });
    throw error;
  }
  if ((await lease.row(caller.tenant))?.promotion?.isDone !== true)
    await note({ problem: 'The run ended before anything was taken over.' });
}

async function planTakeover(context: CallContext, row: AutomaticRow): Promise<Move> {
  const { connections, caller, peers, nowMs } = context;
  const standing = standingBy(row);
  const connection = (await connections.list(caller)).find(({ id }) => id === standing.standby.replica);
  if (connection === undefined) throw new HoldfastError('CONNECTION_UNKNOWN', 'The replica is not connected any more.');
  const peer = (await peers.list(caller)).find(({ id }) => id === standing.standby.peer);
  const { losses } = await readinessOf(context, standing, { answer: null, problem: null });
  const to = {
    name: connection.name,
    connection: connection.id,
    repository: connection.repository,
    location: connection.location,
  };
  const from = peer?.name ?? standing.standby.peer;
  return {
    kind: 'failover',
    takesOver: from,
    // Where the other one wrote is not known here: it is gone.
    from: { ...to, name: from },
    to,
    plannedAt: isoTime(nowMs()),
    losses: losses.map(({ newestFromMs, newestToMs, ...loss }) => ({
      ...loss,
      newestFrom: timeOf(newestFromMs),
      newestTo: timeOf(newestToMs),
    })),
  };
}

/** A row of a console that stands by. AUTOMATIC_OFF. */
export function standingBy(row: AutomaticRow | null) {
  if (row === null || row.standby === null)
    throw new HoldfastError('AUTOMATIC_OFF', 'This console does not stand by for another one.');
  return { ...row, standby: row.standby };
}

export function takeoverPorts(context: CallContext, move: Move, voice: Voice): MovePorts {
  const { caller, lease } = context;
  return {
    check: async () => {
      const row = standingBy(await lease.row(caller.tenant));
      const { facts } = await readinessOf(context, row, { answer: lease.view(caller.tenant).answer, problem: null });
      return standbyChecks(facts);
    },
    copyAcross: () => Promise.resolve(null),
    pause: () => Promise.resolve([]),
    settle: () => Promise.resolve(),
    switchTo: () => takeOver(context, move, voice),
    saveConfiguration: async () => saveHere(context, await mustOpen(context, move.to), voice.onNotice),
    look: () => lookAtNewest(context, move, voice),
    resume: () => Promise.resolve(),
  };
}

/** Its sources are this console's from here on. LEASE_NOT_HELD. */
async function takeOver(context: CallContext, { to }: Move, voice: Voice): Promise<{ readonly remembered: boolean }> {
  const { caller, lease, catalog } = context;
  const repository = await mustOpen(context, to);
  if ((await lease.power(caller)) !== 'owner')
    throw new HoldfastError('LEASE_NOT_HELD', 'The lease has run out while the run was on its way.');
  const request = { repository, console: undefined, replace: true, dryRun: false, credentials: undefined };
  const recovered = await recoverConfiguration(context, request);
  // From here on it counts, whatever comes of the rest.
  await lease.change(caller.tenant, (now) =>
    now === null || now.promotion === null ? now : { ...now, promotion: { ...now.promotion, isDone: true } },
  );
  for (const notice of recovered.notices) voice.onNotice(notice);
  const { toEnter } = recovered.credentials;
  if (toEnter.length > 0) voice.onNotice(`Credentials that have to be entered here: ${toEnter.join(', ')}.`);
  if (recovered.toApprove.length > 0)
    voice.onNotice(`Sources whose commands have to be approved here: ${recovered.toApprove.join(', ')}.`);
  // They name repositories as the other console knew them.
  const profiles = await catalog.read('profiles.list', caller, null);
  const named = profiles.filter(({ definition }) => definition.repository !== null).map(({ profile }) => profile);
  return { remembered: await switchTo(context, to, named) };
}
