/** One console that is watched: what it says of its sources, alerts, storage and copies, and what can be told to it. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Peer } from '../../../../shared/contract/peers.ts';
import { covers } from '../../../../shared/model/roles.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { May } from '../../../client/may.tsx';
import { peerAnswers, usePeer } from '../../../client/peers.ts';
import { actorWords } from '../../../components/actor.tsx';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { NoSuch } from '../../../components/no-such.tsx';
import { Fact, Facts, Page, Panel } from '../../../components/page.tsx';
import { DayTime, RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../sites.module.css';
import { PeerTables } from './peer-tables.tsx';
import { roleWords } from './peer-words.ts';
import { PeerState } from './peers-screen.tsx';

export function PeerScreen() {
  const { peer: id } = useParams({ from: '/sites/peers/$peer' });
  const answer = usePeer(id);
  const problem = problemIn(answer);
  if (answer.data !== undefined) return <Known peer={answer.data} />;
  return (
    <Page title="Another console">
      {problem === null ? (
        <Skeleton lines={8} />
      ) : (
        <NoSuch
          problem={problem}
          what="console"
          action={<Link to="/sites/peers/all">Other consoles</Link>}
          onRetry={() => void answer.refetch()}
        >
          It may have been taken off the list.
        </NoSuch>
      )}
    </Page>
  );
}

function Known({ peer }: { readonly peer: Peer }) {
  const { name, url, reading, problem, since } = peer;
  return (
    <Page
      title={visibleText(name)}
      sub={
        <>
          <Link to="/sites/peers/all">Other consoles</Link> · {visibleText(url)}
        </>
      }
      actions={<Actions peer={peer} />}
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {reading !== null && peer.state !== 'answering' ? (
        <Notice tone="part" title="What follows may be old">
          It was heard <RelativeTime at={reading.at} />.
        </Notice>
      ) : null}
      <Panel title="As it says of itself">
        <Facts>
          <Fact name="State">
            <PeerState peer={peer} />
            {since === null ? null : (
              <>
                {' '}
                since <DayTime at={since} />
              </>
            )}
          </Fact>
          {reading === null ? null : (
            <>
              <Fact name="Holdfast">
                {visibleText(reading.version)}, up since <DayTime at={reading.startedAt} />
              </Fact>
              <Fact name="From here">
                {roleWords(reading.role)} (its token has the role {reading.role})
              </Fact>
              <Fact name="By itself">{reading.active ? 'runs what is due' : 'nothing runs there by itself'}</Fact>
            </>
          )}
          <Fact name="Certificate">
            {peer.fingerprint === null ? (
              certificateWords(url)
            ) : (
              <span className={styles['mono']}>SHA-256 {peer.fingerprint}</span>
            )}
          </Fact>
          <Fact name="Watched">
            since <DayTime at={peer.addedAt} />, by {actorWords(peer.addedBy)}
          </Fact>
        </Facts>
      </Panel>
      {reading === null ? null : <PeerTables peer={peer.id} reading={reading} />}
    </Page>
  );
}

function certificateWords(url: string): string {
  return url.startsWith('https:') ? 'as an authority vouches for it' : 'none: plain HTTP, on this machine';
}

function Actions({ peer }: { readonly peer: Peer }) {
  const navigate = useNavigate();
  const [removing, setRemoving] = useState(false);
  const link = useOrder((client, id: string) => client.peers.link({ peer: id }));
  const remove = useOrder((client, id: string) => client.peers.remove({ peer: id }), peerAnswers);
  const problem = problemIn(link);
  const canOpen = peer.reading !== null && covers(peer.reading.role, 'admin');
  return (
    <>
      <ShowCommand
        commands={[
          ['holdfast', 'peers', 'show', peer.name],
          ['holdfast', 'peers', 'open', peer.name],
        ]}
      />
      {canOpen ? (
        <May call="peers.link">
          <Button
            loading={link.isPending}
            onClick={() =>
              link.mutate(peer.id, {
                onSuccess: ({ url }) => void window.open(url, '_blank', 'noopener,noreferrer'),
              })
            }
          >
            Open it in a new window
          </Button>
        </May>
      ) : null}
      <May call="peers.remove">
        <Button onClick={() => setRemoving(true)}>Watch it no more…</Button>
      </May>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <ConfirmDestructive
        opened={removing}
        onClose={() => setRemoving(false)}
        title={`Watch ${visibleText(peer.name)} no more`}
        goes={[{ id: peer.id, name: peer.name, detail: peer.url, bytes: null }]}
        word={peer.name}
        verb="Watch it no more"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={() => remove.mutate(peer.id, { onSuccess: () => void navigate({ to: '/sites/peers/all' }) })}
      >
        <p>Its token is forgotten here. There it is good until somebody revokes it: do that, too.</p>
      </ConfirmDestructive>
    </>
  );
}
