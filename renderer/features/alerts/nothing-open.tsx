/** No alert of this kind: good news, and what it rests on. */
import { Link } from '@tanstack/react-router';
import { formatCount } from '../../../shared/model/units.ts';
import { useLive, useSources } from '../../client/live-store.ts';
import type { AlertStanding } from '../../components/alert-model.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import styles from './alerts-screen.module.css';

type NothingOpenProps = {
  readonly shown: AlertStanding;
  /** There are some, but none with the words that were typed. */
  readonly searched: boolean;
};

export function NothingOpen({ shown, searched }: NothingOpenProps) {
  if (searched)
    return (
      <EmptyState
        title="No alert has these words"
        action={
          <Link to="/alerts" search={{ show: shown }}>
            Show all
          </Link>
        }
      />
    );
  if (shown === 'acknowledged')
    return <EmptyState title="Nothing is acknowledged">Whoever sees to an alert acknowledges it.</EmptyState>;
  if (shown === 'snoozed')
    return <EmptyState title="Nothing is snoozed">A snoozed alert comes back when its time is over.</EmptyState>;
  return (
    <EmptyState title="Nothing needs anybody.">
      <Watched />
    </EmptyState>
  );
}

function Watched() {
  const sources = useSources().filter(({ registered }) => registered !== null);
  const limited = sources.filter(({ rpoMs }) => rpoMs !== null).length;
  const repositories = useLive((live) => live.repositories.size);
  return (
    <div className={styles['watched']}>
      Watched once a minute, and whenever a run ends:
      <ul>
        {sources.length === 0 ? null : (
          <>
            <li>
              {counted(sources.length, 'source')}: whether the last run failed or read only a part, was emptied, or
              changed far more than usual; whether retention asks or is stuck
            </li>
            <li>
              {limited === sources.length
                ? 'whether the newest good snapshot of each is as fresh as it must be'
                : `whether newest good snapshots are fresh enough: ${formatCount(limited)} of them say how old it may be`}
            </li>
          </>
        )}
        {repositories === 0 ? null : (
          <li>
            {counted(repositories, 'repository', 'repositories')}: whether{' '}
            {repositories === 1
              ? 'it answers, and whether runs wait for its'
              : 'each answers, and whether runs wait for a'}{' '}
            password
          </li>
        )}
        <li>the clock of this machine, a freeze that goes on, and whether alerts arrive where they are told</li>
      </ul>
    </div>
  );
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
