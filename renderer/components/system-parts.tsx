/** The parts of a system snapshot: of each source what became of it, and the way to it. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { SystemMember } from '../../shared/contract/systems.ts';
import { ConsistencyBadge } from './consistency-badge.tsx';
import { DataTable, type Column } from './data-table.tsx';
import { DayTime } from './relative-time.tsx';
import { StatusBadge } from './status-badge.tsx';
import { sayMemberState, sayMoment } from './system-words.ts';
import styles from './system-parts.module.css';
import { visibleText } from './visible-text.ts';

type SystemPartsProps = {
  readonly members: readonly SystemMember[];
  /** Keys of sources that have a page. */
  readonly sources: ReadonlySet<string>;
  /** From the id in the config of a repository to that of its connection. */
  readonly connectionOf: (repository: string) => string | undefined;
  /** Beside other things: no higher than its rows, and without what the page of the system snapshot says too. */
  readonly brief?: boolean;
};

type Part = SystemMember & {
  readonly key: string;
  readonly hasPage: boolean;
  readonly connection: string | undefined;
};

const columns: readonly Column<Part>[] = [
  { id: 'source', header: 'Source', width: 'minmax(120px, 1fr)', cell: (part) => <Source part={part} /> },
  { id: 'state', header: 'State', width: '150px', cell: ({ state }) => <State state={state} /> },
  { id: 'snapshot', header: 'Snapshot', width: '90px', cell: (part) => <Snapshot part={part} /> },
  {
    id: 'taken',
    header: 'Taken',
    width: '140px',
    cell: ({ takenAt }) => (takenAt === null ? null : <DayTime at={takenAt} />),
  },
  { id: 'moment', header: 'Together', width: '150px', cell: (part) => <Together part={part} /> },
  {
    id: 'consistency',
    header: 'Consistency',
    width: '160px',
    cell: ({ consistency, problem, snapshot }) => (
      <ConsistencyBadge consistency={consistency} consistencyProblem={snapshot === null ? null : problem} />
    ),
  },
  {
    id: 'problem',
    header: 'Problem',
    width: 'minmax(150px, 2fr)',
    cell: ({ problem, apartBecause }) => {
      const text = [apartBecause, problem].filter((one) => one !== null).join(' ');
      return text === '' ? null : (
        <span className={styles['problem']} title={visibleText(text)}>
          {visibleText(text)}
        </span>
      );
    },
  },
];

const left = new Set(['taken', 'moment', 'consistency']);
const briefColumns = columns.filter(({ id }) => !left.has(id));

export function SystemParts({ members, sources, connectionOf, brief = false }: SystemPartsProps) {
  const parts = useMemo(
    () =>
      members.map((member, at): Part => {
        const connection = member.repository === null ? undefined : connectionOf(member.repository);
        return { ...member, key: String(at), hasPage: sources.has(member.source), connection };
      }),
    [members, sources, connectionOf],
  );
  return (
    <DataTable
      label="Parts"
      columns={brief ? briefColumns : columns}
      rows={parts}
      keyOf={({ key }) => key}
      {...(brief ? { maxHeight: 240 } : {})}
    />
  );
}

function Source({ part: { source, hasPage } }: { readonly part: Part }) {
  if (source === '') return <span className={styles['dim']}>not known</span>;
  if (!hasPage) return <span title={visibleText(source)}>{visibleText(source)}</span>;
  return (
    <Link to="/sources/$source" params={{ source }} title={visibleText(source)}>
      {visibleText(source)}
    </Link>
  );
}

function State({ state }: Pick<SystemMember, 'state'>) {
  const { tone, words } = sayMemberState(state);
  return <StatusBadge tone={tone}>{words}</StatusBadge>;
}

/** From when to when it was held, for whoever points at it. */
function Together({ part }: { readonly part: Part }) {
  const said = sayMoment(part);
  if (said === null) return null;
  const { heldFrom, heldTo } = part;
  const held =
    heldFrom === null
      ? 'No hook held it still'
      : `Held from ${clock(heldFrom)}${heldTo === null ? '' : ` to ${clock(heldTo)}`}`;
  return (
    <StatusBadge tone={said.tone} title={held}>
      {said.words}
    </StatusBadge>
  );
}

function clock(at: string): string {
  return new Date(at).toLocaleTimeString();
}

function Snapshot({ part: { snapshot, source, connection } }: { readonly part: Part }) {
  if (snapshot === null) return <span className={styles['dim']}>none</span>;
  const short = snapshot.slice(0, 8);
  if (connection === undefined) return <code title="It lies in a repository that is not connected">{short}</code>;
  return (
    <Link to="/snapshots" search={{ repository: connection, source, snapshot }}>
      <code>{short}</code>
    </Link>
  );
}
