/** How runs went over weeks and months: four charts with the numbers of the day that is pointed at, or a table. */
import { SegmentedControl } from '@mantine/core';
import { useCallback, useId, useMemo, useState } from 'react';
import type { TrendDay } from '../../shared/contract/schedule.ts';
import { formatCount, formatDuration } from '../../shared/model/units.ts';
import { DataTable, type Column } from './data-table.tsx';
import { dayWords } from './format-time.ts';
import { EmptyState } from './empty-state.tsx';
import { Bytes, Count, Rate } from './numbers.tsx';
import { Panel } from './page.tsx';
import { preferences } from './preferences.ts';
import { TrendChart } from './trend-chart.tsx';
import {
  everyDay,
  sayDay,
  sayValue,
  secondsOf,
  trendMeasures,
  trendSpans,
  troubleOf,
  valueOf,
  type TrendSpan,
} from './trends-model.ts';
import styles from './trends.module.css';

type TrendsViewProps = {
  readonly title: string;
  /** Null while they are asked for, or where something is in the way, which `children` says. */
  readonly trends: { readonly first: string; readonly days: readonly TrendDay[]; readonly span: number } | null;
  readonly span: TrendSpan;
  readonly onSpan: (span: TrendSpan) => void;
  /** The screen has nothing else to show. */
  readonly tall?: boolean;
  /** What runs came to over all of that time, as a third form. */
  readonly figures?: React.ReactNode;
  readonly children?: React.ReactNode;
};

export function TrendsView({ title, trends, span, onSpan, tall = false, figures, children }: TrendsViewProps) {
  const [form, setForm] = useState<'charts' | 'table' | 'figures'>('charts');
  return (
    <Panel
      title={title}
      aside={
        <div className={styles['controls']}>
          <SegmentedControl
            size="xs"
            aria-label="Time"
            value={String(span)}
            data={trendSpans.map((days) => ({ value: String(days), label: `${days} days` }))}
            onChange={(value) => onSpan(Number(value) as TrendSpan)}
          />
          <SegmentedControl
            size="xs"
            aria-label="Form"
            value={form}
            data={[
              { value: 'charts', label: 'Charts' },
              { value: 'table', label: 'Table' },
              ...(figures === undefined ? [] : [{ value: 'figures' as const, label: 'Figures' }]),
            ]}
            onChange={setForm}
          />
        </div>
      }
    >
      {children}
      {trends === null ? null : trends.days.length === 0 ? (
        <NoRuns span={trends.span} />
      ) : form === 'figures' ? (
        figures
      ) : form === 'table' ? (
        <Table days={trends.days} maxHeight={tall ? 640 : 330} />
      ) : (
        <Charts {...trends} tall={tall} />
      )}
    </Panel>
  );
}

function NoRuns({ span }: { readonly span: number }) {
  return (
    <EmptyState title={`No run in the last ${span} days`}>
      Each run that ends is drawn here: how long it took, what it added, and what went wrong.
    </EmptyState>
  );
}

type ChartsProps = NonNullable<TrendsViewProps['trends']> & { readonly tall: boolean };

function Charts({ first, days, span, tall }: ChartsProps) {
  const group = useId();
  const [pointed, setPointed] = useState<number | null>(null);
  const all = useMemo(() => everyDay(first, span, days), [first, span, days]);
  const onPoint = useCallback((index: number | null) => setPointed(index), []);
  return (
    <>
      <div className={styles['charts']} data-tall={tall || undefined}>
        {trendMeasures.map((measure) => (
          <TrendChart
            key={measure}
            measure={measure}
            days={all}
            onPoint={onPoint}
            group={group}
            height={tall ? 200 : 132}
          />
        ))}
      </div>
      <Pointed day={pointed === null ? undefined : all[pointed]} />
    </>
  );
}

function Pointed({ day }: { readonly day: TrendDay | undefined }) {
  const units = preferences((chosen) => chosen.bytes);
  if (day === undefined) {
    return (
      <p className={`${styles['pointed'] ?? ''} ${styles['dim'] ?? ''}`}>
        Point at a day for its exact numbers. Above the bars: ✕ a run failed, ∅ one was missed, ! one was partial.
      </p>
    );
  }
  return (
    <p className={styles['pointed']}>
      <b>{dayWords(secondsOf(day.date) * 1000)}</b>: {sayDay(day, units)}
    </p>
  );
}

const columns: readonly Column<TrendDay>[] = [
  {
    id: 'date',
    header: 'Day',
    width: '152px',
    sortBy: ({ date }) => date,
    cell: ({ date }) => dayWords(secondsOf(date) * 1000),
  },
  {
    id: 'runs',
    header: 'Runs',
    width: '64px',
    align: 'end',
    sortBy: ({ runs }) => runs,
    cell: ({ runs }) => <Count value={runs} />,
  },
  {
    id: 'trouble',
    header: 'Went wrong',
    width: 'minmax(110px, 1fr)',
    sortBy: ({ failed, missed, partial }) => failed + missed + partial,
    cell: (day) => {
      const trouble = troubleOf(day);
      return trouble === null ? (
        <span className={styles['dim']}>–</span>
      ) : (
        <span className={styles['trouble']}>{trouble}</span>
      );
    },
  },
  {
    id: 'median',
    header: 'Median',
    width: '92px',
    align: 'end',
    sortBy: (day) => valueOf(day, 'duration'),
    cell: ({ taken }) => (taken === null ? '–' : formatDuration(taken.durationMs.median)),
  },
  {
    id: 'longest',
    header: 'Longest',
    width: '92px',
    align: 'end',
    sortBy: ({ taken }) => taken?.durationMs.max ?? null,
    cell: ({ taken }) => (taken === null ? '–' : formatDuration(taken.durationMs.max)),
  },
  {
    id: 'added',
    header: 'New data',
    width: '92px',
    align: 'end',
    sortBy: (day) => valueOf(day, 'added'),
    cell: (day) => <Bytes value={valueOf(day, 'added')} />,
  },
  {
    id: 'changed',
    header: 'Files changed',
    width: '104px',
    align: 'end',
    sortBy: (day) => valueOf(day, 'changed'),
    cell: (day) => <Changed day={day} />,
  },
  {
    id: 'rate',
    header: 'New data per second',
    width: '140px',
    align: 'end',
    sortBy: (day) => valueOf(day, 'rate'),
    cell: (day) => <Rate value={valueOf(day, 'rate')} />,
  },
];

function Changed({ day }: { readonly day: TrendDay }) {
  const { taken } = day;
  const words = sayValue(valueOf(day, 'changed'), 'changed', 'iec');
  if (taken === null) return words;
  return <span title={`${formatCount(taken.filesChanged)} of ${formatCount(taken.filesSeen)} files`}>{words}</span>;
}

type TableProps = { readonly days: readonly TrendDay[]; readonly maxHeight: number };

function Table({ days, maxHeight }: TableProps) {
  const newestFirst = useMemo(() => days.toReversed(), [days]);
  return (
    <DataTable
      label="Runs by day"
      columns={columns}
      rows={newestFirst}
      keyOf={({ date }) => date}
      maxHeight={maxHeight}
    />
  );
}
