/** Browsers that are signed in: who, as what, since when and from where, and how they are put out. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Session } from '../../../shared/contract/sessions.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel, Tag } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { roleName, sayRole } from '../../components/role-words.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './settings.module.css';

const listed = [['sessions.list']];

export function SessionsPanel() {
  const answer = useAnswer(['sessions.list'], (client, signal) => client.sessions.list({}, { signal }));
  const [all, setAll] = useState(false);
  const order = useOrder((client, id: string) => client.sessions.revoke({ session: id }), listed);
  const problem = problemIn(answer) ?? problemIn(order);
  const sessions = answer.data?.sessions ?? [];
  const others = sessions.filter(({ own }) => !own);
  return (
    <Panel title="Signed-in browsers" aside="the one used last first">
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={3} /> : null}
      {answer.isSuccess && sessions.length === 0 ? (
        <EmptyState title="No browser is signed in">A sign-in link lets one in.</EmptyState>
      ) : null}
      {sessions.length === 0 ? null : (
        <SessionTable sessions={sessions} busy={order.isPending} onPutOut={({ id }) => order.mutate(id)} />
      )}
      <div className={styles['actions']}>
        {others.length === 0 ? null : <Button onClick={() => setAll(true)}>Sign all others out…</Button>}
        <ShowCommand commands={[['holdfast', 'session', 'list']]} />
      </div>
      <SignOthersOut opened={all} others={others} onClose={() => setAll(false)} />
    </Panel>
  );
}

type SessionTableProps = {
  readonly sessions: readonly Session[];
  readonly busy: boolean;
  readonly onPutOut: (session: Session) => void;
};

function SessionTable({ sessions, busy, onPutOut }: SessionTableProps) {
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label="Signed-in browsers">
      <table className={styles['keys']}>
        <thead>
          <tr>
            <th scope="col">Who</th>
            <th scope="col">Role</th>
            <th scope="col">Signed in</th>
            <th scope="col">Last seen</th>
            <th scope="col">Ends</th>
            <th scope="col">From</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.id}>
              <td className={styles['strong']}>
                {visibleText(session.actor)} {session.own ? <Tag>this browser</Tag> : null}
              </td>
              <td title={`It may: ${sayRole(session.role)}`}>
                <Tag>{roleName(session.role)}</Tag>
              </td>
              <td>
                <RelativeTime at={session.beganAt} />
              </td>
              <td>
                <RelativeTime at={session.lastSeenAt} />
              </td>
              <td>
                <RelativeTime at={session.endsAt} />
              </td>
              <td className={styles['wraps']} title={session.address ?? undefined}>
                {placeOf(session)}
              </td>
              <td className={styles['end']}>
                {session.own ? null : (
                  <Button
                    size="compact-xs"
                    disabled={busy}
                    aria-label={`Sign out ${visibleText(session.actor)}, ${placeOf(session)}`}
                    onClick={() => onPutOut(session)}
                  >
                    Sign out
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Loopback is every program of this machine, a browser behind a tunnel too. */
function placeOf({ address, browser }: Session): string {
  const isHere = address !== null && /^(?:127\.|::1$|::ffff:127\.)/.test(address);
  const place = isHere ? 'this machine' : visibleText(address ?? 'not known');
  return browser === null ? place : `${browser}, ${place}`;
}

type SignOthersOutProps = {
  readonly opened: boolean;
  readonly others: readonly Session[];
  readonly onClose: () => void;
};

function SignOthersOut({ opened, others, onClose }: SignOthersOutProps) {
  const order = useOrder((client) => client.sessions.revokeAll({}), listed);
  const close = () => {
    order.reset();
    onClose();
  };
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={close}
      title="Sign all other browsers out"
      goes={others.map((one) => ({ id: one.id, name: one.actor, detail: placeOf(one), bytes: null }))}
      word="others"
      verb="Sign out"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() => order.mutate(undefined, { onSuccess: close })}
    >
      <p>What they watch ends at once; jobs go on. Links that nobody has used yet open nothing any more.</p>
    </ConfirmDestructive>
  );
}
