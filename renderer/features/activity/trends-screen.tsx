/** How all runs of protection went over weeks and months. */
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { problemIn } from '../../client/ask.ts';
import { useSources } from '../../client/live-store.ts';
import { useTrends } from '../../client/trends.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import type { TrendSpan } from '../../components/trends-model.ts';
import { TrendsView } from '../../components/trends-view.tsx';
import { useToday } from '../../components/use-today.ts';

export function TrendsScreen() {
  const [span, setSpan] = useState<TrendSpan>(90);
  const ended = useSources()
    .map(({ lastRun }) => lastRun?.endedAt ?? '')
    .reduce((a, b) => (a > b ? a : b), '');
  const answer = useTrends(null, span, `${useToday()} ${ended}`);
  const problem = problemIn(answer);
  return (
    <Page
      title="Trends"
      sub="Runs of protection of all sources, by day."
      actions={<Link to="/activity">Activity</Link>}
    >
      <TrendsView title="All sources" trends={answer.data ?? null} span={span} onSpan={setSpan} tall>
        {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
        {answer.isPending ? <Skeleton lines={6} /> : null}
      </TrendsView>
    </Page>
  );
}
