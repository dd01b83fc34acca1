/** Which snapshots of a source would expire that are kept now, and why; before anything is saved. */
import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../../shared/model/units.ts';
import { DataTable, type Column } from './data-table.tsx';
import { differenceOf, type ComparedSnapshot, type Difference } from './difference-model.ts';
import styles from './difference-view.module.css';
import { Notice } from './error-notice.tsx';
import { Bytes } from './numbers.tsx';
import { DayTime } from './relative-time.tsx';
import { visibleText } from './visible-text.ts';

type DifferenceViewProps = {
  readonly source: string;
  readonly snapshots: readonly ComparedSnapshot[];
  /** What a period is called. */
  readonly periodName: (id: string) => string;
  /** Rows under each other, without the words of why, where there is little room. */
  readonly narrow?: boolean;
};

export function DifferenceView({ source, snapshots, periodName, narrow = false }: DifferenceViewProps) {
  const difference = differenceOf(snapshots);
  const { lost } = difference;
  const [wanted, setWanted] = useState<'lost' | 'all'>('lost');
  const which = lost.length === 0 ? 'all' : wanted;
  if (snapshots.length === 0) {
    return (
      <span className={styles['dim']}>No snapshots of {visibleText(source)} are known yet: nothing can expire.</span>
    );
  }
  return (
    <div className={styles['difference']}>
      <Summary source={source} difference={difference} all={snapshots.length} />
      {lost.length === 0 ? null : (
        <SegmentedControl
          className={styles['which'] ?? ''}
          aria-label="Which snapshots are listed"
          data={[
            { value: 'lost', label: `Would expire ${formatCount(lost.length)}` },
            { value: 'all', label: `All ${formatCount(snapshots.length)}` },
          ]}
          value={which}
          onChange={(value) => setWanted(value === 'all' ? 'all' : 'lost')}
        />
      )}
      <DataTable
        label={which === 'lost' ? 'Snapshots that would expire' : 'Snapshots, now and then'}
        columns={columnsOf(periodName, narrow)}
        rows={which === 'lost' ? lost : snapshots}
        keyOf={({ snapshot }) => snapshot}
        maxHeight={narrow ? 200 : 320}
      />
    </div>
  );
}

type SummaryProps = { readonly source: string; readonly difference: Difference; readonly all: number };

function Summary({ source, difference: { lost, sooner, later, rescued, gone }, all }: SummaryProps) {
  const parts = [
    ...(sooner.length === 0 ? [] : [`${formatCount(sooner.length)} would end sooner`]),
    ...(later.length === 0 ? [] : [`${formatCount(later.length)} would stay longer`]),
    ...(rescued.length === 0 ? [] : [`${formatCount(rescued.length)} would stay that would expire as things are`]),
    ...(gone === 0 ? [] : [`${formatCount(gone)} would expire either way`]),
  ];
  const of = `the ${formatCount(all)} snapshots of ${visibleText(source)}`;
  const rest = parts.length === 0 ? '' : ` ${parts.join(', ')}.`;
  if (lost.length === 0) {
    return (
      <Notice tone="good">
        None of {of} would expire that is kept now.{rest}
      </Notice>
    );
  }
  return (
    <Notice tone="part" title={`${formatCount(lost.length)} of ${of} would expire that are kept now.`}>
      {rest}
    </Notice>
  );
}

function columnsOf(periodName: (id: string) => string, narrow: boolean): readonly Column<ComparedSnapshot>[] {
  const columns: Column<ComparedSnapshot>[] = [
    {
      id: 'taken',
      header: 'Taken',
      width: '150px',
      sortBy: ({ takenAt }) => takenAt,
      cell: ({ takenAt }) => <DayTime at={takenAt} />,
    },
    {
      id: 'size',
      header: 'Size',
      width: '76px',
      align: 'end',
      sortBy: ({ bytes }) => bytes,
      cell: ({ bytes }) => <Bytes value={bytes} />,
    },
    { id: 'before', header: 'Now kept until', width: '150px', cell: ({ before }) => <Life life={before} /> },
    { id: 'after', header: 'Then', width: '150px', cell: ({ after }) => <Life life={after} /> },
  ];
  if (narrow) return columns;
  return [
    ...columns,
    {
      id: 'periods',
      header: 'For',
      width: 'minmax(80px, 0.5fr)',
      cell: ({ periods }) => <Text text={periods.map(periodName).join(', ') || '–'} />,
    },
    {
      id: 'why',
      header: 'Why then',
      width: 'minmax(160px, 1fr)',
      cell: ({ reasons }) => <Text text={reasons.join('; ')} />,
    },
  ];
}

function Text({ text }: { readonly text: string }) {
  const shown = visibleText(text);
  return (
    <span className={styles['text']} title={shown}>
      {shown}
    </span>
  );
}

function Life({ life }: { readonly life: ComparedSnapshot['before'] }) {
  if (life === null) return '–';
  if (!life.keep) return <b className={styles['goes']}>expires</b>;
  return life.until === null ? 'stays' : <DayTime at={life.until} />;
}
