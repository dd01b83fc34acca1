/** A system snapshot as the contract shows it. */
import type { SystemMember, SystemSnapshot } from '../../../shared/contract/systems.ts';
import { partsOf, skewOf, systemStateOf, type MemberState } from '../../../shared/model/system-snapshots.ts';
import type { SystemMemberRow, SystemRow } from '../catalog/system-snapshots.ts';

/** `isWorking`: whether the job that takes it is under way in this engine. */
export function presentSystem(row: SystemRow, isWorking: boolean): SystemSnapshot {
  const members = [...row.members.map((member) => settled(member, isWorking)), ...missingParts(row)];
  const times = members.map(({ startedAtMs, endedAtMs, state }) => ({ startedAtMs, endedAtMs, state }));
  const isWhole = row.endedAtMs !== null || !isWorking;
  const state = systemStateOf(members);
  const begun = members.map(({ startedAtMs }) => startedAtMs).filter((ms) => ms !== null);
  return {
    id: row.system,
    description: row.description,
    state,
    takenAt: isoTime(begun.length === 0 ? row.begunAtMs : Math.min(...begun)),
    endedAt: row.endedAtMs === null ? null : isoTime(row.endedAtMs),
    skewMs: isWhole ? skewOf(times) : null,
    by: row.author,
    job: row.job,
    members: members.map(presentMember),
  };
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
  const nothing = { snapshot: null, repository: null, startedAtMs: null, endedAtMs: null, consistency: null };
  return Array.from({ length: Math.min(2_000, Math.max(0, missing)) }, () => ({
    ...nothing,
    source: '',
    state: 'missing' as const,
    consistencyProblem: null,
    errorMessage: null,
  }));
}

function presentMember(row: SystemMemberRow): SystemMember {
  const { source, state, snapshot, repository, startedAtMs, endedAtMs, consistency } = row;
  return {
    source,
    state,
    snapshot,
    repository,
    takenAt: startedAtMs === null ? null : isoTime(startedAtMs),
    endedAt: endedAtMs === null ? null : isoTime(endedAtMs),
    consistency,
    problem: row.errorMessage ?? row.consistencyProblem,
  };
}

/** A forged time may lie beyond all calendars. */
export function isoTime(ms: number): string {
  return new Date(Math.max(-8.64e15, Math.min(8.64e15, ms))).toISOString();
}
