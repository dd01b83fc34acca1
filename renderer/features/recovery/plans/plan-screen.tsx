/** One recovery plan: whether it would work today, its steps to be changed, its versions, and the button that runs it. */
import { Button, Modal } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { PlanView } from '../../../../shared/contract/plans.ts';
import { runbookHtml } from '../../../../shared/model/plan-words.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { May } from '../../../client/may.tsx';
import { saveText } from '../../../client/save-text.ts';
import { actorWords } from '../../../components/actor.tsx';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { NoSuch } from '../../../components/no-such.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge, StatusMark } from '../../../components/status-badge.tsx';
import type { Tone } from '../../../components/tone.ts';
import { visibleText } from '../../../components/visible-text.ts';
import { PlanDrills } from './plan-drills.tsx';
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
        <NoSuch
          problem={problem}
          what="recovery plan"
          action={<Link to="/recovery/plans">All recovery plans</Link>}
          onRetry={() => void answer.refetch()}
        >
          It may have been removed, or have another name by now.
        </NoSuch>
      )}
    </Page>
  );
}

type ViewProps = { readonly view: PlanView };

function Plan({ view }: ViewProps) {
  const { plan, version, savedAt, savedBy, approved } = view;
  const { tone, words } = sayToday(view);
  return (
    <Page
      title={visibleText(plan.name)}
      sub={
        <>
          <Link to="/recovery/plans">Recovery plans</Link> · version {version}, saved <RelativeTime at={savedAt} /> by{' '}
          {actorWords(savedBy)} <StatusBadge tone={tone}>{words}</StatusBadge>
        </>
      }
      actions={<RunIt view={view} />}
    >
      <Approval view={view} />
      <Today view={view} />
      <PlanDrills plan={plan} isApproved={approved !== false} />
      <PlanEditor key={version} begin={plan} saved={view} onSaved={() => undefined} />
    </Page>
  );
}

/** The one thing somebody comes for on a bad day. */
function RunIt({ view }: ViewProps) {
  const { plan, approved } = view;
  // One that would not work can be run for what of it does; what is wrong with it comes first.
  const variant = sayToday(view).tone === 'fail' ? 'default' : 'filled';
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  return (
    <May call="planRuns.create">
      <Button variant={variant} disabled={approved === false} onClick={() => setOpen(true)}>
        Run it…
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Run ${visibleText(plan.name)}`} size="lg">
        <StartPlan view={view} onClose={close} />
      </Modal>
    </May>
  );
}

function Actions({ view }: ViewProps) {
  const { plan } = view;
  const check = useOrder((client, name: string) => client.plans.check({ name }), [['plans.show'], ['plans.list']]);
  const problem = problemIn(check);
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <May call="plans.check">
          <Button loading={check.isPending} onClick={() => check.mutate(plan.name)}>
            Would it work today?
          </Button>
        </May>
        <Button
          onClick={() => void saveText(`runbook-${fileName(plan.name)}.html`, 'text/html', runbookHtml(plan, view))}
        >
          Save the runbook to print
        </Button>
        <May call="plans.remove">
          <RemovePlan view={view} />
        </May>
        <ShowCommand
          commands={[
            ['holdfast', 'plan', 'run', plan.name, ...plan.parameters.flatMap(({ name }) => ['--set', `${name}=…`])],
            ['holdfast', 'plan', 'runbook', plan.name, '--html', 'runbook.html'],
          ]}
        />
      </div>
    </>
  );
}

function RemovePlan({ view: { plan, version } }: ViewProps) {
  const navigate = useNavigate();
  const repository = usePrimaryRepository();
  const [isOpen, setOpen] = useState(false);
  const remove = useOrder(
    (client, input: { name: string; repository: { id: string } }) => client.plans.remove(input),
    [['plans.list']],
  );
  const onConfirm = (): void => {
    if (repository === undefined) return;
    remove.mutate(
      { name: plan.name, repository: { id: repository.id } },
      {
        onSuccess: (saved) => {
          tellSaved(saved);
          void navigate({ to: '/recovery/plans' });
        },
      },
    );
  };
  return (
    <>
      <Button onClick={() => setOpen(true)}>Remove…</Button>
      <ConfirmDestructive
        opened={isOpen}
        onClose={() => setOpen(false)}
        title="Remove this plan"
        goes={[
          {
            id: plan.name,
            name: plan.name,
            detail: version === 1 ? 'one version' : `${version} versions`,
            bytes: null,
          },
        ]}
        word={plan.name}
        verb="Remove the plan"
        busy={remove.isPending}
        problem={problemIn(remove)}
        onConfirm={onConfirm}
      >
        Its runs, and what they have restored, stay.
      </ConfirmDestructive>
    </>
  );
}

function fileName(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-');
}

function Approval({ view: { plan, version, approved } }: ViewProps) {
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

function Today({ view }: ViewProps) {
  const { check, plan } = view;
  const titles = new Map(plan.steps.map(({ id, title }) => [id, title] as const));
  const worst = (check?.checks ?? []).toSorted((a, b) => order[a.level] - order[b.level]);
  return (
    <Panel
      title={todayTitle(check)}
      aside={
        check === null ? null : (
          <span className={styles['what']}>
            looked at <RelativeTime at={check.at} />
          </span>
        )
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
      <Actions view={view} />
    </Panel>
  );
}

function todayTitle(check: PlanView['check']): string {
  if (check === null) return 'Not held against today yet';
  const isBlocked = check.checks.some(({ level }) => level === 'blocker');
  return isBlocked ? 'It no longer works, because' : 'It would work today';
}

const order = { blocker: 0, warning: 1, ok: 2 } as const;
