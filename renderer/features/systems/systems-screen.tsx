/** All system snapshots, newest first. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import type { SystemSnapshot } from '../../../shared/contract/systems.ts';
import { usePages } from '../../client/ask.ts';
import { askDialog } from '../../client/asked-dialog.ts';
import { May } from '../../client/may.tsx';
import { useMay } from '../../client/me.ts';
import { useSystemsChange } from '../../client/systems.ts';
import { Actor } from '../../components/actor.tsx';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { DayTime, RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { extentWords } from '../../../shared/model/together.ts';
import { saySystemState } from '../../components/system-words.ts';
import { visibleText } from '../../components/visible-text.ts';

const columns: readonly Column<SystemSnapshot>[] = [
  { id: 'taken', header: 'Taken', width: '170px', cell: ({ takenAt }) => <DayTime at={takenAt} /> },
  { id: 'age', header: 'Age', width: '110px', cell: ({ takenAt }) => <RelativeTime at={takenAt} /> },
  { id: 'state', header: 'State', width: '160px', cell: (system) => <State system={system} /> },
  { id: 'what', header: 'What', width: 'minmax(200px, 1fr)', cell: (system) => extentWords(system) },
  {
    id: 'description',
    header: 'Description',
    width: 'minmax(180px, 2fr)',
    cell: ({ description }) => <span title={visibleText(description)}>{visibleText(description)}</span>,
  },
  { id: 'by', header: 'By', width: '150px', cell: ({ by }) => <Actor actor={by} /> },
];

export function SystemsScreen() {
  const navigate = useNavigate();
  const change = useSystemsChange();
  const mayTake = useMay('systems.take');
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['systems.list'],
    (client, before: string | undefined, signal) =>
      client.systems.list({ limit: 100, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ older }) => older ?? undefined,
  );
  useEffect(askAgain, [askAgain, change]);
  const systems = useMemo(() => pages.flatMap((page) => page.systems), [pages]);
  return (
    <Page
      title="System snapshots"
      sub={
        <>
          <Link to="/snapshots">Snapshots</Link> · several sources taken together, at one moment
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'system', 'list']]} />
          <May call="systems.take">
            <TakeButton />
          </May>
        </>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      <Panel fill flush>
        <DataTable
          label="System snapshots"
          columns={columns}
          rows={systems}
          keyOf={({ id }) => id}
          loading={waiting}
          onEnd={fetchMore}
          onOpen={({ id }) => void navigate({ to: '/snapshots/systems/$system', params: { system: id } })}
          empty={
            problem === null ? (
              <EmptyState title="No system snapshot yet" action={mayTake ? <TakeButton plain /> : undefined}>
                One record of several sources, as of an application and its database, which are restored together.
              </EmptyState>
            ) : null
          }
        />
      </Panel>
    </Page>
  );
}

function State({ system }: { readonly system: SystemSnapshot }) {
  const { tone, words } = saySystemState(system);
  return <StatusBadge tone={tone}>{words}</StatusBadge>;
}

function TakeButton({ plain = false }: { readonly plain?: boolean }) {
  return (
    <Button {...(plain ? {} : { variant: 'filled' })} onClick={() => askDialog({ kind: 'takeSystem', sources: null })}>
      Take a system snapshot…
    </Button>
  );
}
