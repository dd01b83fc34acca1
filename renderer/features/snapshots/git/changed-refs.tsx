/** What became of each ref of a Git repository between two snapshots. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { RefComparison } from '../../../../shared/contract/git.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useMay } from '../../../client/me.ts';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { shortId, shortRef, refKindOf } from '../../../components/git-words.ts';
import { Panel, Tag } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import type { Said } from '../../../components/tone.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { gitAddressOf, type GitView } from './git-view.ts';
import styles from './git.module.css';

type ChangedRefsProps = {
  readonly view: GitView;
  readonly path: string;
  /** The older snapshot, and the newer one. */
  readonly before: string;
  readonly after: string;
};

function sayRefChange({ kind, lost }: Pick<RefComparison, 'kind' | 'lost'>): Said {
  if (lost !== null) return { tone: 'part', words: lost.kind === 'forced' ? 'force-pushed' : 'deleted, history lost' };
  if (kind === 'created') return { tone: 'good', words: 'new' };
  return kind === 'deleted' ? { tone: 'part', words: 'deleted' } : { tone: 'none', words: 'moved' };
}

const told: readonly Column<RefComparison>[] = [
  {
    id: 'change',
    header: 'Change',
    width: '170px',
    cell: (change) => <StatusBadge tone={sayRefChange(change).tone}>{sayRefChange(change).words}</StatusBadge>,
    sortBy: (change) => sayRefChange(change).words,
  },
  {
    id: 'name',
    header: 'Ref',
    width: 'minmax(160px, 1fr)',
    cell: ({ name }) => (
      <span className={styles['name']}>
        <PathText path={shortRef(name)} shorten={false} />
        {refKindOf(name) === 'tag' ? <Tag>tag</Tag> : null}
      </span>
    ),
    sortBy: ({ name }) => name,
  },
  { id: 'from', header: 'Was at', width: '104px', cell: ({ from }) => <Id id={from} /> },
  { id: 'to', header: 'Is at', width: '104px', cell: ({ to }) => <Id id={to} /> },
  {
    id: 'commits',
    header: 'Left behind',
    width: '110px',
    cell: ({ lost: what }) =>
      what === null || what.commits === null || what.commits === 0
        ? null
        : `${formatCount(what.commits)} ${what.commits === 1 ? 'commit' : 'commits'}`,
  },
];

function backColumn(giveBack: (change: RefComparison) => void): Column<RefComparison> {
  return {
    id: 'back',
    header: 'Kept',
    width: '124px',
    cell: (change) =>
      change.lost !== null || change.kind === 'deleted' ? (
        <Button
          size="compact-xs"
          aria-label={`Give it back…: ${visibleText(shortRef(change.name))}`}
          onClick={() => giveBack(change)}
        >
          Give it back…
        </Button>
      ) : null,
  };
}

export function ChangedRefs({ view, path, before, after }: ChangedRefsProps) {
  const { repository } = view;
  const navigate = useNavigate();
  const mayRestore = useMay('git.restore');
  const answer = useAnswer(['git.compare', repository.id, before, after, path], (client, signal) =>
    client.git.compare({ repository: { id: repository.id }, snapshot: before, after, path }, { signal }),
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={8} />;
  const { head, changes } = answer.data;
  const lost = changes.filter((change) => change.lost !== null);
  const giveBack = ({ name, lost: what }: RefComparison) => {
    // What is kept is in the newer one; a ref that was only deleted is in the older one.
    const kept = what?.keptAs ?? null;
    const search = { repository: repository.id, source: view.source, path };
    const place = kept === null ? { snapshot: before, ref: name } : { snapshot: after, ref: kept };
    void navigate({ to: '/recovery/git', search: { ...search, ...place } });
  };
  const columns = mayRestore ? [...told, backColumn(giveBack)] : told;
  return (
    <>
      {lost.length === 0 ? null : (
        <Notice
          tone="part"
          title={
            lost.length === 1
              ? 'One ref has lost history in between'
              : `${formatCount(lost.length)} refs have lost history in between`
          }
        >
          A forced push or a deletion at its server. What was left behind is kept, and can be given back.
        </Notice>
      )}
      {head.from === head.to ? null : (
        <Notice tone="none">
          The default branch was {head.from === null ? 'none' : visibleText(shortRef(head.from))}, and is{' '}
          {head.to === null ? 'none' : visibleText(shortRef(head.to))}.
        </Notice>
      )}
      <Panel fill flush>
        <DataTable
          label="Refs that differ"
          columns={columns}
          rows={changes}
          keyOf={({ name }) => name}
          onOpen={({ name, to }) =>
            void navigate({
              to: '/snapshots/git',
              search: gitAddressOf(view, {
                snapshot: to === null ? before : after,
                against: null,
                path,
                at: name,
                show: 'commits',
              }),
            })
          }
          empty={
            <EmptyState title="No ref differs">Every branch and tag is where it was in the older snapshot.</EmptyState>
          }
        />
      </Panel>
    </>
  );
}

function Id({ id }: { readonly id: string | null }) {
  return id === null ? <span className={styles['dim']}>–</span> : <PathText path={shortId(id)} shorten={false} mono />;
}
