/** What can be said of a day of a source, and of many of them in a sentence. */

export const dayStates = {
  complete: 'complete',
  exceptions: 'with exceptions',
  partial: 'partial',
  missed: 'missed',
  failed: 'failed',
  running: 'running',
  none: 'none due',
} as const;

export type DayState = keyof typeof dayStates;

export type Day = {
  /** As it is shown and said: an ISO date, or `Thu 19 Nov`. Unique in its strip. */
  readonly date: string;
  readonly state: DayState;
  /** More than the state says, as `23 complete, 1 partial`. */
  readonly words?: string;
};

/** For those who hear the strip: counts of each state, and the days that were not well. */
export function sayDays(days: readonly Day[]): string {
  const parts = (Object.keys(dayStates) as DayState[]).flatMap((state) => {
    const those = days.filter((day) => day.state === state);
    if (those.length === 0) return [];
    const well = state === 'complete' || state === 'none' || state === 'exceptions';
    const dates = well
      ? ''
      : ` (${those
          .slice(-5)
          .map((day) => day.date)
          .join(', ')}${those.length > 5 ? ' and before' : ''})`;
    return [`${those.length} ${dayStates[state]}${dates}`];
  });
  return `${days.length} days: ${parts.join(', ')}`;
}

/** The worst state of a day with these counts; `running` and `missed` are for the caller to know. */
export function worstOf(counts: {
  readonly complete: number;
  readonly completeWithExceptions: number;
  readonly partial: number;
  readonly failed: number;
}): DayState {
  if (counts.failed > 0) return 'failed';
  if (counts.partial > 0) return 'partial';
  if (counts.completeWithExceptions > 0) return 'exceptions';
  return counts.complete > 0 ? 'complete' : 'none';
}
