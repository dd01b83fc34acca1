/** A restore as of before an incident: from which moment, and what each source has from before it. Pure. */
import type { Incident, RestorePoint, Suspect } from '../../../shared/contract/incidents.ts';
import { formatCount } from '../../../shared/model/units.ts';

export type BeforeMoment = {
  /** Epoch milliseconds. */
  readonly atMs: number;
  readonly why: 'suspect' | 'incident' | 'now';
};

/** When the oldest snapshot was taken that nobody has cleared; else when everything was frozen; else now. */
export function proposedMoment(
  suspects: readonly Pick<Suspect, 'at'>[],
  incident: Pick<Incident, 'since'> | undefined,
  nowMs: number,
): BeforeMoment {
  const taken = suspects.map(({ at }) => Date.parse(at)).filter((ms) => Number.isFinite(ms));
  if (taken.length > 0) return { atMs: Math.min(...taken), why: 'suspect' };
  const sinceMs = Date.parse(incident?.since ?? '');
  return Number.isFinite(sinceMs) ? { atMs: sinceMs, why: 'incident' } : { atMs: nowMs, why: 'now' };
}

const whyWords: Readonly<Record<BeforeMoment['why'], string>> = {
  suspect: 'When the oldest snapshot was taken that is suspect.',
  incident: 'When everything was frozen. What caused it may have begun earlier.',
  now: 'Now: nothing is suspect and nothing is frozen. Choose when it began.',
};

export function sayWhy(why: BeforeMoment['why']): string {
  return whyWords[why];
}

/** As a field for a local date and time holds it, `2026-11-25T14:00:07`: the second in which the moment lies. */
export function fieldOf(ms: number): string {
  const local = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19);
}

/** Null where it is no moment. */
export function momentOf(field: string): number | null {
  const ms = Date.parse(field);
  return Number.isFinite(ms) ? ms : null;
}

/** Sources of one name on two machines are two. */
export function pointKey({ source, hostname }: Pick<RestorePoint, 'source' | 'hostname'>): string {
  return `${source}@${hostname}`;
}

/** `2 newer ones passed over, suspect or not complete; 3 taken since are left out`. */
export function pointWords({ snapshot, passedOver, since }: RestorePoint): string {
  const after =
    since === 0 ? 'none taken since' : `${formatCount(since)} taken since ${since === 1 ? 'is' : 'are'} left out`;
  if (snapshot === null) {
    const before =
      passedOver === 0 ? 'none was taken before' : `${formatCount(passedOver)} from before, suspect or not complete`;
    return `${before}; ${since === 0 ? after : `${formatCount(since)} taken since`}`;
  }
  if (passedOver === 0) return after;
  return `${formatCount(passedOver)} newer ${passedOver === 1 ? 'one' : 'ones'} passed over, suspect or not complete; ${after}`;
}

/** `names` is null where all sources are meant. */
export function pointsCommand(atMs: number, names: readonly string[] | null): readonly string[] {
  return ['holdfast', 'incident', 'restore-points', ...(names ?? []), '--before', new Date(atMs).toISOString()];
}
