/** Before a source is chosen: all that have snapshots, and the search over all of them. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import { mirroredKinds, type SourceKind } from '../../../shared/model/source-kinds.ts';
import { usePrimaryRepository, useSources } from '../../client/live-store.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { sayRunStatus } from '../../components/tone.ts';
import { FindField } from './find-field.tsx';

const columns: readonly Column<SourceState>[] = [
  {
    id: 'name',
    header: 'Source',
    width: 'minmax(180px, 1fr)',
    cell: ({ name }) => <PathText path={name} />,
    sortBy: ({ name }) => name,
  },
  {
    id: 'host',
    header: 'Machine',
    width: '150px',
    cell: ({ hostname }) => <PathText path={hostname} shorten={false} />,
    sortBy: ({ hostname }) => hostname,
  },
  {
    id: 'snapshots',
    header: 'Snapshots',
    width: '100px',
    align: 'end',
    cell: ({ snapshots }) => <Count value={snapshots} />,
    sortBy: ({ snapshots }) => snapshots,
  },
  {
    id: 'size',
    header: 'Size',
    width: '110px',
    align: 'end',
    cell: ({ bytes }) => <Bytes value={bytes} />,
    sortBy: ({ bytes }) => bytes,
  },
  {
    id: 'oldest',
    header: 'Oldest',
    width: '130px',
    cell: ({ oldestAt }) => (oldestAt === null ? null : <RelativeTime at={oldestAt} />),
    sortBy: ({ oldestAt }) => oldestAt,
  },
  {
    id: 'newest',
    header: 'Newest',
    width: '130px',
    cell: ({ newest }) => (newest === null ? null : <RelativeTime at={newest.takenAt} />),
    sortBy: ({ newest }) => newest?.takenAt ?? null,
  },
  {
    id: 'status',
    header: 'Newest is',
    width: '190px',
    cell: ({ newest }) => {
      if (newest === null) return null;
      const { tone, words } = sayRunStatus(newest.status);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
];

export function SourcesPage() {
  const navigate = useNavigate();
  const all = useSources();
  const primary = usePrimaryRepository();
  const [narrow, setNarrow] = useState('');
  const sources = useMemo(() => {
    const words = narrow.toLowerCase();
    return all.filter(({ snapshots, name }) => snapshots > 0 && name.toLowerCase().includes(words));
  }, [all, narrow]);
  const total = all.reduce((sum, { snapshots }) => sum + snapshots, 0);
  const open = ({ name, kind, hostname, newest }: SourceState) => {
    const repository = newest?.repository ?? primary?.id;
    void navigate({
      to: mirroredKinds.has(kind as SourceKind) ? '/snapshots/git' : '/snapshots',
      search: { source: name, host: hostname, ...(repository !== undefined && { repository }) },
    });
  };
  return (
    <Page
      title="Snapshots"
      sub={
        total === 0 ? undefined : (
          <>
            <Count value={total} /> {total === 1 ? 'snapshot' : 'snapshots'} of <Count value={sources.length} />{' '}
            {sources.length === 1 ? 'source' : 'sources'}. Choose one, or find a name in all of them.
          </>
        )
      }
      actions={
        <>
          <Button onClick={() => void navigate({ to: '/snapshots/systems' })}>System snapshots</Button>
          <FindField initial="" onNarrow={setNarrow} />
        </>
      }
      fill
    >
      <Panel fill flush>
        <DataTable
          label="Sources with snapshots"
          columns={columns}
          rows={sources}
          keyOf={({ key }) => key}
          onOpen={open}
          empty={
            <EmptyState title={narrow === '' ? 'No snapshots yet' : 'No source is called so'}>
              {narrow === ''
                ? 'A snapshot is a source at a point in time. The first one appears here when a source has been protected.'
                : 'Press Enter to look for the name in all files of all snapshots.'}
            </EmptyState>
          }
        />
      </Panel>
    </Page>
  );
}
