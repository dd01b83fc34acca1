/** The end of the wizard: what was put together, tested by AWS itself before it is kept, and what AWS answered. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { AwsAccount, AwsAccountDefinition, AwsAccountSecret } from '../../../../shared/contract/aws-accounts.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { accountsKey } from '../../../client/aws.ts';
import { useIsLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { sayCredentials } from '../../../components/aws-words.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Fact, Facts } from '../../../components/page.tsx';
import { SavedNotice, saysSomething } from '../../../components/saved-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { AccountAnswer, useIdentity } from './account-answer.tsx';
import { addAccountCommand, secretNote } from './account-commands.ts';
import { definitionOfAccount, secretsOfAccount, type AccountDraft } from './account-draft.ts';
import { RightsPanel } from './rights-panel.tsx';
import styles from './aws.module.css';

type NewAccount = { readonly account: AwsAccountDefinition; readonly secrets: AwsAccountSecret[] };

type StepTestProps = {
  readonly draft: AccountDraft;
  readonly onBack: () => void;
  readonly onSaved: () => void;
  readonly onClose: () => void;
};

export function StepTest({ draft, onBack, onSaved, onClose }: StepTestProps) {
  const id = usePrimaryRepository()?.id ?? '';
  const live = useIsLive();
  const account = definitionOfAccount(draft);
  const secrets = secretsOfAccount(draft);
  const save = useOrder(
    (client, input: NewAccount) => client.aws.accounts.add({ repository: { id }, ...input }),
    [accountsKey],
  );
  const problem = problemIn(save);
  if (save.data !== undefined) {
    return (
      <>
        {saysSomething(save.data) ? <SavedNotice saved={save.data} /> : null}
        <Added account={save.data.account} onClose={onClose} />
      </>
    );
  }
  return (
    <>
      <Facts>
        <Fact name="Name">{visibleText(account.name)}</Fact>
        <Fact name="Credentials">{visibleText(sayCredentials(account))}</Fact>
        <Fact name="Role">{account.role === null ? 'none' : visibleText(account.role.arn)}</Fact>
        <Fact name="Regions">{account.regions.length === 0 ? 'as the machine says' : account.regions.join(', ')}</Fact>
        <Fact name="Endpoint">{account.endpoint === null ? 'AWS itself' : visibleText(account.endpoint)}</Fact>
      </Facts>
      <p className={styles['dim']}>AWS is asked who that is (sts:GetCallerIdentity). What it refuses is not saved.</p>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button onClick={onClose}>Cancel</Button>
        <span className={styles['spring']} />
        <ShowCommand
          commands={[
            addAccountCommand(
              account,
              secrets.map(({ key }) => key),
            ),
          ]}
          {...(secrets.length === 0 ? {} : { note: secretNote })}
        />
        <Button onClick={onBack}>Back</Button>
        <Button
          variant="filled"
          disabled={!live || id === ''}
          loading={save.isPending}
          onClick={() => save.mutate({ account, secrets }, { onSuccess: onSaved })}
        >
          Test and save
        </Button>
      </div>
    </>
  );
}

function Added({ account, onClose }: { readonly account: AwsAccount; readonly onClose: () => void }) {
  const identity = useIdentity();
  const [checking, setChecking] = useState(false);
  return (
    <>
      <AccountAnswer account={account} order={identity} />
      {checking ? <RightsPanel account={account} /> : null}
      <div className={styles['actions']}>
        <span className={styles['spring']} />
        {checking ? null : <Button onClick={() => setChecking(true)}>Check what it may</Button>}
        <Button variant="filled" onClick={onClose}>
          Done
        </Button>
      </div>
    </>
  );
}
