/** The plan of a restore in AWS, with what was tried; then the button that starts it. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { AwsRestoreRequest } from '../../../../shared/contract/aws-restores.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { collect } from '../../../client/collect.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { awsRestoreCommand, keysNote } from './aws-commands.ts';
import styles from './aws.module.css';
import { PlanView } from './plan-view.tsx';
import { SignIn } from './sign-in.tsx';

type StepPlanProps = { readonly request: AwsRestoreRequest; readonly onBack: () => void };

export function StepPlan({ request, onBack }: StepPlanProps) {
  const navigate = useNavigate();
  // An order, not an answer: answers are kept by their questions, and a secret may stand in this one.
  const look = useOrder(async (client, asked: AwsRestoreRequest) => {
    const { result } = await collect(client.awsRestores.preview(asked), {
      itemsOf: () => [],
      resultOf: (event) => (event.type === 'done' ? event.result : null),
    });
    return result;
  });
  const start = useOrder(async (client, asked: AwsRestoreRequest) => {
    const run = await client.awsRestores.create(asked);
    await startJob(
      client.restoreRuns.start({
        run: run.id,
        aws: asked.who,
        repository: asked.point?.repository ?? null,
        detach: true,
      }),
    );
    return run;
  });
  const { mutate: ask } = look;
  const question = JSON.stringify(request);
  useEffect(() => ask(JSON.parse(question) as AwsRestoreRequest), [ask, question]);
  const problem = problemIn(start) ?? problemIn(look);
  const preview = look.isPending ? null : (look.data ?? null);
  const isBlocked = preview?.checks.some(({ level }) => level === 'blocker') ?? true;
  const account = request.who.account ?? null;
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
              Looking at what is there, and trying each call out. Nothing is made.
            </div>
            <Skeleton lines={6} />
          </>
        ) : null}
        {preview === null ? null : <PlanView preview={preview} />}
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
          <ShowCommand
            commands={[awsRestoreCommand(request)]}
            {...((request.who.keys ?? null) === null ? {} : { note: keysNote })}
          />
          <Button variant="subtle" loading={look.isPending} onClick={() => ask(request)}>
            Look again
          </Button>
        </div>
      </div>
    </Panel>
  );
}
