/** The refs of a Git repository: branches, tags and others, any number of them. */
import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { usePages } from '../../../client/ask.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { refKindOf, shortRef } from '../../../components/git-words.ts';
import { Panel, Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import type { InGit } from './use-unpacked.ts';
import styles from './git.module.css';

type RefsPanelProps = {
  readonly inGit: InGit;
  readonly head: string | null;
  /** What is looked at: a ref, or the id of a commit. */
  readonly at: string | null;
  readonly onAll: () => void;
  readonly onRef: (name: string) => void;
};

type Row = { readonly name: string; readonly isHead: boolean };

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Ref',
    width: 'minmax(120px, 1fr)',
    cell: ({ name, isHead }) => (
      <span className={styles['name']}>
        <PathText path={shortRef(name)} shorten={false} />
        {isHead ? <Tag>default</Tag> : null}
        {refKindOf(name) === 'tag' ? <Tag>tag</Tag> : null}
      </span>
    ),
  },
];

const pageSize = 1000;
const kinds = [
  { value: '', label: 'All' },
  { value: 'refs/heads/', label: 'Branches' },
  { value: 'refs/tags/', label: 'Tags' },
] as const;

export function RefsPanel({ inGit, head, at, onAll, onRef }: RefsPanelProps) {
  const { repository, snapshot, path } = inGit;
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>('');
  const [typed, setTyped] = useState('');
  const [text] = useDebouncedValue(typed, 150);
  const filter = `${kind}${text}`;
  const list = usePages(
    ['git.refs', 'pages', repository, snapshot, path, filter],
    async (client, cursor: number | undefined, signal) => {
      const from = cursor ?? 0;
      const call = { repository: { id: repository }, snapshot, path, from, limit: pageSize, filter };
      const page = await client.git.refs(call, { signal });
      const next = from + page.refs.length;
      return { ...page, next: next < page.matching && next > from ? next : undefined };
    },
    ({ next }) => next,
  );
  const { pages, problem, waiting } = list;
  const rows = useMemo(
    () => pages.flatMap(({ refs }) => refs.map(({ name }) => ({ name, isHead: name === head }))),
    [pages, head],
  );
  return (
    <Panel fill flush>
      <div className={styles['bar']}>
        <Button size="compact-xs" onClick={onAll}>
          All repositories
        </Button>
        <strong>
          <PathText
            path={path
              .replace(/\.git$/, '')
              .split('/')
              .slice(-2)
              .join('/')}
          />
        </strong>
        <SegmentedControl aria-label="Which refs" data={[...kinds]} value={kind} onChange={setKind} />
        <TextInput
          aria-label="Filter refs"
          placeholder={kind === '' ? 'Filter' : 'Begins with'}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      </div>
      {problem === null ? (
        <DataTable
          label="Refs"
          columns={columns}
          rows={rows}
          keyOf={({ name }) => name}
          currentKey={at ?? undefined}
          onCurrent={({ name }) => name !== at && onRef(name)}
          onEnd={list.fetchMore}
          loading={waiting}
          rowHeight={26}
          empty={<EmptyState title={filter === '' ? 'No refs' : 'No ref is called so'} />}
        />
      ) : (
        <ErrorNotice problem={problem} onRetry={list.askAgain} />
      )}
    </Panel>
  );
}
