/** A guided drill begins with what is rehearsed: a source of any kind, or a plan. Then it is led through its own screens. */
import { Button, Select } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { parameterValues, type RecoveryPlan } from '../../../../shared/model/recovery-plans.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../../client/ask.ts';
import type { Client } from '../../../client/client.ts';
import { useClientSource } from '../../../client/client-context.tsx';
import { useIsLive, useSources } from '../../../client/live-store.ts';
import { useRefusal } from '../../../client/me.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { whenOpened } from '../../../components/many-choices.ts';
import { NoRight } from '../../../components/no-right.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { runGitRestore } from '../git/git-restore-run.ts';
import { ParameterField } from '../plans/start-plan.tsx';
import recovery from '../recovery.module.css';
import styles from './drills.module.css';
import { DrillBanner } from './guided-drill.tsx';

export function GuidedDrillScreen() {
  const refusal = useRefusal('drills.beginOf');
  if (refusal !== null) return <NoRight title="Guided drill" {...refusal} />;
  return (
    <Page title="Guided drill" sub={<Link to="/recovery/drills">Drills</Link>}>
      <DrillBanner />
      <Choice />
    </Page>
  );
}

type Of = { readonly kind: 'source'; readonly source: string } | { readonly kind: 'plan'; readonly plan: string };

function Choice() {
  const navigate = useNavigate();
  const [openedAt] = useState(() => new Date().toISOString());
  const [value, setValue] = useState<string | null>(null);
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const live = useIsLive();
  const clients = useClientSource();
  const sources = useSources().filter(({ newest, registered }) => newest !== null && registered !== null);
  const listed = useAnswer(['plans.list'], (client, signal) => client.plans.list({}, { signal }), { staleTimeMs: 0 });
  const plans = listed.data?.plans ?? [];
  const first = sources[0] === undefined ? null : `source ${sources[0].name}`;
  const [kind = '', ...rest] = (value ?? first ?? '').split(' ');
  const name = rest.join(' ');
  const source = kind === 'source' ? sources.find((one) => one.name === name) : undefined;
  const plan = kind === 'plan' ? plans.find((one) => one.plan.name === name)?.plan : undefined;
  const order = useOrder((client, of: Of) => begin(client, { of, openedAt, values: given }));
  const problem = problemIn(order);
  if (sources.length === 0 && plans.length === 0)
    return (
      <Panel>
        <EmptyState title="There is nothing to rehearse yet">
          Protect a source first: a drill begins from a snapshot.
        </EmptyState>
      </Panel>
    );
  const next = () => {
    if (source?.registered?.kind === 'folder')
      return void navigate({
        to: '/recovery/restore',
        search: { drill: 'guided', source: name, host: source.hostname },
      });
    const of: Of = plan === undefined ? { kind: 'source', source: name } : { kind: 'plan', plan: name };
    order.mutate(of, {
      onSuccess: ({ run, planRun, git }) => {
        if (planRun !== null) return void navigate({ to: '/recovery/plan-runs/$run', params: { run: planRun } });
        if (run !== null) return void navigate({ to: '/recovery/$run', params: { run } });
        if (git === null) return;
        const { repository, snapshot, takenAt, target: path } = git;
        const input = {
          repository: { id: repository },
          snapshot,
          paths: null,
          target: { kind: 'bare' as const, path },
        };
        const about = {
          title: `Drill: ${name}`,
          target: path,
          takenAt,
          verify: true,
          startedAt: new Date().toISOString(),
        };
        void runGitRestore(clients.get(), input, about);
        void navigate({ to: '/recovery/git', search: {} });
      },
    });
  };
  const isReady = plan === undefined || parameterValues(plan, given).problems.length === 0;
  return (
    <Panel title="What is rehearsed">
      <div className={styles['form']}>
        <Select
          label="A source, or a plan"
          comboboxProps={whenOpened}
          maw={460}
          data={[
            {
              group: 'Sources',
              items: sources.map((one) => ({ value: `source ${one.name}`, label: visibleText(one.name) })),
            },
            {
              group: 'Plans',
              items: plans.map((one) => ({ value: `plan ${one.plan.name}`, label: visibleText(one.plan.name) })),
            },
          ].filter(({ items }) => items.length > 0)}
          value={value ?? first}
          allowDeselect={false}
          searchable
          onChange={(chosen) => {
            setValue(chosen);
            setGiven({});
          }}
        />
        <div>{wordsFor(source?.registered?.kind ?? '', plan)}</div>
        {plan?.parameters.map((parameter) => (
          <ParameterField
            key={parameter.name}
            parameter={parameter}
            value={given[parameter.name] ?? parameter.default ?? ''}
            onChange={(text) => setGiven({ ...given, [parameter.name]: text })}
          />
        ))}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={recovery['actions']}>
          <Button component={Link} to="/recovery/drills">
            Back
          </Button>
          <Button
            variant="filled"
            disabled={!live || !isReady || (source === undefined && plan === undefined)}
            loading={order.isPending}
            onClick={next}
          >
            {source?.registered?.kind === 'folder' ? 'Next' : 'Start the drill'}
          </Button>
        </div>
      </div>
    </Panel>
  );
}

type Begin = { readonly of: Of; readonly openedAt: string; readonly values: Readonly<Record<string, string>> };

/** Nothing is restored before it is noted as a drill. */
async function begin(client: Client, { of, openedAt, values }: Begin) {
  const begun = await client.drills.beginOf({
    of: of.kind === 'plan' ? { ...of, values: { ...values } } : of,
    openedAt,
  });
  const { run, planRun, account } = begun;
  const repository = begun.repository === null ? null : { id: begun.repository };
  if (planRun !== null) await startJob(client.planRuns.start({ run: planRun, detach: true }));
  if (run !== null) await startJob(client.restoreRuns.start({ run, repository, aws: { account }, detach: true }));
  return begun;
}

function wordsFor(kind: string, plan: RecoveryPlan | undefined): string {
  if (plan !== undefined)
    return 'Its own steps, turned away from production. Checkpoints ask you as they would in earnest; commands, checks and messages go along where their step says so.';
  switch (kind) {
    case 'git':
    case 'github':
      return 'All its repositories, as bare ones in the folder of the drill. When you finish it, they are held against the snapshot and cloned.';
    case 's3-bucket':
      return 'All its objects, below a prefix of the bucket that was chosen for drills.';
    case 'ec2':
      return 'A clone of the instance, in a security group with no way in or out. It costs what an instance costs while it runs; finishing the drill ends it.';
    default:
      return 'What of it, and from when, is asked on the next screens, as in a restore in earnest.';
  }
}
