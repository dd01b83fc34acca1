/** One tenant, as its operator looks after it: what it takes, what it may use, who is let in, what it is offered, its end. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { actFor } from '../../../client/acting.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { actorWords } from '../../../components/actor.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Bytes, Count } from '../../../components/numbers.tsx';
import { Panel } from '../../../components/page.tsx';
import pageStyles from '../../../components/page.module.css';
import { RelativeTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { LinkPanel } from '../link-panel.tsx';
import styles from '../settings.module.css';
import { GrantsPanel } from './grants-panel.tsx';
import { RenameTenant, SuspendTenant } from './tenant-forms.tsx';
import { RetireTenant } from './retire-tenant.tsx';
import { TenantOffers } from './tenant-offers.tsx';
import { sayTenantState } from './tenant-words.ts';

export function TenantPanels({ tenant }: { readonly tenant: TenantOverview }) {
  const isActive = tenant.state === 'active';
  return (
    <>
      <AboutTenant tenant={tenant} />
      {tenant.state === 'retired' ? null : <GrantsPanel tenant={tenant} />}
      {isActive ? <LinkPanel tenant={{ id: tenant.tenant, title: tenant.title }} /> : null}
      <TenantOffers tenant={tenant} />
    </>
  );
}

type Task = 'rename' | 'suspend' | 'retire';

function AboutTenant({ tenant: overview }: { readonly tenant: TenantOverview }) {
  const { tenant, title, description, state, reason, stateAt, stateBy, addedAt, addedBy, usage, verdict } = overview;
  const [task, setTask] = useState<Task | null>(null);
  const resume = useOrder((client, _input: null) => client.tenants.resume({ tenant }), [['tenants.list']]);
  const problem = problemIn(resume);
  const name = visibleText(title);
  const close = (): void => setTask(null);
  return (
    <Panel title={<span className={styles['name']}>{name}</span>}>
      <dl className={pageStyles['facts']}>
        <dt>Name</dt>
        <dd>
          {tenant}, made <RelativeTime at={addedAt} /> by {actorWords(addedBy)}
        </dd>
        {description === '' ? null : (
          <>
            <dt>About</dt>
            <dd>{visibleText(description)}</dd>
          </>
        )}
        <dt>State</dt>
        <dd>
          <StatusBadge tone={sayTenantState(state)}>{state}</StatusBadge>
          {state === 'active' ? null : (
            <>
              {' '}
              <RelativeTime at={stateAt} /> by {actorWords(stateBy)}
              {reason === '' ? '' : `: ${visibleText(reason)}`}
            </>
          )}
        </dd>
        <dt>How it stands</dt>
        <dd>
          {visibleText(verdict.headline.map(({ text }) => text).join(''))} {visibleText(verdict.detail)}
        </dd>
        <dt>Holds</dt>
        <dd>
          <Count value={usage.sources} /> sources, <Count value={usage.snapshots} /> snapshots in{' '}
          <Count value={usage.repositories} /> repositories; <Bytes value={usage.protectedBytes} /> protected
        </dd>
        <dt>Takes</dt>
        <dd>
          {usage.storedBytes === null ? 'not measured yet' : <Bytes value={usage.storedBytes} />} stored,{' '}
          <Bytes value={usage.sentBytes} /> sent to its sites in 30 days
        </dd>
        <dt>API tokens</dt>
        <dd>
          <Count value={usage.tokens} />
        </dd>
      </dl>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button variant="filled" onClick={() => actFor(tenant)}>
          Act for this tenant
        </Button>
        {state === 'retired' ? null : (
          <>
            <Button onClick={() => setTask('rename')}>Rename…</Button>
            {state === 'active' ? (
              <Button onClick={() => setTask('suspend')}>Suspend…</Button>
            ) : (
              <Button loading={resume.isPending} onClick={() => resume.mutate(null)}>
                Resume
              </Button>
            )}
            <Button onClick={() => setTask('retire')}>Retire…</Button>
          </>
        )}
        <ShowCommand
          commands={[
            ['holdfast', 'tenant', 'show', tenant],
            ['holdfast', 'tenant', state === 'suspended' ? 'resume' : 'suspend', tenant],
            ['holdfast', 'tenant', 'hand-over', tenant],
          ]}
        />
      </div>
      <RenameTenant tenant={overview} opened={task === 'rename'} onClose={close} />
      <SuspendTenant tenant={overview} opened={task === 'suspend'} onClose={close} />
      <RetireTenant tenant={overview} opened={task === 'retire'} onClose={close} />
    </Panel>
  );
}
