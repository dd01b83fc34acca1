/** The entries of one folder of a snapshot, any number of them. What is checked goes into the basket. */
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { FolderEntry } from '../../../shared/contract/browse.ts';
import { basket, basketKey, putInBasket, takeFromBasket, type BasketItem } from '../../client/basket.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { ShortTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import type { Sort } from '../../components/table-model.ts';
import type { SnapshotOf } from './snapshot-of.ts';
import { useFolderWindow } from './use-folder-window.ts';
import { parentOf, waysTo } from './view.ts';
import styles from './snapshots.module.css';

type FolderPanelProps = {
  readonly snapshot: SnapshotOf;
  readonly path: string;
  readonly current: FolderEntry | null;
  readonly onCurrent: (entry: FolderEntry) => void;
  readonly onGo: (path: string) => void;
};

const columns: readonly Column<FolderEntry>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(150px, 1fr)',
    cell: ({ name, type, linkTarget }) => (
      <span className={styles['name']}>
        <span className={styles['glyph']} aria-hidden="true">
          {glyphs[type] ?? '·'}
        </span>
        <PathText path={name} shorten={false} />
        {linkTarget === null ? null : (
          <span className={styles['dim']}>
            → <PathText path={linkTarget} />
          </span>
        )}
      </span>
    ),
    sortBy: ({ name }) => name,
  },
  {
    id: 'size',
    header: 'Size',
    width: '80px',
    align: 'end',
    cell: ({ type, size }) => (type === 'file' ? <Bytes value={size} /> : null),
    sortBy: ({ size }) => size,
  },
  {
    id: 'modified',
    header: 'Changed',
    width: '104px',
    cell: ({ modifiedAt }) => <ShortTime at={modifiedAt} />,
    sortBy: ({ modifiedAt }) => modifiedAt,
  },
  {
    id: 'owner',
    header: 'Owner',
    width: '70px',
    cell: ({ user, uid }) => <PathText path={user === '' ? String(uid) : user} shorten={false} />,
  },
  {
    id: 'against',
    header: 'Against newest',
    width: '108px',
    cell: ({ against }) =>
      against === null ? null : (
        <span className={styles['against']} data-kind={against}>
          {against}
        </span>
      ),
  },
];

const glyphs: Readonly<Record<string, string>> = { dir: '▸', symlink: '↗', file: '' };

export function FolderPanel({ snapshot, path, current, onCurrent, onGo }: FolderPanelProps) {
  const [sort, setSort] = useState<Sort | null>(null);
  const [typed, setTyped] = useState('');
  const [filter] = useDebouncedValue(typed, 150);
  const { window, total, matching, issues, loading, problem, retry } = useFolderWindow({
    snapshot,
    path,
    sort,
    filter,
  });
  const items = basket((state) => state.items);
  const itemOf = (entry: Pick<FolderEntry, 'path' | 'type' | 'size'>): BasketItem => ({
    repository: snapshot.repository.id,
    snapshot: snapshot.id,
    takenAt: snapshot.takenAt,
    source: snapshot.source,
    path: entry.path,
    type: entry.type,
    bytes: entry.type === 'file' ? entry.size : null,
  });
  const checked = useMemo(() => {
    const own = items.filter((item) => item.repository === snapshot.repository.id && item.snapshot === snapshot.id);
    return new Set(own.map((item) => item.path));
  }, [items, snapshot.repository.id, snapshot.id]);
  const check = (paths: ReadonlySet<string>) => {
    const own = { repository: snapshot.repository.id, snapshot: snapshot.id };
    takeFromBasket(
      new Set([...checked].filter((one) => !paths.has(one)).map((one) => basketKey({ ...own, path: one }))),
    );
    putInBasket(
      rowsIn(window)
        .filter((entry) => paths.has(entry.path) && !checked.has(entry.path))
        .map(itemOf),
    );
  };
  return (
    <Panel fill flush>
      <div className={styles['bar']}>
        <Ways path={path} onGo={onGo} />
        <span className={`${styles['dim'] ?? ''} ${styles['small'] ?? ''}`}>
          {matching === null || total === null ? null : matching === total ? (
            <Count value={total} />
          ) : (
            <>
              <Count value={matching} /> of <Count value={total} />
            </>
          )}
        </span>
        <TextInput
          className={styles['filter']}
          aria-label="Filter this folder"
          placeholder="Filter"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ShowCommand
          commands={[
            ['holdfast', 'ls', `${snapshot.id.slice(0, 8)}:${path}`, '--repository', snapshot.repository.location],
          ]}
          restic={[['restic', '-r', snapshot.repository.location, 'ls', snapshot.id.slice(0, 8), path]]}
        />
      </div>
      {issues === 0 ? null : (
        <Notice tone="fail" title="Parts of this folder cannot be read">
          {issues} entries are missing here. A check of the repository names what is damaged.
        </Notice>
      )}
      {problem === null ? (
        <DataTable
          label={`Entries of ${path}`}
          columns={columns}
          rows={window}
          keyOf={(entry) => entry.path}
          currentKey={current?.path}
          onCurrent={onCurrent}
          onOpen={(entry) => (entry.type === 'dir' ? onGo(entry.path) : onCurrent(entry))}
          selection={{ keys: checked, onChange: check }}
          sort={sort}
          onSort={setSort}
          loading={loading}
          onKey={(event) => {
            const up = parentOf(path);
            if ((event.key === 'Backspace' || (event.key === 'ArrowUp' && event.altKey)) && up !== null) onGo(up);
          }}
          empty={<EmptyState title={filter === '' ? 'This folder is empty' : 'No name here holds that text'} />}
        />
      ) : (
        <div style={{ padding: 12 }}>
          <ErrorNotice problem={problem} onRetry={retry} />
        </div>
      )}
    </Panel>
  );
}

function Ways({ path, onGo }: { readonly path: string; readonly onGo: (path: string) => void }) {
  const ways = waysTo(path);
  return (
    <nav className={styles['ways']} aria-label="Folder" title={path}>
      {ways.map((way, index) =>
        index === ways.length - 1 ? (
          <strong key={way.path} aria-current="location">
            <PathText path={way.name} shorten={false} />
          </strong>
        ) : (
          <span key={way.path}>
            <button type="button" onClick={() => onGo(way.path)}>
              <PathText path={way.name} shorten={false} />
            </button>
            {index === 0 ? '' : '/'}
          </span>
        ),
      )}
    </nav>
  );
}

function rowsIn({
  count,
  rowAt,
}: {
  readonly count: number;
  readonly rowAt: (index: number) => FolderEntry | undefined;
}) {
  const rows: FolderEntry[] = [];
  for (let index = 0; index < count; index += 1) {
    const row = rowAt(index);
    if (row !== undefined) rows.push(row);
  }
  return rows;
}
