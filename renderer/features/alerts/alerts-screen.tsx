/** What needs somebody, worst first; what somebody sees to; what is over. */
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { TextInput } from '@mantine/core';
import { useMemo } from 'react';
import { formatCount } from '../../../shared/model/units.ts';
import { useAlertTotal, useOpenAlerts } from '../../client/alerts.ts';
import { useHasState } from '../../client/live-store.ts';
import { alertsByStanding, findAlerts, needsWords } from '../../components/alert-model.ts';
import { Page } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAlertNow } from '../../components/use-alert-now.ts';
import styles from './alerts-screen.module.css';
import { NobodyTold } from './nobody-told.tsx';
import { OpenList } from './open-list.tsx';
import { ResolvedList } from './resolved-list.tsx';
import { shownOf, type Shown } from './shown.ts';

export function AlertsScreen() {
  const { show, find = '', alert } = useSearch({ from: '/alerts' });
  const known = useHasState();
  const open = useOpenAlerts();
  const total = useAlertTotal(open.length);
  const navigate = useNavigate();
  // A snooze ends by the clock alone.
  const now = useAlertNow();
  const standings = useMemo(() => alertsByStanding(open, now), [open, now]);
  const shown = shownOf(show, alert, standings);
  const counts = { needs: standings.needs, acknowledged: standings.acknowledged, snoozed: standings.snoozed };
  const rows = useMemo(
    () => (shown === 'resolved' ? [] : findAlerts(standings[shown], find)),
    [shown, standings, find],
  );
  if (!known) {
    return (
      <Page title="Alerts">
        <Skeleton lines={8} />
      </Page>
    );
  }
  return (
    <Page
      title="Alerts"
      fill
      sub={
        <span role="status">
          {needsWords(standings.needs)}.
          {total > open.length ? ` The worst ${formatCount(open.length)} of ${formatCount(total)} are shown.` : ''}
        </span>
      }
    >
      <NobodyTold />
      <div className={styles['bar']}>
        <nav className={styles['tabs']} aria-label="Which alerts">
          <Tab show="needs" now={shown} words="Needs somebody" count={counts.needs.length} />
          <Tab show="acknowledged" now={shown} words="Acknowledged" count={counts.acknowledged.length} />
          <Tab show="snoozed" now={shown} words="Snoozed" count={counts.snoozed.length} />
          <Tab show="resolved" now={shown} words="Resolved" />
        </nav>
        {shown === 'resolved' ? null : (
          <TextInput
            className={styles['find'] ?? ''}
            type="search"
            aria-label="Find alerts"
            placeholder="Find in these"
            data-page-search
            value={find}
            onChange={({ currentTarget: { value } }) =>
              void navigate({
                to: '/alerts',
                search: { show: shown, ...(value === '' ? {} : { find: value }) },
                replace: true,
              })
            }
          />
        )}
      </div>
      {shown === 'resolved' ? (
        <ResolvedList wanted={alert} />
      ) : (
        // Another one that is asked for is looked at from the beginning.
        <OpenList
          key={`${shown} ${alert ?? ''}`}
          shown={shown}
          rows={rows}
          of={standings[shown].length}
          wanted={alert}
        />
      )}
    </Page>
  );
}

type TabProps = { readonly show: Shown; readonly now: Shown; readonly words: string; readonly count?: number };

function Tab({ show, now, words, count }: TabProps) {
  return (
    <Link to="/alerts" search={{ show }} aria-current={show === now ? 'page' : undefined}>
      {words}
      {count === undefined ? null : <b>{formatCount(count)}</b>}
    </Link>
  );
}
