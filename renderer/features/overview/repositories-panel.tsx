/** The repositories: whether each can be used, where it lies, what it holds; its storage once somebody asks. */
import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Connection, ConnectionState } from '../../../shared/contract/repositories.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes } from '../../components/numbers.tsx';
import { Fact, Facts, Panel, Tag } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Said } from '../../components/tone.ts';
import { visibleText } from '../../components/visible-text.ts';
import styles from './overview.module.css';

const states: Readonly<Record<ConnectionState, Said>> = {
  open: { tone: 'good', words: 'open' },
  locked: { tone: 'part', words: 'locked' },
  unreachable: { tone: 'fail', words: 'unreachable' },
};

export function RepositoriesPanel({ repositories }: { readonly repositories: readonly Connection[] }) {
  return (
    <Panel
      title="Repositories"
      aside={
        <May call="repositories.connect">
          <Link to="/welcome" search={{}}>
            Add
          </Link>
        </May>
      }
    >
      {repositories.length === 0 ? <p className={styles['dim']}>None is connected.</p> : null}
      {repositories.map((repository) => (
        <RepositoryEntry key={repository.id} repository={repository} alone={repositories.length === 1} />
      ))}
    </Panel>
  );
}

function RepositoryEntry({ repository, alone }: { readonly repository: Connection; readonly alone: boolean }) {
  const { name, location, state, snapshots, primary, problem } = repository;
  const { tone, words } = states[state];
  return (
    <section className={styles['repository']} aria-label={visibleText(name)}>
      <div className={styles['repositoryHead']}>
        <b>
          <PathText path={name} shorten={false} />
        </b>
        {primary && !alone ? <Tag>primary</Tag> : null}
        <StatusBadge tone={tone}>{words}</StatusBadge>
      </div>
      <PathText path={location} mono className={styles['dim']} />
      <span className={styles['dim']}>
        {formatCount(snapshots)} {snapshots === 1 ? 'snapshot' : 'snapshots'}
      </span>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {state === 'locked' ? (
        <May call="repositories.unlock">
          <Unlock id={repository.id} />
        </May>
      ) : null}
      {state === 'open' ? <Storage id={repository.id} /> : null}
    </section>
  );
}

function Unlock({ id }: { readonly id: string }) {
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const store = useLive((live) => live.engine?.secretStore ?? null);
  const unlock = useOrder((client, input: { id: string; password: string; remember: boolean }) =>
    client.repositories.unlock(input),
  );
  const problem = problemIn(unlock);
  const isWrong = problem?.code === 'WRONG_PASSWORD';
  return (
    <form
      className={styles['unlock']}
      onSubmit={(event) => {
        event.preventDefault();
        if (password !== '') unlock.mutate({ id, password, remember: remember && store !== null });
      }}
    >
      <PasswordInput
        label="Password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        autoComplete="current-password"
        error={isWrong ? 'This is not its password.' : null}
      />
      {store === null ? null : (
        <Checkbox
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
          label={`Remember it in the ${store}`}
        />
      )}
      {problem === null || isWrong ? null : <ErrorNotice problem={problem} />}
      <Button type="submit" variant="filled" disabled={password === ''} loading={unlock.isPending}>
        Unlock
      </Button>
    </form>
  );
}

/** Counted when asked for: it reads every folder of every snapshot. */
function Storage({ id }: { readonly id: string }) {
  const stats = useOrder((client, repository: { id: string }) => client.repository.stats({ repository }));
  const problem = problemIn(stats);
  const { data } = stats;
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {data === undefined ? null : (
        <Facts>
          <Fact name="On disk">
            <Bytes value={data.storedBytes} />
          </Fact>
          <Fact name="All snapshots">
            <Bytes value={data.restorableBytes} />
            {data.unreadableFolders > 0 ? ` and ${formatCount(data.unreadableFolders)} unreadable folders` : ''}
          </Fact>
          <Fact name="Deduplication">{ratio(data.deduplicationRatio)}</Fact>
          <Fact name="Compression">{ratio(data.compressionRatio)}</Fact>
          <Fact name="Measured">
            <RelativeTime at={stats.submittedAt} />
          </Fact>
        </Facts>
      )}
      <div>
        <Button size="compact-xs" loading={stats.isPending} onClick={() => stats.mutate({ id })}>
          {data === undefined ? 'Measure storage' : 'Measure again'}
        </Button>
      </div>
    </>
  );
}

function ratio(value: number | null): string {
  return value === null ? 'nothing stored' : `${value.toFixed(2)} ×`;
}
