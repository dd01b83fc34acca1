/** Who keeps what is stored from being removed, what that is worth, and trying it out. */
import { Button } from '@mantine/core';
import type { LockedPlace } from '../../../shared/contract/compliance.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { May } from '../../client/may.tsx';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { sayPlace } from './compliance-words.ts';
import styles from './compliance.module.css';

export function PlacesPanel() {
  const answer = useAnswer(['compliance.places'], (client, signal) => client.compliance.places({}, { signal }));
  const problem = problemIn(answer);
  const { places = [], natives = [] } = answer.data ?? {};
  return (
    <Panel title="Immutability">
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.data === undefined && problem === null ? <Skeleton lines={2} /> : null}
      {answer.data !== undefined && places.length === 0 ? (
        <span className={styles['dim']}>No repository is connected.</span>
      ) : null}
      {places.map((place) => (
        <Place key={place.connection} place={place} />
      ))}
      {natives.map(({ source, snapshots, locked, compliance }) => (
        <div key={source} className={styles['place']}>
          <b>{visibleText(source)}</b>
          <p>
            {locked} of {snapshots} native snapshots are locked in AWS, as it told at the last look; {compliance} of
            them in compliance mode.
          </p>
        </div>
      ))}
    </Panel>
  );
}

function Place({ place }: { readonly place: LockedPlace }) {
  const { connection, name, words, proof, by } = place;
  const { tone, words: said } = sayPlace(place);
  const order = useOrder(
    (client, id: string) => client.compliance.verify({ connection: id }),
    [['compliance.places'], ['compliance.report']],
  );
  const problem = problemIn(order);
  return (
    <div className={styles['place']}>
      <b>{visibleText(name)}</b>
      <StatusBadge tone={tone}>{said}</StatusBadge>
      <p>
        {words}
        {proof === null ? null : (
          <span className={styles['dim']}>
            {' '}
            Tried out <RelativeTime at={proof.at} /> by {actorWords(proof.by)}. {proof.words.map(visibleText).join(' ')}
          </span>
        )}
      </p>
      {by === 'store' || by === 'server' ? (
        <May call="compliance.verify">
          <Button loading={order.isPending} onClick={() => order.mutate(connection)}>
            Try it out
          </Button>
        </May>
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </div>
  );
}
