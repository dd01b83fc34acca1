/** How the runs of a source went over weeks and months. */
import { useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { problemIn } from '../../client/ask.ts';
import { useTrends } from '../../client/trends.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { TrendsView } from '../../components/trends-view.tsx';
import type { TrendSpan } from '../../components/trends-model.ts';
import { RunFigures } from './run-figures.tsx';
import { useToday } from '../../components/use-today.ts';

/** Of what is registered here: of other snapshots no runs are known. */
export function TrendsPanel({ source: { name, registered, lastRun } }: { readonly source: SourceState }) {
  const [span, setSpan] = useState<TrendSpan>(90);
  const print = `${useToday()} ${lastRun?.job ?? ''}`;
  const answer = useTrends(name, span, print);
  const problem = problemIn(answer);
  if (registered === null) return null;
  return (
    <TrendsView
      title="Trends"
      trends={answer.data ?? null}
      span={span}
      onSpan={setSpan}
      figures={<RunFigures source={name} days={span} print={print} />}
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={6} /> : null}
    </TrendsView>
  );
}
