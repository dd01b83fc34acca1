/** All clones for development: what each is of, where, how large, and until when; and one of them in full. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Clone } from '../../../shared/contract/clones.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Page, Panel, Tag } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { CloneBadge, clonePlace, kindWords } from './clone-words.tsx';
import { MakeClone } from './make-clone.tsx';
import { OneClone } from './one-clone.tsx';

export function ClonesScreen() {
  const navigate = useNavigate();
  const { clone: id, source, snapshot, path, make } = useSearch({ from: '/recovery/clones' });
  const isMaking = make !== undefined || source !== undefined;
  const answer = useClones();
  const problem = problemIn(answer);
  const clones = answer.data?.clones ?? [];
  const chosen = clones.find((one) => one.id === id) ?? (clones.length === 1 ? clones[0] : undefined);
  const open = (search: { readonly clone?: string; readonly make?: string }) =>
    void navigate({ to: '/recovery/clones', search });
  return (
    <Page
      title="Clones for development"
      sub={
        <>
          <Link to="/recovery">Recovery</Link> · {subOf(clones)}
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'clone', 'list']]} />
          <May call="clones.make">
            <Button variant="filled" onClick={() => open({ make: 'yes' })}>
              Make a clone…
            </Button>
          </May>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {isMaking ? (
        <MakeClone
          key={[source, snapshot, path].join('\n')}
          source={source ?? ''}
          snapshot={snapshot ?? ''}
          path={path ?? ''}
          onClose={() => open({})}
          onMade={(made) => open({ clone: made })}
        />
      ) : null}
      <Panel title="Clones" flush>
        <DataTable
          label="Clones"
          columns={columns}
          rows={clones}
          keyOf={(one) => one.id}
          loading={answer.isPending}
          onOpen={(one) => open({ clone: one.id })}
          maxHeight={360}
          empty={
            <EmptyState title="No clone yet">
              A clone is a copy from a snapshot to work with for a while: a folder, Git repositories or a prefix of a
              bucket. It carries a mark, and goes by itself when its time is over, unless somebody has worked in it.
            </EmptyState>
          }
        />
      </Panel>
      {chosen === undefined ? null : <OneClone key={chosen.id} clone={chosen} />}
    </Page>
  );
}

/** Asked anew when one was made or removed. */
function useClones() {
  const answer = useAnswer(['clones.list'], (client, signal) => client.clones.list({}, { signal }));
  const change = useLive(({ jobs }) =>
    [...jobs.values()]
      .filter(({ kind }) => kind === 'clone' || kind === 'clone removal')
      .map(({ id, state }) => `${id} ${state}`)
      .join(),
  );
  const { refetch } = answer;
  useEffect(() => {
    if (change !== '') void refetch();
  }, [refetch, change]);
  return answer;
}

function subOf(clones: readonly Clone[]): string {
  if (clones.length === 0) return 'Copies to work with for a while';
  const left = clones.filter(({ trouble }) => trouble !== null);
  const count = `${formatCount(clones.length)} ${clones.length === 1 ? 'clone' : 'clones'}`;
  return left.length === 0 ? count : `${count}, ${formatCount(left.length)} could not be removed`;
}

function Badge({ clone }: { readonly clone: Clone }) {
  const [nowMs] = useState(() => Date.now());
  return <CloneBadge clone={clone} nowMs={nowMs} />;
}

const columns: readonly Column<Clone>[] = [
  {
    id: 'place',
    header: 'Where',
    width: 'minmax(150px, 1.4fr)',
    cell: (clone) => <PathText path={clonePlace(clone)} />,
    sortBy: clonePlace,
  },
  {
    id: 'kind',
    header: 'Kind',
    width: '110px',
    minTable: 900,
    cell: ({ place }) => <Tag>{kindWords[place.kind]}</Tag>,
  },
  {
    id: 'of',
    header: 'Of',
    width: 'minmax(120px, 1fr)',
    cell: ({ of }) =>
      of === null ? (
        ''
      ) : (
        <>
          {visibleText(of.source)}, <DayTime at={of.takenAt} />
        </>
      ),
    sortBy: ({ of }) => of?.source ?? '',
  },
  {
    id: 'size',
    header: 'Size',
    width: '80px',
    align: 'end',
    cell: ({ place, bytes }) => (place.kind === 'instance' ? '' : <Bytes value={bytes} />),
    sortBy: ({ bytes }) => bytes,
  },
  {
    id: 'until',
    header: 'Until',
    width: '136px',
    cell: ({ expiresAt }) => (expiresAt === null ? 'not known' : <DayTime at={expiresAt} />),
    sortBy: ({ expiresAt }) => (expiresAt === null ? null : Date.parse(expiresAt)),
  },
  { id: 'state', header: 'State', width: '150px', cell: (clone) => <Badge clone={clone} /> },
];
