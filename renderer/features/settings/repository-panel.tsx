/** One repository: how it stands, what can be done with it. */
import { Button } from '@mantine/core';
import { useCallback, useState } from 'react';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useMay } from '../../client/me.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Count } from '../../components/numbers.tsx';
import { Fact, Facts, Panel, Tag } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import type { Tone } from '../../components/tone.ts';
import { useTicking } from '../../components/ticker.ts';
import { visibleText } from '../../components/visible-text.ts';
import { CheckRepository } from './check-repository.tsx';
import { DisconnectRepository } from './disconnect-repository.tsx';
import { ChangePasswordForm, ProvePasswordForm, RenameForm, UnlockForm } from './repository-forms.tsx';
import { RepositoryFigures } from './repository-figures.tsx';
import { RepositoryHealth } from './repository-health.tsx';
import { RepositoryKeys } from './repository-keys.tsx';
import { provenIsOld } from './proven.ts';
import styles from './settings.module.css';

const states: Readonly<Record<Connection['state'], { tone: Tone; words: string }>> = {
  open: { tone: 'good', words: 'open' },
  locked: { tone: 'part', words: 'locked' },
  unreachable: { tone: 'fail', words: 'unreachable' },
};

type Task = 'rename' | 'prove' | 'password' | 'keys' | 'figures' | 'health' | 'check' | 'disconnect';

type RepositoryPanelProps = { readonly repository: Connection; readonly several: boolean };

export function RepositoryPanel({ repository, several }: RepositoryPanelProps) {
  const [task, setTask] = useState<Task | null>(null);
  const done = () => setTask(null);
  const { provenAt } = repository;
  const reminds = useTicking(useCallback((now: number) => provenIsOld(provenAt, now), [provenAt]));
  const isOpen = repository.state === 'open';
  // What each of these roles may do with a repository stands in the contract's rights; these calls stand for all.
  const isAdmin = useMay('repositories.rename');
  const operates = useMay('repositories.prove');
  const mayOpen = useMay('repositories.unlock');
  const { tone, words } = states[repository.state];
  return (
    <Panel>
      <div className={styles['head']}>
        <h2 className={styles['name']}>{visibleText(repository.name)}</h2>
        {several && repository.primary ? <Tag>primary</Tag> : null}
        <span className={styles['spring']} />
        <StatusBadge tone={tone}>{words}</StatusBadge>
      </div>
      <Facts>
        <Fact name="Lies at">
          <PathText path={repository.location} />
        </Fact>
        <Fact name="Snapshots">
          <Count value={repository.snapshots} />
        </Fact>
        <Fact name="Password">
          {passwordWords(repository)}; last entered by hand <RelativeTime at={repository.provenAt} />
        </Fact>
        <Fact name="Id">
          <span className={styles['mono']}>{repository.repository.slice(0, 16)}</span>
        </Fact>
      </Facts>
      {repository.problem === null ? null : (
        <div className={styles['block']}>
          <ErrorNotice problem={repository.problem} />
        </div>
      )}
      {repository.state === 'locked' && mayOpen ? (
        <div className={styles['block']}>
          <UnlockForm repository={repository} />
        </div>
      ) : null}
      {isOpen && reminds && operates && task !== 'prove' ? (
        <div className={styles['block']}>
          <ProvePasswordForm repository={repository} reminder onDone={done} />
        </div>
      ) : null}
      <div className={styles['actions']}>
        {isAdmin ? <Toggle task="rename" now={task} set={setTask} words="Rename" /> : null}
        {isAdmin && several && !repository.primary ? <MakePrimary repository={repository} /> : null}
        {isOpen ? (
          <>
            {operates ? <Toggle task="prove" now={task} set={setTask} words="Prove password" /> : null}
            {isAdmin ? <Toggle task="password" now={task} set={setTask} words="Change password" /> : null}
            <Toggle task="keys" now={task} set={setTask} words="Keys" />
            <Toggle task="figures" now={task} set={setTask} words="Size" />
            <Toggle task="health" now={task} set={setTask} words="Health" />
            {operates ? (
              <>
                <Toggle task="check" now={task} set={setTask} words="Check" />
                <LockNow repository={repository} />
              </>
            ) : null}
          </>
        ) : null}
        {isAdmin ? <Button onClick={() => setTask('disconnect')}>Disconnect…</Button> : null}
      </div>
      <div className={styles['block']}>
        {task === 'rename' ? <RenameForm repository={repository} onDone={done} /> : null}
        {task === 'prove' ? <ProvePasswordForm repository={repository} onDone={done} /> : null}
        {task === 'password' ? <ChangePasswordForm repository={repository} onDone={done} /> : null}
        {task === 'keys' ? <RepositoryKeys repository={repository} /> : null}
        {task === 'figures' ? <RepositoryFigures repository={repository} /> : null}
        {task === 'health' ? <RepositoryHealth repository={repository} /> : null}
        {task === 'check' ? <CheckRepository repository={repository} /> : null}
      </div>
      <DisconnectRepository repository={repository} opened={task === 'disconnect'} onClose={done} />
    </Panel>
  );
}

function passwordWords({ state, remembered }: Connection): string {
  if (remembered) return 'remembered on this machine';
  return state === 'locked'
    ? 'not known to the engine until somebody enters it'
    : 'kept in memory until the engine ends';
}

type ToggleProps = {
  readonly task: Task;
  readonly now: Task | null;
  readonly set: (task: Task | null) => void;
  readonly words: string;
};

function Toggle({ task, now, set, words }: ToggleProps) {
  return (
    <Button aria-expanded={now === task} onClick={() => set(now === task ? null : task)}>
      {words}
    </Button>
  );
}

function MakePrimary({ repository }: { readonly repository: Connection }) {
  const order = useOrder((client, id: string) => client.repositories.makePrimary({ id }));
  return (
    <Button loading={order.isPending} onClick={() => order.mutate(repository.id)}>
      Make primary
    </Button>
  );
}

function LockNow({ repository }: { readonly repository: Connection }) {
  const order = useOrder((client, id: string) => client.repositories.lock({ id }));
  const problem = problemIn(order);
  return (
    <>
      <Button
        loading={order.isPending}
        onClick={() => order.mutate(repository.id)}
        title="Forgets the password. What runs goes on; what comes next asks for it."
      >
        Lock
      </Button>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </>
  );
}
