/** What a console that stands by makes of what its witness says. */
import { standbyChecks } from '../../../../shared/model/automatic-failover.ts';
import { standbyDecision, type LeaseAnswer, type StandbyDecision } from '../../../../shared/model/lease.ts';
import type { AutomaticRow } from '../../sites/failover/automatic-file.ts';
import type { CallContext } from '../context.ts';
import { ownerState, readinessOf, seenIn } from './readiness.ts';
import { standingBy } from './takeover.ts';

export async function decideToStandBy(
  context: CallContext,
  row: AutomaticRow,
  answer: LeaseAnswer | null,
): Promise<StandbyDecision> {
  const standing = standingBy(row);
  const { graceMs } = standing.standby;
  const isLate =
    answer !== null &&
    (answer.holder === row.holder || (answer.leftMs === 0 && answer.holder !== null && answer.overdueMs >= graceMs));
  // What was heard a minute ago is not good enough to take over by.
  const owner = await lookAtOwner(context, standing, isLate);
  const facts = { me: row.holder, answer, graceMs, owner, hasPromoted: row.promotion?.isDone === true } as const;
  const decision = standbyDecision({ ...facts, obstacles: null });
  if (decision.act !== 'look') return decision;
  const readiness = await readinessOf(context, standing, { answer, problem: null });
  const obstacles = standbyChecks(readiness.facts)
    .filter(({ level }) => level === 'blocker')
    .map(({ title, detail }) => `${title}. ${detail}`);
  return standbyDecision({ ...facts, obstacles });
}

/** What it says is noted: once it is gone, nobody can ask what it had. */
export async function lookAtOwner(
  { peers, caller, lease }: CallContext,
  { standby, seen }: ReturnType<typeof standingBy>,
  now: boolean,
): Promise<'answers' | 'silent' | 'unknown'> {
  const peer = now
    ? await peers.show(caller, standby.peer).catch(() => null)
    : ((await peers.list(caller)).find(({ id }) => id === standby.peer) ?? null);
  if (peer === null) return 'unknown';
  const news = peer.state === 'answering' ? seenIn(peer, seen) : null;
  if (news !== null)
    await lease.change(caller.tenant, (row) => (row === null || row.standby === null ? row : { ...row, seen: news }));
  return ownerState(peer);
}
