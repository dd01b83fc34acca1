/** A folder of a commit. */
import { useMemo } from 'react';
import type { GitTreeEntry } from '../../../../shared/contract/git.ts';
import { usePages } from '../../../client/ask.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { shortId } from '../../../components/git-words.ts';
import { Bytes } from '../../../components/numbers.tsx';
import { PathText } from '../../../components/path-text.tsx';
import type { Go } from './git-page.tsx';
import { parentFolder } from './git-view.ts';
import { TreeWays } from './tree-ways.tsx';
import type { InGit } from './use-unpacked.ts';
import styles from './git.module.css';

type TreeTableProps = { readonly inGit: InGit; readonly at: string; readonly folder: string; readonly onGo: Go };

const glyphs: Readonly<Record<GitTreeEntry['kind'], string>> = {
  folder: '▸',
  symlink: '↗',
  submodule: '⧉',
  file: '',
  executable: '',
};
const words: Readonly<Record<GitTreeEntry['kind'], string>> = {
  folder: 'folder',
  symlink: 'link',
  submodule: 'submodule: another repository',
  file: 'file',
  executable: 'file that runs',
};

const columns: readonly Column<GitTreeEntry>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(160px, 1fr)',
    cell: ({ name, kind }) => (
      <span className={styles['name']}>
        <span className={styles['glyph']} aria-hidden="true">
          {glyphs[kind]}
        </span>
        <PathText path={name} shorten={false} />
      </span>
    ),
  },
  {
    id: 'kind',
    header: 'Kind',
    width: '190px',
    cell: ({ kind }) => <span className={styles['dim']}>{words[kind]}</span>,
  },
  {
    id: 'size',
    header: 'Size',
    width: '90px',
    align: 'end',
    cell: ({ size }) => (size === null ? null : <Bytes value={size} />),
  },
  {
    id: 'id',
    header: 'Object',
    width: '96px',
    cell: ({ id }) => <PathText path={shortId(id)} shorten={false} mono className={styles['dim']} />,
  },
];

const pageSize = 500;

export function TreeTable({ inGit, at, folder, onGo }: TreeTableProps) {
  const { repository, snapshot, path } = inGit;
  const list = usePages(
    ['git.tree', repository, snapshot, path, at, folder],
    async (client, cursor: number | undefined, signal) => {
      const from = cursor ?? 0;
      const call = { repository: { id: repository }, snapshot, path, at, folder, from, limit: pageSize };
      const page = await client.git.tree(call, { signal });
      const next = from + page.entries.length;
      return { ...page, next: next < page.total && next > from ? next : undefined };
    },
    ({ next }) => next,
  );
  const { pages, problem, waiting } = list;
  const rows = useMemo(() => pages.flatMap(({ entries }) => entries), [pages]);
  const open = ({ name, kind }: GitTreeEntry) => {
    const to = folder === '' ? name : `${folder}/${name}`;
    if (kind === 'folder') onGo({ folder: to, file: null });
    else if (kind !== 'submodule') onGo({ folder, file: to });
  };
  return (
    <>
      <TreeWays path={folder} onGo={(to) => onGo({ folder: to, file: null })} />
      {problem === null ? (
        <DataTable
          label="Files of the commit"
          columns={columns}
          rows={rows}
          keyOf={({ name }) => name}
          onOpen={open}
          onEnd={list.fetchMore}
          loading={waiting}
          onKey={(event) => {
            const goesUp = event.key === 'Backspace' || (event.key === 'ArrowUp' && event.altKey);
            if (goesUp && folder !== '') onGo({ folder: parentFolder(folder), file: null });
          }}
          empty={<EmptyState title="This folder is empty" />}
        />
      ) : (
        <div className={styles['center']}>
          <ErrorNotice problem={problem} onRetry={list.askAgain} />
        </div>
      )}
    </>
  );
}
