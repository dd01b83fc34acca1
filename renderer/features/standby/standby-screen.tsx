/** All hot standbys: what each shows, how far it is behind, what holds it back; and one of them in full. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { Standby } from '../../../shared/contract/standby.ts';
import { problemIn } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { useStandbys } from '../../client/standby.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { DayTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StandbyBadge, standbyLag, standbyPlace } from '../../components/standby-words.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { AddStandby } from './add-standby.tsx';
import { OneStandby } from './one-standby.tsx';

export function StandbyScreen() {
  const navigate = useNavigate();
  const { name, source } = useSearch({ from: '/standby' });
  const [adding, setAdding] = useState(source !== undefined);
  const answer = useStandbys(null);
  const problem = problemIn(answer);
  const standbys = answer.data?.standbys ?? [];
  const chosen = standbys.find((one) => one.name === name) ?? (standbys.length === 1 ? standbys[0] : undefined);
  return (
    <Page
      title="Hot standbys"
      sub={
        <>
          <Link to="/sites">Sites</Link> · {subOf(standbys)}
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'standby', 'list']]} />
          <May call="standby.add">
            <Button variant="filled" onClick={() => setAdding(true)}>
              Add a standby…
            </Button>
          </May>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {adding ? <AddStandby source={source ?? ''} onClose={() => setAdding(false)} /> : null}
      <Panel title="Standbys" flush>
        <DataTable
          label="Hot standbys"
          columns={columns}
          rows={standbys}
          keyOf={(one) => one.name}
          loading={answer.isPending}
          failed={answer.isError}
          onOpen={(one) => void navigate({ to: '/standby', search: { name: one.name } })}
          maxHeight={320}
          empty={
            <EmptyState title="No standby yet">
              A standby is a folder, a set of bare repositories or a bucket that always holds the newest snapshot of a
              source, ready to be used at once.
            </EmptyState>
          }
        />
      </Panel>
      {chosen === undefined ? null : <OneStandby standby={chosen} />}
    </Page>
  );
}

function subOf(standbys: readonly Standby[]): string {
  if (standbys.length === 0) return 'Targets that are kept restored';
  const late = standbys.filter(({ state, drift }) =>
    state !== 'current' && state !== 'working' ? true : drift !== null,
  );
  if (late.length === 0) return 'All show the newest snapshot, or are being brought to it.';
  return `Not as it should be: ${late.map(({ name }) => visibleText(name)).join(', ')}.`;
}

const columns: readonly Column<Standby>[] = [
  { id: 'name', header: 'Standby', width: 'minmax(100px, 1fr)', cell: ({ name }) => <b>{visibleText(name)}</b> },
  { id: 'source', header: 'Source', width: 'minmax(100px, 1fr)', cell: ({ source }) => visibleText(source) },
  { id: 'state', header: 'State', width: '150px', cell: (standby) => <StandbyBadge standby={standby} /> },
  {
    id: 'shows',
    header: 'Shows',
    width: '140px',
    cell: ({ shown }) => (shown === null ? 'nothing yet' : <DayTime at={shown.takenAt} />),
  },
  { id: 'lag', header: 'Lag', width: '140px', cell: (standby) => standbyLag(standby) },
  {
    id: 'target',
    header: 'Target',
    width: 'minmax(120px, 1.6fr)',
    cell: (standby) => visibleText(standbyPlace(standby)),
  },
];
