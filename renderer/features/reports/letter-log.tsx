/** Letters that wait and those that are over, newest first. */
import { Button } from '@mantine/core';
import { useEffect } from 'react';
import type { ReportLetter } from '../../../shared/contract/reports.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Tone } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import { subscriptionAnswers } from './one-subscription.tsx';
import styles from './reports.module.css';

const lookAgainMs = 10_000;
const shownLetters = 200;

export function LetterLog({ name }: { readonly name: string | undefined }) {
  const input = { limit: shownLetters, ...(name === undefined ? {} : { name }) };
  const answer = useAnswer(['subscriptions.log', name ?? ''], (client, signal) =>
    client.subscriptions.log(input, { signal }),
  );
  const flush = useOrder((client, drop: boolean) => client.subscriptions.flush({ drop }), subscriptionAnswers);
  const { refetch } = answer;
  useEffect(() => {
    const timer = setInterval(() => void refetch(), lookAgainMs);
    return () => clearInterval(timer);
  }, [refetch]);
  const letters = answer.data?.letters ?? [];
  const waits = letters.some(({ state }) => state === 'queued');
  const problem = problemIn(answer) ?? problemIn(flush);
  return (
    <Panel
      title={name === undefined ? 'Sent, and waiting' : `Sent, and waiting: ${visibleText(name)}`}
      flush
      aside={
        waits ? (
          <May call="subscriptions.flush">
            <span className={styles['actions']}>
              <Button loading={flush.isPending} onClick={() => flush.mutate(false)}>
                Try now
              </Button>
              <Button onClick={() => flush.mutate(true)}>Do not send</Button>
            </span>
          </May>
        ) : undefined
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <DataTable
        label="Letters"
        columns={columns}
        rows={letters}
        keyOf={({ id }) => id}
        loading={answer.isPending}
        failed={answer.isError}
        maxHeight={360}
        empty={
          <EmptyState title="Nothing was sent yet">What is sent, and what did not arrive, is listed here.</EmptyState>
        }
      />
    </Panel>
  );
}

const said: Readonly<Record<ReportLetter['state'], { readonly tone: Tone; readonly words: string }>> = {
  queued: { tone: 'run', words: 'waiting' },
  sent: { tone: 'good', words: 'arrived' },
  failed: { tone: 'fail', words: 'given up' },
  dropped: { tone: 'none', words: 'not sent' },
};

const columns: readonly Column<ReportLetter>[] = [
  { id: 'at', header: 'When', width: '150px', cell: ({ at }) => <DayTime at={at} /> },
  { id: 'to', header: 'To', width: 'minmax(120px, 1fr)', cell: ({ to }) => visibleText(to) },
  {
    id: 'subscriptions',
    header: 'Subscriptions',
    width: 'minmax(120px, 1fr)',
    cell: ({ subscriptions, kind, late }) =>
      `${subscriptions.map(visibleText).join(', ')}${kind === 'test' ? ', a test' : ''}${late ? ', late' : ''}`,
  },
  {
    id: 'state',
    header: 'State',
    width: '120px',
    cell: ({ state }) => <StatusBadge tone={said[state].tone}>{said[state].words}</StatusBadge>,
  },
  { id: 'attempts', header: 'Tries', width: '60px', minTable: 860, align: 'end', cell: ({ attempts }) => attempts },
  {
    id: 'bytes',
    header: 'Files',
    width: '84px',
    minTable: 860,
    align: 'end',
    cell: ({ bytes }) => (bytes === null ? '–' : <Bytes value={bytes} />),
  },
  {
    id: 'problem',
    header: 'Why',
    width: 'minmax(120px, 1.6fr)',
    cell: ({ problem }) => (problem === null ? '' : <span title={visibleText(problem)}>{visibleText(problem)}</span>),
  },
];
