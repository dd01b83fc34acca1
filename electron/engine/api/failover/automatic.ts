/** Automatic failover as an operator sees and sets it. */
import type { AutomaticState } from '../../../../shared/contract/automatic-failover.ts';
import { standbyChecks } from '../../../../shared/model/automatic-failover.ts';
import { HoldfastError, reportError } from '../../../../shared/model/errors.ts';
import type { StandbyDecision } from '../../../../shared/model/lease.ts';
import { wantsLease, type AutomaticRow } from '../../sites/failover/automatic-file.ts';
import { askOnce, type LeaseView } from '../../sites/failover/lease-keeper.ts';
import { handlers, type CallContext } from '../context.ts';
import { isoTime, timeOf } from '../present-site.ts';
import { readinessOf } from './readiness.ts';
import { lookAtOwner } from './stand-by.ts';
import { standingBy } from './takeover.ts';

export const automaticHandlers = {
  show: handlers.failover.automatic.show.handler(({ context }) => show(context)),
  own: handlers.failover.automatic.own.handler(async ({ input, context }) => {
    const { password, ...witness } = input;
    await context.lease.set(rowOf(context, witness, null), password);
    return show(context);
  }),
  standBy: handlers.failover.automatic.standBy.handler(async ({ input, context }) => {
    const { password, peer, replica, graceMs, maxAgeMs, ...witness } = input;
    const standby = { ...(await endsOf(context, peer, replica)), graceMs, maxAgeMs };
    const row = { ...rowOf(context, witness, standby), standby };
    const { facts } = await readinessOf(context, row, { answer: await askOnce(row, password), problem: null });
    const blocker = standbyChecks(facts).find(({ level }) => level === 'blocker');
    if (blocker !== undefined) throw new HoldfastError('PREFLIGHT_BLOCKED', `${blocker.title}. ${blocker.detail}`);
    await context.lease.set(row, password);
    return show(context);
  }),
  check: handlers.failover.automatic.check.handler(async ({ context }) => {
    const { lease, caller } = context;
    const row = standingBy(await lease.row(caller.tenant));
    const asked = await lease.ask(caller.tenant, { action: 'look' }).then(
      (answer) => ({ answer, problem: null }),
      (error: Error) => ({ answer: null, problem: error.message }),
    );
    await lookAtOwner(context, row, true);
    const known = standingBy(await lease.row(caller.tenant));
    const { facts, losses } = await readinessOf(context, known, asked);
    const checks = standbyChecks(facts);
    const { holder = null, paused = null } = asked.answer ?? {};
    const isHeld = holder !== null && paused === null && row.promotion === null;
    return {
      wouldPromote: isHeld && checks.every(({ level }) => level !== 'blocker'),
      checks,
      losses: losses.map(({ source, newestFromMs, newestToMs }) => ({
        source,
        newestFrom: timeOf(newestFromMs),
        newestTo: timeOf(newestToMs),
      })),
    };
  }),
  off: handlers.failover.automatic.off.handler(async ({ context }) => {
    await mustHave(context);
    await context.lease.remove(context.caller.tenant);
    return show(context);
  }),
  pause: handlers.failover.automatic.pause.handler(async ({ input, context }) => {
    await context.lease.ask(context.caller.tenant, { action: 'pause', reason: input.reason });
    return show(context);
  }),
  resume: handlers.failover.automatic.resume.handler(async ({ context }) => {
    await context.lease.ask(context.caller.tenant, { action: 'resume' });
    return show(context);
  }),
  acknowledge: handlers.failover.automatic.acknowledge.handler(async ({ context }) => {
    const { promotion } = await mustHave(context);
    if (promotion === null || promotion.isSeen)
      throw new HoldfastError('AUTOMATIC_INVALID', 'Nothing was promoted that is not acknowledged.');
    await context.lease.change(context.caller.tenant, (row) => row && acknowledged(row));
    return show(context);
  }),
  giveBack: handlers.failover.automatic.giveBack.handler(async ({ context }) => {
    const { standby, promotion } = await mustHave(context);
    if (standby === null || promotion?.isDone !== true)
      throw new HoldfastError('AUTOMATIC_INVALID', 'Only a console that has taken over has something to give back.');
    // From here on it acts no more, whether the witness hears of it or not.
    await context.lease.change(context.caller.tenant, (row) => row && { ...row, promotion: null, aside: null });
    await context.lease.giveBack(context.caller.tenant);
    return show(context);
  }),
};

/** What came to nothing may be tried again. */
function acknowledged(row: AutomaticRow): AutomaticRow {
  const { promotion } = row;
  return { ...row, promotion: promotion?.isDone === true ? { ...promotion, isSeen: true } : null };
}

async function mustHave({ lease, caller }: CallContext): Promise<AutomaticRow> {
  const row = await lease.row(caller.tenant);
  if (row === null) throw new HoldfastError('AUTOMATIC_OFF', 'Automatic failover is off at this console.');
  return row;
}

type Witness = Pick<AutomaticRow, 'url' | 'fingerprint' | 'lease' | 'holder' | 'durationMs'>;

/** AUTOMATIC_INVALID. */
function rowOf({ caller }: CallContext, witness: Witness, standby: AutomaticRow['standby']): AutomaticRow {
  const url = URL.canParse(witness.url) ? new URL(witness.url) : null;
  const isPlain = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url === null || (url.protocol !== 'https:' && !isPlain) || url.pathname !== '/' || url.username !== '')
    throw new HoldfastError(
      'AUTOMATIC_INVALID',
      'The address of the witness is https://host:port (http:// only for this machine itself).',
    );
  const fingerprint = witness.fingerprint?.replaceAll(':', '').toLowerCase() ?? null;
  return {
    ...witness,
    tenant: caller.tenant,
    actor: caller.actor,
    url: url.origin,
    fingerprint,
    standby,
    aside: null,
    promotion: null,
    seen: null,
  };
}

/** PEER_UNKNOWN, CONNECTION_UNKNOWN. */
async function endsOf({ peers, connections, caller }: CallContext, peer: string, replica: string) {
  const { id } = await peers.show(caller, peer);
  const found = (await connections.list(caller)).find((one) => one.id === replica || one.name === replica);
  if (found === undefined)
    throw new HoldfastError('CONNECTION_UNKNOWN', `No connected repository is called ${replica}.`);
  return { peer: id, replica: found.id };
}

async function show(context: CallContext): Promise<{ automatic: AutomaticState | null }> {
  const { lease, caller, peers, connections } = context;
  const row = await lease.row(caller.tenant);
  if (row === null) return { automatic: null };
  const { standby, promotion, url, fingerprint, durationMs, holder } = row;
  const view = lease.view(caller.tenant);
  const power = (await lease.power(caller)) ?? 'nothing';
  const watched = standby && (await peers.list(caller)).find(({ id }) => id === standby.peer);
  const kept = standby && (await connections.list(caller)).find(({ id }) => id === standby.replica);
  return {
    automatic: {
      role: wantsLease(row) ? 'owner' : 'standby',
      witness: { url, fingerprint },
      lease: row.lease,
      holder,
      durationMs,
      power,
      heard: heardWords(view),
      problem: view.problem === null ? null : reportError(view.problem),
      standby: standby && {
        ...standby,
        peer: watched?.name ?? standby.peer,
        replicaName: kept?.name ?? standby.replica,
      },
      standing: standingWords(row, view, power),
      obstacles: view.decision?.act === 'blocked' ? [...view.decision.obstacles] : [],
      promotion: promotion && {
        at: isoTime(promotion.atMs),
        from: promotion.from,
        run: promotion.run,
        done: promotion.isDone,
        problem: promotion.problem,
        acknowledged: promotion.isSeen,
        losses: promotion.losses.map(({ source, newestFrom, newestTo }) => ({ source, newestFrom, newestTo })),
      },
    },
  };
}

function heardWords({ answer, heardMs }: LeaseView): AutomaticState['heard'] {
  if (answer === null || heardMs === null) return null;
  const { holder, token, leftMs, overdueMs, paused } = answer;
  return { agoMs: heardMs, holder, token, leftMs, overdueMs, paused };
}

function standingWords({ aside, standby, promotion }: AutomaticRow, view: LeaseView, power: string): string {
  if (promotion?.isDone === true) return `This console has taken over from ${promotion.from}.`;
  if (standby !== null) return standbyWords(view.decision);
  if (power === 'owner') return 'This console has the lease, and protects its sources.';
  if (aside !== null) return `${aside} has the lease: this console stands aside.`;
  if (power === 'snapshots') return 'Without an answer of the witness only snapshots are taken: nothing expires.';
  return 'This console waits for the lease, and begins nothing.';
}

function standbyWords(decision: StandbyDecision | null): string {
  if (decision === null) return 'The witness has not been asked yet.';
  if (decision.act === 'blocked') return 'The owner is gone, and this console does not take over.';
  if (decision.act !== 'watch') return 'This console is taking over.';
  return {
    promoted: 'This console has taken over.',
    blind: 'The witness does not answer: nobody is promoted.',
    nobody: 'Nobody has the lease: the owner has to have it first.',
    held: 'The owner has the lease.',
    grace: 'The lease has run out; the owner is still waited for.',
    paused: 'The lease has run out, and an operator has paused automatic failover.',
    answers: 'The lease has run out, but the owner answers: this console does not take over.',
  }[decision.because];
}
