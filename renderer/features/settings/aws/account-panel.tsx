/** One account: who AWS says it is, what it is asked with, and what can be done with it. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { accountsKey } from '../../../client/aws.ts';
import { useIsLive } from '../../../client/live-store.ts';
import { useMay } from '../../../client/me.ts';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';
import { AccountAnswer, useIdentity } from './account-answer.tsx';
import { AccountFacts, AccountState } from './account-facts.tsx';
import { EditAccount } from './edit-account.tsx';
import { RemoveAccount } from './remove-account.tsx';
import { RightsPanel } from './rights-panel.tsx';
import { UnprotectedPanel } from './unprotected-panel.tsx';

type Task = 'rights' | 'unprotected' | 'edit' | 'remove';

type AccountPanelProps = { readonly account: AwsAccount; readonly accounts: readonly AwsAccount[] };

export function AccountPanel({ account, accounts }: AccountPanelProps) {
  const [task, setTask] = useState<Task | null>(null);
  const live = useIsLive();
  const mayChange = useMay('aws.accounts.set');
  const mayAsk = useMay('aws.check');
  const identity = useIdentity();
  const toggle = (next: Task) => setTask(task === next ? null : next);
  const { name } = account;
  const wasAsked = identity.isSuccess || identity.isError;
  return (
    <Panel>
      <section aria-label={`AWS account ${visibleText(name)}`}>
        <div className={styles['head']}>
          <h2 className={styles['name']}>{visibleText(name)}</h2>
          <AccountState account={account} />
        </div>
        {account.approved ? null : <NotApproved account={account} mayApprove={mayChange} />}
        <AccountFacts account={account} />
        <div className={styles['actions']}>
          {mayAsk ? (
            <>
              <Button disabled={!live} loading={identity.isPending} onClick={() => identity.mutate({ name, code: '' })}>
                Test
              </Button>
              <Button aria-expanded={task === 'rights'} onClick={() => toggle('rights')}>
                What it may
              </Button>
              <Button aria-expanded={task === 'unprotected'} onClick={() => toggle('unprotected')}>
                Not protected
              </Button>
            </>
          ) : null}
          {mayChange ? (
            <>
              <Button aria-expanded={task === 'edit'} onClick={() => toggle('edit')}>
                Edit
              </Button>
              <Button onClick={() => setTask('remove')}>Remove…</Button>
            </>
          ) : null}
        </div>
        {wasAsked ? (
          <div className={styles['block']}>
            <AccountAnswer account={account} order={identity} />
          </div>
        ) : null}
        {task === 'rights' ? (
          <div className={styles['block']}>
            <RightsPanel account={account} />
          </div>
        ) : null}
        {task === 'unprotected' ? (
          <div className={styles['block']}>
            <UnprotectedPanel account={account} />
          </div>
        ) : null}
        {task === 'edit' ? (
          <div className={styles['block']}>
            <EditAccount account={account} accounts={accounts} onDone={() => setTask(null)} />
          </div>
        ) : null}
        <RemoveAccount account={account} opened={task === 'remove'} onClose={() => setTask(null)} />
      </section>
    </Panel>
  );
}

function NotApproved({ account, mayApprove }: { readonly account: AwsAccount; readonly mayApprove: boolean }) {
  const order = useOrder((client, name: string) => client.aws.accounts.approve({ name }), [accountsKey]);
  const problem = problemIn(order);
  return (
    <div className={styles['block']}>
      <Notice
        tone="part"
        title="It came from a repository, and nobody has looked at it on this machine"
        actions={
          mayApprove ? (
            <Button loading={order.isPending} onClick={() => order.mutate(account.name)}>
              Approve
            </Button>
          ) : undefined
        }
      >
        Until then no program of its AWS profile runs here, and nothing but AWS itself is asked.
      </Notice>
      {problem === null ? null : <ErrorNotice problem={problem} />}
    </div>
  );
}
