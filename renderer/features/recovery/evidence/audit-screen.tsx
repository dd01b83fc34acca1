/** The audit log: every call that changed something or took contents away, newest first. */
import { TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { AuditLine } from '../../../../shared/contract/evidence.ts';
import { usePages } from '../../../client/ask.ts';
import { Actor } from '../../../components/actor.tsx';
import { DataTable, type Column } from '../../../components/data-table.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import styles from '../recovery.module.css';
import { codeOf, sayOutcome } from './evidence-words.ts';
import { VerdictPanel } from './verdict-panel.tsx';

const columns: readonly Column<AuditLine>[] = [
  { id: 'at', header: 'When', width: '140px', cell: ({ at }) => <DayTime at={at} /> },
  {
    id: 'who',
    header: 'Who',
    width: 'minmax(90px, 0.5fr)',
    cell: ({ actor }) => <Actor actor={actor} />,
  },
  {
    id: 'call',
    header: 'What',
    width: 'minmax(140px, 0.7fr)',
    cell: ({ call }) => <PathText path={call} shorten={false} />,
  },
  {
    id: 'about',
    header: 'About',
    width: 'minmax(140px, 1.6fr)',
    cell: (line) => <PathText path={aboutOf(line)} shorten={false} />,
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '110px',
    cell: ({ outcome }) => {
      const { tone, words } = sayOutcome(outcome);
      return <StatusBadge tone={tone}>{words}</StatusBadge>;
    },
  },
  {
    id: 'door',
    header: 'Through',
    width: '126px',
    minTable: 770,
    cell: ({ door }) => <PathText path={door} shorten={false} />,
  },
];

export function AuditScreen() {
  const { find = '' } = useSearch({ from: '/recovery/audit' });
  const navigate = useNavigate();
  const { pages, problem, waiting, fetchMore, askAgain } = usePages(
    ['evidence.calls', find],
    (client, before: string | undefined, signal) =>
      client.evidence.calls({ limit: 200, text: find, ...(before === undefined ? {} : { before }) }, { signal }),
    ({ calls, more }) => (more ? calls.at(-1)?.id : undefined),
  );
  return (
    <Page
      title="Audit log"
      sub="What people, programs and commands have asked this console to do. Secrets are never in it."
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={askAgain} />}
      <TextInput
        type="search"
        aria-label="Find calls"
        placeholder="Find by who, what, or what it was about"
        data-page-search
        value={find}
        onChange={({ currentTarget: { value } }) =>
          void navigate({ to: '/recovery/audit', search: value === '' ? {} : { find: value }, replace: true })
        }
      />
      <div className={styles['split']}>
        <Panel fill flush title="Calls">
          <DataTable
            label="Calls"
            columns={columns}
            rows={pages.flatMap(({ calls }) => calls)}
            keyOf={({ id }) => id}
            onEnd={fetchMore}
            loading={waiting && problem === null}
            failed={problem !== null}
            empty={<EmptyState title="None like that">Whatever only looks leaves nothing here.</EmptyState>}
          />
        </Panel>
        <div className={styles['side']}>
          <VerdictPanel log="audit" />
        </div>
      </div>
    </Page>
  );
}

/** Names of things first, places last; and the code of what failed, to look for. */
function aboutOf({ targets, outcome }: AuditLine): string {
  const said = Object.entries(targets).filter(([, value]) => value.trim() !== '');
  const isPlace = ([name]: (typeof said)[number]): boolean => name === 'repository';
  const ordered = [...said.filter((one) => !isPlace(one)), ...said.filter(isPlace)];
  return [...ordered.map(([name, value]) => `${name} ${value}`), ...codeOf(outcome)].join(', ');
}
