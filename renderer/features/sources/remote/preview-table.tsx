/** The repositories of an owner, and which of them the filters let through: any number of rows. */
import { SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { Bytes, Count } from '../../../components/numbers.tsx';
import { Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { ShortTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import type { FoundRepository } from './preview-model.ts';
import type { Preview } from './use-preview.ts';
import styles from './remote.module.css';

type Row = FoundRepository & { readonly isIn: boolean };

const columns: readonly Column<Row>[] = [
  {
    id: 'in',
    header: 'Selected',
    width: '104px',
    cell: ({ isIn }) => <StatusBadge tone={isIn ? 'good' : 'none'}>{isIn ? 'selected' : 'left out'}</StatusBadge>,
    sortBy: ({ isIn }) => (isIn ? 0 : 1),
  },
  {
    id: 'name',
    header: 'Repository',
    width: 'minmax(180px, 1fr)',
    cell: (one) => (
      <span className={styles['name']}>
        <PathText path={one.name} shorten={false} className={one.isIn ? undefined : styles['out']} />
        {one.private ? <Tag>private</Tag> : null}
        {one.fork ? <Tag>fork</Tag> : null}
        {one.archived ? <Tag>archived</Tag> : null}
      </span>
    ),
    sortBy: ({ name }) => name,
  },
  {
    id: 'topics',
    header: 'Topics',
    width: 'minmax(90px, 0.5fr)',
    cell: ({ topics }) => <span title={topics.map(visibleText).join(', ')}>{topics.map(visibleText).join(', ')}</span>,
  },
  {
    id: 'bytes',
    header: 'Size',
    width: '80px',
    align: 'end',
    cell: ({ bytes }) => <Bytes value={bytes} />,
    sortBy: ({ bytes }) => bytes,
  },
  {
    id: 'pushed',
    header: 'Last push',
    width: '104px',
    cell: ({ pushedAt }) =>
      pushedAt === null ? <span className={styles['dim']}>empty</span> : <ShortTime at={pushedAt} />,
    sortBy: ({ pushedAt }) => pushedAt,
  },
];

export function PreviewTable({ preview }: { readonly preview: Preview }) {
  const { found, isSelected, counts } = preview;
  const [shown, setShown] = useState<'all' | 'in' | 'out'>('all');
  const rows = useMemo(() => {
    const all = (found?.repositories ?? []).map((one) => ({ ...one, isIn: isSelected(one) }));
    return shown === 'all' ? all : all.filter(({ isIn }) => isIn === (shown === 'in'));
  }, [found, isSelected, shown]);
  if (found === null || counts === null) return null;
  return (
    <>
      <div className={styles['line']}>
        <span role="status">
          <strong>
            <Count value={counts.selected} /> of <Count value={counts.all} />
          </strong>{' '}
          selected
        </span>
        <SegmentedControl
          aria-label="Which repositories are listed"
          data={[
            { value: 'all', label: 'All' },
            { value: 'in', label: 'Selected' },
            { value: 'out', label: 'Left out' },
          ]}
          value={shown}
          onChange={setShown}
        />
      </div>
      <DataTable
        label="Repositories of the owner"
        columns={columns}
        rows={rows}
        keyOf={({ id }) => String(id)}
        maxHeight={360}
        empty={
          <EmptyState title={counts.all === 0 ? 'This owner shows no repository' : 'None is like that'}>
            {counts.all === 0
              ? 'There is none, or the credential may not see any.'
              : 'Change what was typed, or list all of them.'}
          </EmptyState>
        }
      />
    </>
  );
}
