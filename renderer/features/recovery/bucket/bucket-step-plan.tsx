/** The plan of a run into a bucket; then the button that starts it. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { BucketRunRequest } from '../../../../shared/contract/bucket-runs.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { collect } from '../../../client/collect.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { keysNote } from '../aws/aws-commands.ts';
import styles from '../aws/aws.module.css';
import { SignIn } from '../aws/sign-in.tsx';
import { bucketRestoreCommand } from './bucket-draft.ts';
import { BucketPlanView } from './bucket-plan-view.tsx';

type Props = { readonly request: BucketRunRequest; readonly onBack: () => void };

export function BucketStepPlan({ request, onBack }: Props) {
  const navigate = useNavigate();
  // An order, not an answer: answers are kept by their questions, and a secret may stand in this one.
  const look = useOrder(async (client, asked: BucketRunRequest) => {
    const { result } = await collect(client.buckets.preview(asked), {
      itemsOf: () => [],
      resultOf: (event) => (event.type === 'done' ? event.result : null),
    });
    return result;
  });
  const start = useOrder(async (client, asked: BucketRunRequest) => {
    const run = await client.buckets.create(asked);
    const repository = asked.give?.repository ?? null;
    await startJob(client.restoreRuns.start({ run: run.id, repository, aws: asked.who ?? {}, detach: true }));
    return run;
  });
  const { mutate: ask } = look;
  const question = JSON.stringify(request);
  useEffect(() => ask(JSON.parse(question) as BucketRunRequest), [ask, question]);
  const problem = problemIn(start) ?? problemIn(look);
  const preview = look.isPending ? null : (look.data ?? null);
  const isBlocked = preview?.checks.some(({ level }) => level === 'blocker') ?? true;
  const account = request.who?.account ?? null;
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
              Looking at what is there. Nothing is written.
            </div>
            <Skeleton lines={6} />
          </>
        ) : null}
        {preview === null ? null : <BucketPlanView preview={preview} />}
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
            commands={[bucketRestoreCommand(request)]}
            {...((request.who?.keys ?? null) === null ? {} : { note: keysNote })}
          />
          <Button variant="subtle" loading={look.isPending} onClick={() => ask(request)}>
            Look again
          </Button>
        </div>
      </div>
    </Panel>
  );
}
