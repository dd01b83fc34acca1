/** The commits that a ref leads to, newest first, page by page. */
import { useMemo } from 'react';
import type { GitCommit } from '../../../../shared/contract/git.ts';
import { usePages } from '../../../client/ask.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { shortId } from '../../../components/git-words.ts';
import { Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { ShortTime } from '../../../components/relative-time.tsx';
import type { InGit } from './use-unpacked.ts';
import styles from './git.module.css';

type CommitsTableProps = {
  readonly inGit: InGit;
  readonly at: string;
  readonly lostOnly: boolean;
  readonly onCurrent: (commit: GitCommit) => void;
  readonly onOpen: (commit: GitCommit) => void;
};

const columns: readonly Column<GitCommit>[] = [
  {
    id: 'subject',
    header: 'Commit',
    width: 'minmax(180px, 1fr)',
    cell: ({ subject, parents }) => (
      <span className={styles['name']}>
        <PathText path={subject === '' ? '(no message)' : subject} shorten={false} />
        {parents.length > 1 ? <Tag>merge</Tag> : null}
      </span>
    ),
  },
  {
    id: 'author',
    header: 'Author',
    width: 'minmax(80px, 150px)',
    cell: ({ author }) => <PathText path={author.name} shorten={false} />,
  },
  { id: 'at', header: 'Committed', width: '104px', cell: ({ committer }) => <ShortTime at={committer.at} /> },
  {
    id: 'id',
    header: 'Id',
    width: '96px',
    cell: ({ id }) => <PathText path={shortId(id)} shorten={false} mono />,
  },
];

const pageSize = 100;

export function CommitsTable({ inGit, at, lostOnly, onCurrent, onOpen }: CommitsTableProps) {
  const { repository, snapshot, path } = inGit;
  const list = usePages(
    ['git.commits', repository, snapshot, path, at, lostOnly],
    async (client, cursor: number | undefined, signal) => {
      const from = cursor ?? 0;
      const call = { repository: { id: repository }, snapshot, path, at, lostOnly, from, limit: pageSize };
      const page = await client.git.commits(call, { signal });
      return { ...page, next: page.more ? from + page.commits.length : undefined };
    },
    ({ next }) => next,
  );
  const { pages, problem, waiting } = list;
  const rows = useMemo(() => pages.flatMap(({ commits }) => commits), [pages]);
  if (problem !== null) {
    return (
      <div className={styles['center']}>
        <ErrorNotice problem={problem} onRetry={list.askAgain} />
      </div>
    );
  }
  return (
    <DataTable
      label="Commits"
      columns={columns}
      rows={rows}
      keyOf={({ id }) => id}
      onCurrent={onCurrent}
      onOpen={onOpen}
      onEnd={list.fetchMore}
      loading={waiting}
      empty={
        <EmptyState title={lostOnly ? 'Nothing of it is lost' : 'No commits'}>
          {lostOnly ? 'Another branch or tag of this snapshot leads to all of its commits.' : null}
        </EmptyState>
      }
    />
  );
}
