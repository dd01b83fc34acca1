/** What the tray says of the schedule: the pause of everything, what is due and waits, what runs next. Pure. */
import type { SourceState } from '../../shared/contract/live.ts';
import { comingRuns, pauseOfAll, waitingGroups } from '../../shared/model/waiting.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export type TrayPause = {
  /** Null: until somebody ends it. */
  readonly untilMs: number | null;
};

/** Of everything, and not of one source; null: there is none. */
export function trayPause(sources: readonly SourceState[], nowMs: number): TrayPause | null {
  const pause = pauseOfAll(sources, nowMs);
  return pause === null ? null : { untilMs: pause.until === null ? null : Date.parse(pause.until) };
}

/** `Paused until 14:00.` */
export function pauseWords({ untilMs }: TrayPause, nowMs: number): string {
  return untilMs === null ? 'Paused until somebody ends it.' : `Paused until ${timeWords(untilMs, nowMs)}.`;
}

/** A line for each thing that is waited for: `payroll-db waits for mains power`. */
export function waitingLines(sources: readonly SourceState[], allPaused: boolean): readonly string[] {
  const paused = allPaused ? [] : sources.filter(({ pause }) => pause !== null);
  return [
    ...waitingGroups(sources).map(
      ({ what, sources: own }) => `${countWords(own)} ${own.length === 1 ? 'waits' : 'wait'} for ${what}`,
    ),
    ...(paused.length === 0 ? [] : [`${countWords(paused)} ${paused.length === 1 ? 'is' : 'are'} paused`]),
  ];
}

/** `payroll-db at 14:00, and 2 others within the hour`; null: nothing is planned. */
export function nextWords(sources: readonly SourceState[], nowMs: number): string | null {
  const coming = comingRuns(sources, nowMs);
  const [first] = coming;
  if (first === undefined) return null;
  const others = coming.filter(({ atMs }) => atMs <= first.atMs + hourMs).length - 1;
  const more = others === 0 ? '' : `, and ${others} ${others === 1 ? 'other' : 'others'} within the hour`;
  return `${first.source.name} ${momentWords(first.atMs, nowMs)}${more}`;
}

/** `14:00`, `tomorrow 08:00`, `Monday 08:00`, `2 March 08:00`: as clocks and calendars of this computer have it. */
export function timeWords(atMs: number, nowMs: number): string {
  const at = new Date(atMs);
  const clock = `${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
  const days = Math.round((startOfDay(atMs) - startOfDay(nowMs)) / dayMs);
  if (days === 0) return clock;
  if (days === 1) return `tomorrow ${clock}`;
  if (days > 1 && days < 7) return `${weekdays[at.getDay()] ?? ''} ${clock}`;
  return `${at.getDate()} ${at.toLocaleString('en-GB', { month: 'long' })} ${clock}`;
}

function momentWords(atMs: number, nowMs: number): string {
  const words = timeWords(atMs, nowMs);
  return /^\d\d:/.test(words) ? `at ${words}` : words.startsWith('tomorrow') ? words : `on ${words}`;
}

function countWords(sources: readonly SourceState[]): string {
  const [first] = sources;
  return sources.length === 1 && first !== undefined ? first.name : `${sources.length} sources`;
}

function startOfDay(ms: number): number {
  const day = new Date(ms);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}
