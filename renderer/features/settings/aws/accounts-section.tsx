/** The accounts by which AWS is asked: who each is, what it is asked with, how it stands. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { problemIn } from '../../../client/ask.ts';
import { useAwsAccounts } from '../../../client/aws.ts';
import { useHasState, usePrimaryRepository } from '../../../client/live-store.ts';
import { useRefusal } from '../../../client/me.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import styles from '../settings.module.css';
import { AccountPanel } from './account-panel.tsx';
import { AccountWizard } from './account-wizard.tsx';
import { MapsPanel } from './maps-panel.tsx';

export function AwsSection() {
  const answer = useAwsAccounts();
  const refusal = useRefusal('aws.accounts.add');
  const known = useHasState();
  const primary = usePrimaryRepository();
  const [adding, setAdding] = useState(false);
  const problem = problemIn(answer);
  const accounts = answer.data?.accounts ?? [];
  const canAdd = refusal === null && answer.isSuccess && primary !== undefined;
  return (
    <>
      <p className={styles['lead']}>
        As whom AWS is asked, under a name that sources choose. Keys are kept where this machine keeps secrets, and
        never shown again. A source without an account uses the AWS environment and AWS profiles of this machine.
      </p>
      {refusal === null ? null : (
        <Notice tone="none" title={`Changing accounts needs the role ${refusal.required}`}>
          They name hosts that are contacted, with secrets. You are signed in with the role {refusal.role}.
        </Notice>
      )}
      {known && primary === undefined ? (
        <Notice tone="none" title="A repository comes first">
          Accounts are part of the console’s configuration, which is kept in the repository; their secrets are not.
        </Notice>
      ) : null}
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {answer.isPending ? <Skeleton lines={6} /> : null}
      {answer.isSuccess && accounts.length === 0 && !adding ? (
        <Panel>
          <EmptyState title="No AWS account yet">
            Add one, so that its rights are checked before a night depends on them, and an alert is raised before its
            credentials end.
          </EmptyState>
        </Panel>
      ) : null}
      {adding ? <AccountWizard accounts={accounts} onClose={() => setAdding(false)} /> : null}
      {accounts.map((account) => (
        <AccountPanel key={account.name} account={account} accounts={accounts} />
      ))}
      {adding || !canAdd ? null : (
        <div className={styles['actions']}>
          <Button variant={accounts.length === 0 ? 'filled' : 'default'} onClick={() => setAdding(true)}>
            Add an AWS account
          </Button>
          <ShowCommand commands={[['holdfast', 'aws', 'account', 'list']]} />
        </div>
      )}
      {answer.isSuccess && primary !== undefined ? <MapsPanel /> : null}
    </>
  );
}
