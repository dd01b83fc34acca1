/** What the profile that is being written would do, asked of the engine as it changes. */
import { useDebouncedValue } from '@mantine/hooks';
import { useCallback } from 'react';
import type { ProfilePreview } from '../../../shared/contract/profiles.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { useAnswer, type Answer } from '../../client/ask.ts';
import { useTicking } from '../../components/ticker.ts';
import { stretchOf, weeksOf, type Weeks } from './calendar-model.ts';

const settleMs = 250;
const minuteMs = 60_000;

export type PreviewQuestion = {
  /** Null: what is written cannot be asked about. */
  readonly definition: ProfileDefinition | null;
  /** Of the saved profile that it would replace. */
  readonly id: string | undefined;
  /** Whose snapshots are compared; null: none. */
  readonly source: string | null;
  readonly zone: string;
  /** Of the calendar; 0 begins with this week. */
  readonly page: number;
};

export type Previewed = {
  readonly answer: Answer<ProfilePreview>;
  readonly weeks: Weeks;
  readonly nowMs: number;
  /** The answer is of an earlier state of the question. */
  readonly isOld: boolean;
};

export function usePreview({ definition, id, source, zone, page }: PreviewQuestion): Previewed {
  // A minute at which something runs is still to come while it lasts.
  const nowMs = useTicking(useCallback((ms: number) => Math.floor(ms / minuteMs) * minuteMs, []));
  const weeks = weeksOf(nowMs, zone, page);
  const { fromMs, days } = stretchOf(weeks, nowMs);
  const text = definition === null ? null : JSON.stringify(definition);
  const [settled] = useDebouncedValue(text, settleMs);
  const answer = useAnswer(
    ['profiles.preview', settled, id ?? null, source, fromMs, days],
    (client, signal) =>
      client.profiles.preview(
        {
          profile: JSON.parse(settled ?? '') as ProfileDefinition,
          id,
          ...(source === null ? {} : { source }),
          from: new Date(fromMs).toISOString(),
          days,
        },
        { signal },
      ),
    { enabled: settled !== null, keepPrevious: true },
  );
  return { answer, weeks, nowMs, isOld: answer.isPlaceholderData || settled !== text };
}
