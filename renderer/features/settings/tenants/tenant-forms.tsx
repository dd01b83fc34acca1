/** Short questions about a tenant: what it is called, and why it is suspended. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { TenantOverview } from '../../../../shared/contract/tenants.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from '../settings.module.css';

export type TenantDialogProps = {
  readonly tenant: TenantOverview;
  readonly opened: boolean;
  readonly onClose: () => void;
};

export function RenameTenant({ tenant, opened, onClose }: TenantDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Rename ${visibleText(tenant.title)}`}>
      <Rename tenant={tenant} onClose={onClose} />
    </Modal>
  );
}

function Rename({ tenant: { tenant, title, description }, onClose }: Omit<TenantDialogProps, 'opened'>) {
  const [named, setNamed] = useState({ title, description });
  const order = useOrder(
    (client, asked: typeof named) => client.tenants.rename({ tenant, ...asked }),
    [['tenants.list']],
  );
  const problem = problemIn(order);
  const ready = named.title.trim() !== '' && !order.isPending;
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) order.mutate(named, { onSuccess: onClose });
      }}
    >
      <TextInput
        label="Title"
        description="How it is called on screen."
        data-autofocus
        value={named.title}
        maxLength={100}
        onChange={({ currentTarget: { value } }) => setNamed({ ...named, title: value })}
      />
      <TextInput
        label="About"
        description="Who that is."
        value={named.description}
        maxLength={1000}
        onChange={({ currentTarget: { value } }) => setNamed({ ...named, description: value })}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          Save
        </Button>
      </div>
    </form>
  );
}

export function SuspendTenant({ tenant, opened, onClose }: TenantDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Suspend ${visibleText(tenant.title)}`}>
      <Suspend tenant={tenant} onClose={onClose} />
    </Modal>
  );
}

function Suspend({ tenant: { tenant }, onClose }: Omit<TenantDialogProps, 'opened'>) {
  const [reason, setReason] = useState('');
  const order = useOrder((client, why: string) => client.tenants.suspend({ tenant, reason: why }), [['tenants.list']]);
  const problem = problemIn(order);
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (!order.isPending) order.mutate(reason.trim(), { onSuccess: onClose });
      }}
    >
      <div>
        Its logins are refused, what runs for it is stopped, and nothing is protected for it until you resume it.
        Nothing of it is removed.
      </div>
      <TextInput
        label="Why"
        data-autofocus
        value={reason}
        maxLength={1000}
        onChange={({ currentTarget: { value } }) => setReason(value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={order.isPending}>
          Suspend
        </Button>
      </div>
    </form>
  );
}
