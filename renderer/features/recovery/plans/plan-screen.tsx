/** One recovery plan: whether it would work today, its steps to be changed, its versions, and the button that runs it. */
import { Button, Modal } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { runbookHtml } from '../../../../shared/model/plan-words.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { savePage } from '../../../client/save-page.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../../components/status-badge.tsx';
import type { Tone } from '../../../components/tone.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { PlanEditor } from './plan-editor.tsx';
import { sayToday } from './plans-screen.tsx';
import { StartPlan } from './start-plan.tsx';
import styles from './plans.module.css';

export function PlanScreen() {
  const { plan: name } = useParams({ from: '/recovery/plans/$plan' });
  const answer = useAnswer(['plans.show', name], (client, signal) => client.plans.show({ name }, { signal }), {
    keepPrevious: true,
  });
  const problem = problemIn(answer);
  if (answer.data !== undefined) return <Plan key={name} view={answer.data} />;
  return (
    <Page title="Recovery plan" sub={<Link to="/recovery/plans">Recovery plans</Link>}>
      {problem === null ? (
        <Skeleton lines={8} />
      ) : (
        <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
      )}
    </Page>
  );
}

function Plan({ view }: { readonly view: PlanView }) {
  const { plan, version, savedAt, savedBy } = view;
  const { tone, words } = sayToday(view);
  return (
    <Page
      title={visibleText(plan.name)}
      sub={
        <>
          <Link to="/recovery/plans">Recovery plans</Link> · version {version}, saved <RelativeTime at={savedAt} /> by{' '}
          {visibleText(savedBy)} <StatusBadge tone={tone}>{words}</StatusBadge>
        </>
      }
      actions={<Actions view={view} />}
    >
      <Approval view={view} />
      <Today view={view} />
      <PlanEditor key={version} begin={plan} saved={view} onSaved={() => undefined} />
    </Page>
  );
}

function Actions({ view }: { readonly view: PlanView }) {
  const { plan } = view;
  const navigate = useNavigate();
  const repository = usePrimaryRepository();
  const [dialog, setDialog] = useState<'run' | 'remove' | null>(null);
  const close = (): void => setDialog(null);
  const check = useOrder((client, name: string) => client.plans.check({ name }), [['plans.show'], ['plans.list']]);
  const remove = useOrder(
    (client, input: { name: string; repository: { id: string } }) => client.plans.remove(input),
    [['plans.list']],
  );
  const problem = problemIn(check);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <ShowCommand
        commands={[
          ['holdfast', 'plan', 'run', plan.name, ...plan.parameters.flatMap(({ name }) => ['--set', `${name}=…`])],
          ['holdfast', 'plan', 'runbook', plan.name, '--html', 'runbook.html'],
        ]}
      />
      <May call="plans.remove">
        <Button onClick={() => setDialog('remove')}>Remove…</Button>
      </May>
      <Button onClick={() => void savePage(`runbook-${fileName(plan.name)}.html`, runbookHtml(plan, view))}>
        Save the runbook to print
      </Button>
      <May call="plans.check">
        <Button loading={check.isPending} onClick={() => check.mutate(plan.name)}>
          Would it work today?
        </Button>
      </May>
      <May call="planRuns.create">
        <Button variant="filled" disabled={view.approved === false} onClick={() => setDialog('run')}>
          Run it…
        </Button>
      </May>
      <Modal opened={dialog === 'run'} onClose={close} title={`Run ${visibleText(plan.name)}`} size="lg">
        <StartPlan view={view} onClose={close} />
      </Modal>
      <ConfirmDestructive
        opened={dialog === 'remove'}
        onClose={close}
        title="Remove this plan"
        goes={[{ id: plan.name, name: plan.name, detail: `${view.version} versions`, bytes: null }]}
        word={plan.name}
        verb="Remove the plan"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={() =>
          repository !== undefined &&
          remove.mutate(
            { name: plan.name, repository: { id: repository.id } },
            {
              onSuccess: (saved) => {
                tellSaved(saved);
                void navigate({ to: '/recovery/plans' });
              },
            },
          )
        }
      >
        Its runs, and what they have restored, stay.
      </ConfirmDestructive>
    </>
  );
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
}

function Approval({ view: { plan, version, approved } }: { readonly view: PlanView }) {
  const order = useOrder(
    (client, input: { name: string; version: number }) => client.plans.approve(input),
    [['plans.show'], ['plans.list']],
  );
  if (approved !== false) return null;
  return (
    <Notice
      tone="part"
      title="Its commands came from elsewhere"
      actions={
        <May call="plans.approve">
          <Button loading={order.isPending} onClick={() => order.mutate({ name: plan.name, version })}>
            I have read them: let them run here
          </Button>
        </May>
      }
    >
      The plan came back with a configuration. Before its commands may run on this machine, somebody has to read them
      below and allow them.
    </Notice>
  );
}

const tones: Readonly<Record<'ok' | 'warning' | 'blocker', Tone>> = { ok: 'good', warning: 'part', blocker: 'fail' };

function Today({ view: { check, plan } }: { readonly view: PlanView }) {
  if (check === null || check.checks.length === 0) return null;
  const isWell = check.checks.every(({ level }) => level === 'ok');
  const titles = new Map(plan.steps.map(({ id, title }) => [id, title] as const));
  const worst = check.checks.toSorted((a, b) => order[a.level] - order[b.level]);
  return (
    <Panel
      title={isWell ? 'It would work today' : 'Held against what is there'}
      aside={
        <span className={styles['what']}>
          looked at <RelativeTime at={check.at} />
        </span>
      }
    >
      <ul className={styles['list']}>
        {worst.map(({ step, level, detail }) => (
          <li key={`${step ?? ''} ${detail}`} className={styles['row']}>
            <StatusMark tone={tones[level]} label={level} />
            <span>
              {step === null ? null : <strong>{visibleText(titles.get(step) ?? step)}: </strong>}
              {visibleText(detail)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const order = { blocker: 0, warning: 1, ok: 2 } as const;
