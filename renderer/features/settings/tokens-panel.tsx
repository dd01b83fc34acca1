/** API tokens: made here and shown once, listed with their last use, revoked. */
import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Token } from '../../../shared/contract/tokens.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { actorWords } from '../../components/actor.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel, Tag } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { roleName, sayRole } from '../../components/role-words.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { NewToken } from './new-token.tsx';
import { RevokeToken } from './revoke-token.tsx';
import styles from './settings.module.css';

export function TokensPanel() {
  const answer = useAnswer(['tokens.list'], (client, signal) => client.tokens.list({}, { signal }));
  const [making, setMaking] = useState(false);
  const [going, setGoing] = useState<Token | null>(null);
  const problem = problemIn(answer);
  const tokens = answer.data?.tokens ?? [];
  return (
    <Panel title="API tokens" aside={<Link to="/settings/api">All calls, with examples</Link>}>
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={3} /> : null}
      {answer.isSuccess && tokens.length === 0 && !making ? (
        <EmptyState title="No token yet">
          A script or a monitor signs in with one. Give it the least role that does its work, and an end.
        </EmptyState>
      ) : null}
      {tokens.length === 0 ? null : <TokenTable tokens={tokens} onRevoke={setGoing} />}
      {making ? <NewToken onClose={() => setMaking(false)} /> : null}
      {making ? null : (
        <div className={styles['actions']}>
          <Button onClick={() => setMaking(true)}>New token</Button>
          <ShowCommand commands={[['holdfast', 'token', 'list']]} />
        </div>
      )}
      <RevokeToken token={going} onClose={() => setGoing(null)} />
    </Panel>
  );
}

type TokenTableProps = { readonly tokens: readonly Token[]; readonly onRevoke: (token: Token) => void };

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label="API tokens">
      <table className={styles['keys']}>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Role</th>
            <th scope="col">Begins</th>
            <th scope="col">Made</th>
            <th scope="col">Ends</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tokens.map((token) => (
            <tr key={token.id}>
              <td className={styles['strong']}>{visibleText(token.name)}</td>
              <td title={`It may: ${sayRole(token.role)}`}>
                <Tag>{roleName(token.role)}</Tag>
              </td>
              <td className={styles['mono']}>{token.prefix}…</td>
              <td title={`by ${actorWords(token.createdBy)}`}>
                <RelativeTime at={token.createdAt} />
              </td>
              <td>
                <End token={token} />
              </td>
              <td>{token.lastUsedAt === null ? 'never' : <RelativeTime at={token.lastUsedAt} />}</td>
              <td className={styles['end']}>
                <Button
                  size="compact-xs"
                  aria-label={`Revoke ${visibleText(token.name)}…`}
                  onClick={() => onRevoke(token)}
                >
                  Revoke…
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function End({ token: { expiresAt, expired } }: { readonly token: Token }) {
  if (expired) return <StatusBadge tone="none">ended</StatusBadge>;
  return expiresAt === null ? 'when revoked' : <RelativeTime at={expiresAt} />;
}
