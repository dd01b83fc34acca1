/** Changes an account. Its name stays: sources choose it by that. */
import { Button, Checkbox } from '@mantine/core';
import { useState } from 'react';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { accountsKey } from '../../../client/aws.ts';
import { useIsLive, usePrimaryRepository } from '../../../client/live-store.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { changeAccountCommand, secretNote } from './account-commands.ts';
import { definitionOfAccount, faultsOfStep, secretsOfAccount, steps, type AccountDraft } from './account-draft.ts';
import { CredentialFields } from './credential-fields.tsx';
import { RegionFields } from './region-fields.tsx';
import { RoleFields } from './role-fields.tsx';
import { useAccountForm } from './use-account-form.ts';
import styles from './aws.module.css';

type EditAccountProps = {
  readonly account: AwsAccount;
  readonly accounts: readonly AwsAccount[];
  readonly onDone: () => void;
};

const everyField = steps.flatMap(faultsOfStep);

export function EditAccount({ account: before, accounts, onDone }: EditAccountProps) {
  const { draft, fields, leave, isRight } = useAccountForm(before, accounts);
  const [otherAccount, setOtherAccount] = useState(false);
  const id = usePrimaryRepository()?.id ?? '';
  const live = useIsLive();
  const save = useOrder(
    (client, typed: AccountDraft) =>
      client.aws.accounts.set({
        repository: { id },
        account: definitionOfAccount(typed),
        secrets: secretsOfAccount(typed),
        otherAccount,
      }),
    [accountsKey],
  );
  const problem = problemIn(save);
  const right = isRight(everyField);
  const secrets = secretsOfAccount(draft).map(({ key }) => key);
  return (
    <form
      className={styles['fields']}
      aria-label={`Change ${visibleText(before.name)}`}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        leave(everyField);
        if (!right || save.isPending) return;
        save.mutate(draft, {
          onSuccess: (saved) => {
            tellSaved(saved);
            onDone();
          },
        });
      }}
    >
      <CredentialFields {...fields} />
      <RoleFields {...fields} />
      <RegionFields {...fields} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {problem?.code === 'AWS_OTHER_ACCOUNT' || otherAccount ? (
        <Checkbox
          label="It may be another AWS account than before"
          description="Sources that use it are looked for there from now on."
          checked={otherAccount}
          onChange={(event) => setOtherAccount(event.currentTarget.checked)}
        />
      ) : null}
      <div className={styles['actions']}>
        <Button onClick={onDone}>Leave as it was</Button>
        <span className={styles['spring']} />
        {right ? (
          <ShowCommand
            commands={[
              [
                ...changeAccountCommand(before, definitionOfAccount(draft), secrets),
                ...(otherAccount ? ['--other-account'] : []),
              ],
            ]}
            {...(secrets.length === 0 ? {} : { note: secretNote })}
          />
        ) : null}
        <Button type="submit" variant="filled" disabled={!live} loading={save.isPending}>
          Test and save
        </Button>
      </div>
    </form>
  );
}
