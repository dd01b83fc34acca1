/** Signs an account in by the code of its device, where AWS has asked for one. */
import { useAwsAccounts } from '../../../client/aws.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { CodeForm } from '../../../components/code-form.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';

/** `onSignedIn`: what was refused without it can be asked again. */
export function SignIn({ account, onSignedIn }: { readonly account: string; readonly onSignedIn: () => void }) {
  const known = useAwsAccounts().data?.accounts.find(({ name }) => name === account);
  const order = useOrder((client, code: string) => client.aws.identity({ account, code }));
  const problem = problemIn(order);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <CodeForm
        serial={known?.role?.mfaSerial ?? null}
        busy={order.isPending}
        onCode={(code) => order.mutate(code, { onSuccess: onSignedIn })}
      />
    </>
  );
}
