/** The tenants of this home, for its operator: whether each is safe, what it takes, and acting for one. */
import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { actFor } from '../../../client/acting.ts';
import { problemIn, useAnswer, useOrder } from '../../../client/ask.ts';
import { useMe } from '../../../client/me.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { StatusBadge } from '../../../components/status-badge.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';

export function TenantsSection() {
  const { data: me } = useMe();
  if (me === undefined) return <Skeleton lines={3} />;
  if (!me.operator || me.acting)
    return (
      <Notice tone="none" title="Tenants are looked after by the operator of this home">
        {me.acting ? 'Go back to your own to see them.' : 'Ask whoever runs it.'}
      </Notice>
    );
  return <Tenants />;
}

function Tenants() {
  const answer = useAnswer(['tenants.list'], (client, signal) => client.tenants.list({}, { signal }));
  const problem = problemIn(answer);
  const tenants = answer.data?.tenants ?? [];
  return (
    <>
      <Panel title="Tenants" aside="owners in this home who see nothing of each other">
        {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
        {answer.isPending ? <Skeleton lines={3} /> : null}
        {answer.isSuccess && tenants.length === 0 ? (
          <EmptyState title="No tenant yet">
            Each has its own sources, repositories, keys and logins. Of this machine it gets what you give it.
          </EmptyState>
        ) : null}
        {tenants.length === 0 ? null : <TenantTable tenants={tenants} />}
      </Panel>
      <NewTenant />
    </>
  );
}

function TenantTable({ tenants }: { readonly tenants: readonly TenantOverview[] }) {
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label="Tenants">
      <table className={styles['keys']}>
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            <th scope="col">State</th>
            <th scope="col">How it stands</th>
            <th scope="col">Sources</th>
            <th scope="col">Snapshots</th>
            <th scope="col">Protected</th>
            <th scope="col">Alerts</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {tenants.map((tenant) => (
            <TenantRow key={tenant.tenant} tenant={tenant} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TenantRow({ tenant: { tenant, title, state, reason, verdict, usage } }: { readonly tenant: TenantOverview }) {
  const order = useOrder(
    (client, next: 'suspend' | 'resume') =>
      next === 'suspend' ? client.tenants.suspend({ tenant }) : client.tenants.resume({ tenant }),
    [['tenants.list']],
  );
  const name = visibleText(title);
  return (
    <tr>
      <td className={styles['strong']} title={tenant}>
        {name}
      </td>
      <td title={visibleText(reason)}>
        <StatusBadge tone={state === 'active' ? 'good' : 'none'}>{state}</StatusBadge>
      </td>
      <td title={visibleText(verdict.detail)}>{visibleText(verdict.headline.map(({ text }) => text).join(''))}</td>
      <td>{formatCount(usage.sources)}</td>
      <td>{formatCount(usage.snapshots)}</td>
      <td>{formatBytes(usage.protectedBytes)}</td>
      <td>{formatCount(usage.openAlerts)}</td>
      <td className={styles['end']}>
        <Button size="compact-xs" aria-label={`Act for ${name}`} onClick={() => actFor(tenant)}>
          Act for
        </Button>{' '}
        {state === 'retired' ? null : (
          <Button
            size="compact-xs"
            loading={order.isPending}
            aria-label={`${state === 'active' ? 'Suspend' : 'Resume'} ${name}`}
            onClick={() => order.mutate(state === 'active' ? 'suspend' : 'resume')}
          >
            {state === 'active' ? 'Suspend' : 'Resume'}
          </Button>
        )}
      </td>
    </tr>
  );
}

function NewTenant() {
  const [tenant, setTenant] = useState('');
  const [title, setTitle] = useState('');
  const order = useOrder(
    (client, asked: { readonly tenant: string; readonly title: string }) =>
      client.tenants.add({ tenant: asked.tenant, title: asked.title === '' ? asked.tenant : asked.title }),
    [['tenants.list']],
  );
  const problem = problemIn(order);
  const clear = (): void => {
    setTenant('');
    setTitle('');
  };
  return (
    <Panel title="New tenant">
      <form
        className={styles['form']}
        aria-label="New tenant"
        onSubmit={(event) => {
          event.preventDefault();
          if (tenant !== '' && !order.isPending) order.mutate({ tenant, title: title.trim() }, { onSuccess: clear });
        }}
      >
        <TextInput
          label="Name"
          description="Small letters, digits and hyphens. It stays as it is."
          placeholder="acme"
          value={tenant}
          maxLength={40}
          onChange={(event) => setTenant(event.currentTarget.value)}
        />
        <TextInput
          label="Title"
          description="How it is called on screen."
          value={title}
          maxLength={100}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        {problem === null ? null : <ErrorNotice problem={problem} />}
        <div className={styles['actions']}>
          <Button type="submit" loading={order.isPending} disabled={tenant === ''}>
            Add tenant
          </Button>
          <ShowCommand
            commands={[
              ['holdfast', 'tenant', 'add', tenant === '' ? 'acme' : tenant],
              ['holdfast', 'tenant', 'grant', tenant === '' ? 'acme' : tenant, '--folder', '/srv/acme'],
            ]}
          />
        </div>
      </form>
    </Panel>
  );
}
