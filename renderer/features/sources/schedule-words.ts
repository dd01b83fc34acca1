/** What the console says of when a source runs, and the command lines that pause it or give it a profile. */
import type { SourceState } from '../../../shared/contract/live.ts';
import { inAnHour, tomorrowMorning } from '../../../shared/model/pause-ends.ts';

export const pauseEnds = ['hour', 'tomorrow', 'never'] as const;
export type PauseEnd = (typeof pauseEnds)[number];

/** ISO-8601 UTC; null: until somebody ends it. `tomorrow` is 08:00 of the next day where the page is. */
export function pauseUntil(end: PauseEnd, nowMs: number): string | null {
  if (end === 'never') return null;
  return new Date(end === 'hour' ? inAnHour(nowMs) : tomorrowMorning(nowMs)).toISOString();
}

/** A pause until tomorrow is said in minutes, rounded up, since the command line takes a length. */
export function pauseCommand(source: string, end: PauseEnd, reason: string, nowMs: number): readonly string[] {
  const until = pauseUntil(end, nowMs);
  const minutes = until === null ? null : Math.ceil((Date.parse(until) - nowMs) / 60_000);
  const length = minutes === null ? [] : ['--for', minutes === 60 ? '1h' : `${minutes}m`];
  return ['holdfast', 'pause', source, ...length, ...(reason === '' ? [] : ['--reason', reason])];
}

/** With null, what its tags or everything says counts again. */
export function assignCommand(source: string, profile: string | null): readonly string[] {
  if (profile === null) return ['holdfast', 'profile', 'unassign', '--source', source];
  return ['holdfast', 'profile', 'assign', profile, '--source', source];
}

/** Where its profile comes from. */
export function fromWords({ from }: NonNullable<SourceState['profile']>): string {
  if (from === 'source') return 'given to it';
  return from === 'tag' ? 'from one of its tags' : 'from what was given to all';
}
