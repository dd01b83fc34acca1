/** Which profile counts for each source, and where that comes from. */
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { Profiles } from '../../client/profiles.ts';
import { DataTable, type Column } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/page.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { countWords } from './count-words.ts';
import { fromSentence } from './profile-words.ts';
import styles from './profiles.module.css';

type Effective = Profiles['effective'][number];

/** Those without any come first: nothing runs for them. */
export function EffectivePanel({ found: { effective, profiles } }: { readonly found: Profiles }) {
  const columns = useMemo(() => columnsOf(new Map(profiles.map(({ id, name }) => [id, name]))), [profiles]);
  const without = effective.filter(({ profile }) => profile === null);
  const rows = [...without, ...effective.filter(({ profile }) => profile !== null)];
  return (
    <Panel
      title="What counts for each source"
      aside={without.length === 0 ? undefined : `${countWords(without.length, 'source')} without a profile`}
      flush
    >
      <DataTable
        label="What counts for each source"
        columns={columns}
        rows={rows}
        keyOf={({ source }) => source}
        maxHeight={320}
        empty={
          <EmptyState title="No source yet">What is registered here is listed with the profile that counts.</EmptyState>
        }
      />
    </Panel>
  );
}

function columnsOf(names: ReadonlyMap<string, string>): readonly Column<Effective>[] {
  return [
    {
      id: 'source',
      header: 'Source',
      width: 'minmax(160px, 1fr)',
      sortBy: ({ source }) => source,
      cell: ({ source }) => (
        <Link to="/sources/$source" params={{ source }} tabIndex={-1}>
          {visibleText(source)}
        </Link>
      ),
    },
    {
      id: 'profile',
      header: 'Profile',
      width: 'minmax(140px, 1fr)',
      sortBy: ({ profile }) => (profile === null ? null : (names.get(profile) ?? profile)),
      cell: ({ profile }) =>
        profile === null ? (
          <span className={styles['none']}>none: it does not run by itself</span>
        ) : (
          <Link to="/profiles/$profile" params={{ profile }} tabIndex={-1}>
            {visibleText(names.get(profile) ?? profile)}
          </Link>
        ),
    },
    {
      id: 'from',
      header: 'Why',
      width: 'minmax(160px, 1fr)',
      sortBy: ({ from }) => fromSentence(from),
      cell: ({ from }) => fromSentence(from),
    },
  ];
}
