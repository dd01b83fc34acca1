/** Who AWS says an account is; and where it could not say, why, and what can be done. */
import { Button } from '@mantine/core';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { accountsKey } from '../../../client/aws.ts';
import { asksForCode, sayArn } from '../../../components/aws-words.ts';
import { CodeForm } from '../../../components/code-form.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';

export function useIdentity() {
  return useOrder(
    (client, { name, code }: { name: string; code: string }) =>
      client.aws.identity({ account: name, ...(code === '' ? {} : { code }) }),
    [accountsKey],
  );
}

type AccountAnswerProps = {
  readonly account: AwsAccount;
  readonly order: ReturnType<typeof useIdentity>;
};

/** `order`: the question, asked anew. Before it is asked, what AWS said when the account was saved. */
export function AccountAnswer({ account, order }: AccountAnswerProps) {
  const problem = problemIn(order);
  const identity = order.data?.identity ?? account.identity;
  const hasDevice = asksForCode(account);
  const asked = problem?.code === 'AWS_SIGN_IN';
  const needsCode = problem === null ? identity === null && hasDevice : hasDevice || asked;
  const ask = (code: string) => order.mutate({ name: account.name, code });
  return (
    <div className={styles['fields']} role="status">
      {problem === null || (asked && hasDevice) ? null : (
        <ErrorNotice problem={problem} onRetry={needsCode ? undefined : () => ask('')} />
      )}
      {problem !== null || identity === null ? null : (
        <Notice tone="good" title={`You are ${visibleText(sayArn(identity.arn))} in account ${identity.account}`}>
          <span className={styles['mono']}>{visibleText(identity.arn)}</span>
        </Notice>
      )}
      {needsCode ? (
        <>
          <Notice tone="none" title="It asks for a code">
            It is signed in with the code that its device shows now.
          </Notice>
          <CodeForm serial={account.role?.mfaSerial ?? null} busy={order.isPending} onCode={ask} />
        </>
      ) : null}
      {problem === null && identity === null && !needsCode ? (
        <Notice
          tone="part"
          title="Nobody said who that is"
          actions={
            <Button loading={order.isPending} onClick={() => ask('')}>
              Ask again
            </Button>
          }
        >
          It did not answer, or it is a store that knows nobody by name. The account is kept, and asked again when it is
          used.
        </Notice>
      ) : null}
    </div>
  );
}
