/** The last step of a guide: what a run would do, as it is looked at now; then the button that starts it. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, type ComponentType } from 'react';
import type { PreflightCheck } from '../../../../shared/contract/preflight-check.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import type { Client } from '../../../client/client.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { keysNote } from './aws-commands.ts';
import styles from './aws.module.css';
import { SignIn } from './sign-in.tsx';

type Props<Request, Preview> = {
  readonly request: Request;
  readonly who: { readonly account?: string | null | undefined; readonly keys?: object | null | undefined } | null;
  /** While it is looked. */
  readonly looking: string;
  readonly look: (client: Client, asked: Request) => Promise<Preview | null>;
  /** Makes the run, and starts it. */
  readonly start: (client: Client, asked: Request) => Promise<{ readonly id: string }>;
  /** That does the same, as its arguments. */
  readonly command: readonly string[];
  readonly View: ComponentType<{ readonly preview: Preview }>;
  readonly onBack: () => void;
};

export function GuidePlan<Request, Preview extends { readonly checks: readonly PreflightCheck[] }>({
  request,
  who,
  looking,
  look: lookWith,
  start: startWith,
  command,
  View,
  onBack,
}: Props<Request, Preview>) {
  const navigate = useNavigate();
  // An order, not an answer: answers are kept by their questions, and a secret may stand in this one.
  const look = useOrder(lookWith);
  const start = useOrder(startWith);
  const { mutate: ask } = look;
  const question = JSON.stringify(request);
  useEffect(() => ask(JSON.parse(question) as Request), [ask, question]);
  const problem = problemIn(start) ?? problemIn(look);
  const preview = look.isPending ? null : (look.data ?? null);
  const isBlocked = preview?.checks.some(({ level }) => level === 'blocker') ?? true;
  const account = who?.account ?? null;
  return (
    <Panel title="Plan" className={styles['panel']}>
      <div className={styles['fields']}>
        {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => ask(request)} />}
        {problem?.code === 'AWS_SIGN_IN' && account !== null ? (
          <SignIn account={account} onSignedIn={() => ask(request)} />
        ) : null}
        {look.isPending ? (
          <>
            <div className={styles['dim']} role="status">
              {looking}
            </div>
            <Skeleton lines={6} />
          </>
        ) : null}
        {preview === null ? null : <View preview={preview} />}
        <div className={styles['actions']}>
          <Button onClick={onBack}>Back</Button>
          <Button
            variant="filled"
            disabled={preview === null || isBlocked}
            loading={start.isPending}
            onClick={() =>
              start.mutate(request, {
                onSuccess: ({ id }) => void navigate({ to: '/recovery/$run', params: { run: id } }),
              })
            }
          >
            Start the restore
          </Button>
          <span className={styles['spring']} />
          <ShowCommand commands={[command]} {...((who?.keys ?? null) === null ? {} : { note: keysNote })} />
          <Button variant="subtle" loading={look.isPending} onClick={() => ask(request)}>
            Look again
          </Button>
        </div>
      </div>
    </Panel>
  );
}
