/** What a person can say of a step that waits for one: that it is so, that it is tried again, that it is passed over. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { answersFor, type PlanStepAnswer } from '../../../../shared/model/plan-runs.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { useMay } from '../../../client/me.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './plans.module.css';

type StepAnswersProps = { readonly run: PlanRun; readonly step: PlanRunStep };

export function StepAnswers({ run, step: { step, state, detail, error, output } }: StepAnswersProps) {
  const [name, setName] = useState('');
  const [reason, setReason] = useState('');
  const may = useMay('planRuns.answer');
  const order = useOrder(async (client, answer: PlanStepAnswer) => {
    const after = await client.planRuns.answer({ run: run.id, step: step.id, answer, name, reason });
    // Nobody is at work on it, and now something can go on.
    if (after.state === 'paused' && !needsSecrets(run))
      await startJob(client.planRuns.start({ run: run.id, detach: true }));
  });
  const problem = problemIn(order);
  const answers = answersFor(step.work.kind, state);
  const isAsked = state === 'asking' && step.work.kind === 'checkpoint';
  return (
    <div className={styles['column']}>
      {isAsked ? <div className={styles['instruction']}>{visibleText(detail ?? '')}</div> : null}
      {state === 'interrupted' ? (
        <div>
          The engine ended while this ran, and nobody knows how far it came:{' '}
          <code>{visibleText(step.work.kind === 'command' ? commandText(step.work.run) : step.title)}</code>
        </div>
      ) : null}
      {state === 'partial' ? <div>Not all of it came back. {visibleText(detail ?? '')}</div> : null}
      {error === null ? null : <ErrorNotice problem={error} />}
      {output === null || output === '' ? null : <pre className={styles['output']}>{visibleText(output)}</pre>}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {may ? (
        <>
          {answers.includes('confirm') ? (
            <div className={styles['fields']}>
              <TextInput label="Your name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
              <Button
                variant="filled"
                disabled={name.trim() === ''}
                loading={order.isPending && order.variables === 'confirm'}
                onClick={() => order.mutate('confirm')}
              >
                {isAsked ? 'It is so: go on' : 'It did its work: go on'}
              </Button>
            </div>
          ) : null}
          <div className={styles['fields']}>
            {answers.includes('retry') ? (
              <Button
                variant="filled"
                loading={order.isPending && order.variables === 'retry'}
                onClick={() => order.mutate('retry')}
              >
                Do it again
              </Button>
            ) : null}
            <TextInput
              label="Why it can be done without"
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
            <Button
              disabled={reason.trim() === ''}
              loading={order.isPending && order.variables === 'skip'}
              onClick={() => order.mutate('skip')}
            >
              Go on without it
            </Button>
          </div>
        </>
      ) : null}
    </div>
  );
}

/** Those are asked for once more, where the run is gone on with. */
export function needsSecrets({ steps }: PlanRun): boolean {
  return steps.some(
    ({ step: { work }, state }) =>
      work.kind === 'git' && work.target.kind === 'github' && state !== 'done' && state !== 'skipped',
  );
}

function commandText(
  run:
    | { readonly kind: 'program'; readonly words: readonly string[] }
    | { readonly kind: 'shell'; readonly script: string },
): string {
  return run.kind === 'program' ? run.words.join(' ') : run.script;
}
