/** A system snapshot as the contract shows it. */
import type { SystemMember, SystemSnapshot } from '../../../shared/contract/systems.ts';
import { decodeMoment, weakestMoment } from '../../../shared/model/together.ts';
import { partsOf, skewOf, systemStateOf, type MemberState } from '../../../shared/model/system-snapshots.ts';
import type { SystemMemberRow, SystemRow } from '../catalog/system-snapshots.ts';

/** `isWorking`: whether the job that takes it is under way in this engine. */
export function presentSystem(row: SystemRow, isWorking: boolean): SystemSnapshot {
  const members = [...row.members.map((member) => settled(member, isWorking)), ...missingParts(row)];
  const times = members.map(timesOf);
  const isWhole = row.endedAtMs !== null || !isWorking;
  const state = systemStateOf(members);
  const begun = times.map(({ startedAtMs }) => startedAtMs).filter((ms) => ms !== null);
  const taken = members
    .filter(({ snapshot }) => snapshot !== null)
    .map(({ moment }) => decodeMoment(moment ?? undefined));
  const weakest = isWhole ? weakestMoment(taken) : null;
  const common = taken.find((one) => (one?.commonAtMs ?? null) !== null)?.commonAtMs ?? null;
  return {
    id: row.system,
    description: row.description,
    state,
    takenAt: isoTime(begun.length === 0 ? row.begunAtMs : Math.min(...begun)),
    endedAt: row.endedAtMs === null ? null : isoTime(row.endedAtMs),
    skewMs: isWhole ? skewOf(times) : null,
    commonAt: timeOf(common),
    moment: weakest?.moment ?? null,
    withinMs: weakest?.withinMs ?? null,
    holdMs: row.holdLimitMs,
    by: row.author,
    job: row.job,
    members: members.map(presentMember),
  };
}

/** Its point, where that is known; else from the beginning of its run to the end of it. */
function timesOf(row: SystemMemberRow): Pick<SystemMemberRow, 'startedAtMs' | 'endedAtMs' | 'state'> {
  const { takenFromMs, takenToMs, startedAtMs, endedAtMs, state } = row;
  return takenFromMs === null || takenToMs === null
    ? { startedAtMs, endedAtMs, state }
    : { startedAtMs: takenFromMs, endedAtMs: takenToMs, state };
}

/** What an engine has left without an end is not under way any more. */
function settled(member: SystemMemberRow, isWorking: boolean): SystemMemberRow {
  if (isWorking || (member.state !== 'waiting' && member.state !== 'running')) return member;
  const state: MemberState = member.state === 'waiting' ? 'missing' : 'interrupted';
  return { ...member, state };
}

/** Of one that is known by its snapshots alone: its id says how many there were to be. */
function missingParts({ system, job, members }: SystemRow): SystemMemberRow[] {
  const missing = job === null ? (partsOf(system) ?? members.length) - members.length : 0;
  const nothing = {
    snapshot: null,
    repository: null,
    startedAtMs: null,
    endedAtMs: null,
    consistency: null,
    heldFromMs: null,
    heldToMs: null,
    takenFromMs: null,
    takenToMs: null,
    moment: null,
    hookProblem: null,
  };
  return Array.from({ length: Math.min(2_000, Math.max(0, missing)) }, () => ({
    ...nothing,
    source: '',
    state: 'missing' as const,
    consistencyProblem: null,
    errorMessage: null,
  }));
}

function presentMember(row: SystemMemberRow): SystemMember {
  const { source, state, snapshot, repository, endedAtMs, consistency } = row;
  const moment = snapshot === null ? null : decodeMoment(row.moment ?? undefined);
  return {
    source,
    state,
    snapshot,
    repository,
    takenAt: timeOf(timesOf(row).startedAtMs),
    endedAt: timeOf(endedAtMs),
    consistency,
    problem: row.errorMessage ?? row.consistencyProblem ?? row.hookProblem,
    heldFrom: timeOf(row.heldFromMs),
    heldTo: timeOf(row.heldToMs),
    pointFrom: timeOf(row.takenFromMs),
    pointTo: timeOf(row.takenToMs),
    moment: moment?.moment ?? null,
    withinMs: moment?.withinMs ?? null,
    apartBecause: moment?.reason ?? null,
  };
}

function timeOf(ms: number | null): string | null {
  return ms === null ? null : isoTime(ms);
}

/** A forged time may lie beyond all calendars. */
export function isoTime(ms: number): string {
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString();
}
