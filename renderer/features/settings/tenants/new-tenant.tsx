/** Makes a tenant; what of the machine it may use is said afterwards. */
import { Button, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Panel } from '../../../components/page.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import styles from '../settings.module.css';

export function NewTenant() {
  const navigate = useNavigate();
  const [tenant, setTenant] = useState('');
  const [title, setTitle] = useState('');
  const order = useOrder(
    (client, asked: { readonly tenant: string; readonly title: string }) =>
      client.tenants.add({ tenant: asked.tenant, title: asked.title === '' ? asked.tenant : asked.title }),
    [['tenants.list']],
  );
  const problem = problemIn(order);
  const done = (made: string): void => {
    setTenant('');
    setTitle('');
    void navigate({ to: '/settings', search: { section: 'tenants', tenant: made } });
  };
  return (
    <Panel title="New tenant">
      <form
        className={styles['form']}
        aria-label="New tenant"
        onSubmit={(event) => {
          event.preventDefault();
          if (tenant !== '' && !order.isPending)
            order.mutate({ tenant, title: title.trim() }, { onSuccess: () => done(tenant) });
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
