/** All evidence: what was restored, drilled, moved and repaired, each with its signed record. */
import { Button, Select, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { EvidenceEntry } from '../../../../shared/contract/evidence.ts';
import { evidenceKinds, type EvidenceKind } from '../../../../shared/model/evidence.ts';
import { usePages } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { Actor } from '../../../components/actor.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import styles from '../recovery.module.css';
import { kindWords, sayResult } from './evidence-words.ts';
import { VerdictPanel } from './verdict-panel.tsx';

const columns: readonly Column<EvidenceEntry>[] = [
  { id: 'title', header: 'What', width: 'minmax(180px, 1fr)', cell: ({ title }) => <PathText path={title} /> },
  { id: 'kind', header: 'Kind', width: '90px', cell: ({ kind }) => kindWords[kind] },
  {
    id: 'result',
    header: 'Result',
    width: '130px',
    cell: ({ result }) => {
      const { tone, words } = sayResult(result);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  {
    id: 'by',
    header: 'By',
    width: '120px',
    minTable: 660,
    cell: ({ actor }) => <Actor actor={actor} />,
  },
  { id: 'ended', header: 'Ended', width: '126px', cell: ({ endedAt }) => <RelativeTime at={endedAt} /> },
];

export function EvidenceScreen() {
  const { kind, find = '' } = useSearch({ from: '/recovery/evidence' });
  const navigate = useNavigate();
  const wanted = evidenceKinds.find((one) => one === kind) ?? null;
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['evidence.list', wanted, find],
    (client, before: string | undefined, signal) =>
      client.evidence.list(
        {
          limit: 100,
          ...(before === undefined ? {} : { before }),
          ...(wanted === null ? {} : { kind: wanted }),
          ...(find === '' ? {} : { text: find }),
        },
        { signal },
      ),
    ({ records, more }) => (more ? records.at(-1)?.id : undefined),
  );
  const records = pages.flatMap((page) => page.records);
  const show = (change: { kind: EvidenceKind | null; find: string }): void => {
    const search = {
      ...(change.kind === null ? {} : { kind: change.kind }),
      ...(change.find === '' ? {} : { find: change.find }),
    };
    void navigate({ to: '/recovery/evidence', search, replace: true });
  };
  return (
    <Page
      title="Evidence"
      sub="What was restored, rehearsed, moved and repaired: who, what, when, and what was verified. Signed, and kept."
      actions={
        <May call="evidence.calls">
          <Button onClick={() => void navigate({ to: '/recovery/audit', search: {} })}>Audit log</Button>
        </May>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      <div className={styles['target']}>
        <TextInput
          type="search"
          aria-label="Find evidence"
          placeholder="Find in titles"
          data-page-search
          value={find}
          onChange={({ currentTarget: { value } }) => show({ kind: wanted, find: value })}
        />
        <Select
          aria-label="Kind"
          placeholder="All kinds"
          clearable
          data={evidenceKinds.map((value) => ({ value, label: kindWords[value] }))}
          value={wanted}
          onChange={(value) => show({ kind: evidenceKinds.find((one) => one === value) ?? null, find })}
        />
      </div>
      <div className={styles['split']}>
        <Panel fill flush title="Records">
          <DataTable
            label="Records"
            columns={columns}
            rows={records}
            keyOf={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: '/recovery/evidence/$record', params: { record: id } })}
            onEnd={fetchMore}
            loading={waiting && problem === null}
            failed={problem !== null}
            empty={
              <EmptyState title={find === '' && wanted === null ? 'There is no evidence yet' : 'None like that'}>
                Each restore, drill, failover and repair leaves a record here when it ends, whether it went well or not.
              </EmptyState>
            }
          />
        </Panel>
        <div className={styles['side']}>
          <VerdictPanel log="evidence" />
        </div>
      </div>
    </Page>
  );
}
