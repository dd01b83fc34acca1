/** What can be done about a run of a plan as a whole: begin, go on, pause, stop. */
import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import type { PlanRun } from '../../../../shared/contract/plan-runs.ts';
import { readySteps } from '../../../../shared/model/plan-runs.ts';
import { canGoOn } from '../../../../shared/model/run-states.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { useJob } from '../../../client/live-store.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { needsSecrets } from './step-answers.tsx';
import styles from './plans.module.css';

export function PlanRunActions({ run }: { readonly run: PlanRun }) {
  const [token, setToken] = useState('');
  const job = useJob(run.job ?? '');
  const isAtWork =
    run.state === 'running' || (job !== undefined && (job.state === 'running' || job.state === 'queued'));
  const goOn = useOrder((client, input: { run: string; githubToken: string | null }) =>
    startJob(client.planRuns.start({ ...input, detach: true })),
  );
  const pause = useOrder((client, id: string) => client.planRuns.pause({ run: id }));
  const stop = useOrder((client, id: string) => client.planRuns.stop({ run: id }));
  const problem = problemIn(goOn) ?? problemIn(pause) ?? problemIn(stop);
  const states = new Map(run.steps.map(({ step, state }) => [step.id, state] as const));
  const hasMore =
    readySteps(
      run.steps.map(({ step }) => step),
      states,
    ).length > 0;
  const mayGoOn = !isAtWork && hasMore && canGoOn(run.state);
  const asksToken = mayGoOn && needsSecrets(run);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {asksToken ? (
        <PasswordInput
          label="The token for GitHub once more: it was not kept"
          value={token}
          onChange={(event) => setToken(event.currentTarget.value)}
        />
      ) : null}
      <div className={styles['actions']}>
        {mayGoOn ? (
          <Button
            variant="filled"
            disabled={asksToken && token === ''}
            loading={goOn.isPending}
            onClick={() => goOn.mutate({ run: run.id, githubToken: token === '' ? null : token })}
          >
            {run.state === 'ready' ? 'Begin' : 'Go on'}
          </Button>
        ) : null}
        {isAtWork ? (
          <>
            <Button disabled={run.pausing} loading={pause.isPending} onClick={() => pause.mutate(run.id)}>
              {run.pausing ? 'Pausing after these steps' : 'Pause after these steps'}
            </Button>
            <Button loading={stop.isPending} onClick={() => stop.mutate(run.id)}>
              Stop now, keep everything
            </Button>
          </>
        ) : null}
      </div>
    </>
  );
}
