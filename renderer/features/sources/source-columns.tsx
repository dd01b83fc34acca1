/** The columns of the list of sources. */
import { NewestGood, SourceName } from '../../components/source-name.tsx';
import type { Connection } from '../../../shared/contract/repositories.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { Column } from '../../components/data-table.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { sayStanding, sourceStandings, standingOf } from '../../components/source-state.ts';
import { StatusBadge } from '../../components/status-badge.tsx';
import styles from './sources.module.css';

/** How much of them a window has room for; `wide`: for what decides when they run, too. */
export type Room = 'narrow' | 'usual' | 'wide';

export function sourceColumns(
  repositories: ReadonlyMap<string, Connection>,
  room: Room,
): readonly Column<SourceState>[] {
  const wide = room === 'wide';
  return [
    {
      id: 'name',
      header: 'Source',
      width: wide ? 'minmax(170px, 380px)' : 'minmax(170px, 1fr)',
      sortBy: ({ key }) => key,
      cell: (source) => <SourceName source={source} showsKind />,
    },
    {
      id: 'state',
      header: 'State',
      width: '142px',
      sortBy: (source) => sourceStandings.indexOf(standingOf(source)),
      cell: (source) => {
        const { tone, words } = sayStanding(standingOf(source));
        return <StatusBadge tone={tone}>{words}</StatusBadge>;
      },
    },
    {
      id: 'good',
      header: 'Newest good',
      width: room === 'narrow' ? '100px' : '112px',
      align: 'end',
      sortBy: ({ newestGood }) => newestGood?.takenAt ?? '',
      cell: (source) => <NewestGood source={source} asAge />,
    },
    {
      id: 'snapshots',
      header: 'Snapshots',
      width: room === 'narrow' ? '86px' : '88px',
      align: 'end',
      sortBy: ({ snapshots }) => snapshots,
      cell: ({ snapshots }) => <Count value={snapshots} />,
    },
    {
      id: 'size',
      header: 'Size',
      width: '88px',
      align: 'end',
      sortBy: ({ bytes }) => bytes,
      cell: ({ bytes }) => <Bytes value={bytes} />,
    },
    ...(room === 'narrow' ? [] : [lastRunColumn]),
    ...(wide ? [profileColumn] : []),
    nextColumn,
    ...(room === 'narrow' ? [] : [repositoryColumn(repositories)]),
  ];
}

const lastRunColumn: Column<SourceState> = {
  id: 'run',
  header: 'Last run',
  width: '116px',
  sortBy: ({ lastRun }) => lastRun?.endedAt ?? null,
  cell: ({ lastRun }) =>
    lastRun === null ? <span className={styles['dim']}>none known</span> : <RelativeTime at={lastRun.endedAt} />,
};

const profileColumn: Column<SourceState> = {
  id: 'profile',
  header: 'Profile',
  width: 'minmax(150px, 260px)',
  sortBy: ({ profile }) => profile?.name ?? null,
  cell: ({ profile }) =>
    profile === null ? <span className={styles['dim']}>none</span> : <PathText path={profile.name} shorten={false} />,
};

const nextColumn: Column<SourceState> = {
  id: 'next',
  header: 'Next run',
  width: 'minmax(116px, 260px)',
  sortBy: ({ next }) => next?.at ?? null,
  cell: (source) => <NextRun source={source} />,
};

function repositoryColumn(repositories: ReadonlyMap<string, Connection>): Column<SourceState> {
  const repositoryOf = ({ newest }: SourceState) =>
    newest === null ? undefined : repositories.get(newest.repository)?.name;
  return {
    id: 'repository',
    header: 'Repository',
    width: 'minmax(100px, 0.6fr)',
    sortBy: (source) => repositoryOf(source) ?? null,
    cell: (source) => {
      const name = repositoryOf(source);
      return name === undefined ? (
        <span className={styles['dim']}>none yet</span>
      ) : (
        <PathText path={name} shorten={false} />
      );
    },
  };
}

/** What keeps it from running comes before when it would. */
function NextRun({ source: { next, pause, waitsFor } }: { readonly source: SourceState }) {
  if (pause !== null) return 'paused';
  if (waitsFor !== null) return <PathText path={`waits for ${waitsFor}`} shorten={false} />;
  return next === null ? <span className={styles['dim']}>none</span> : <RelativeTime at={next.at} />;
}
