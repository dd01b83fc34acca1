/** The end of a tenant: what ends, what stays, and where its data lie for whoever takes them over. */
import { Modal } from '@mantine/core';
import { useState } from 'react';
import { countOf } from '../../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { Notice } from '../../../components/error-notice.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { CommandText } from '../../../components/show-command.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import type { TenantDialogProps } from './tenant-forms.tsx';

export function RetireTenant({ tenant: { tenant, title, usage }, opened, onClose }: TenantDialogProps) {
  const [isDone, setIsDone] = useState(false);
  const order = useOrder((client, _input: null) => client.tenants.retire({ tenant }), [['tenants.list']]);
  const name = visibleText(title);
  const close = (): void => {
    setIsDone(false);
    onClose();
  };
  if (isDone && order.data !== undefined)
    return (
      <Modal opened={opened} onClose={close} title={`${name} is retired`} size="lg">
        <p>Its data stay where they are. Whoever has the passwords of these repositories may take them:</p>
        <ul>
          {order.data.repositories.map(({ id, name: repository, location }) => (
            <li key={id}>
              {visibleText(repository)}: <PathText path={location} mono />
            </li>
          ))}
        </ul>
        {order.data.commands.length === 0 ? null : (
          <>
            <p>On another home, these take them over:</p>
            <CommandText commands={order.data.commands} />
          </>
        )}
        {order.data.notices.map((text) => (
          <Notice key={text} tone="part">
            {visibleText(text)}
          </Notice>
        ))}
      </Modal>
    );
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={close}
      title={`Retire ${name} for good`}
      goes={[
        { id: 'logins', name: `${countOf(usage.tokens, 'API token')}, and every signed-in browser`, bytes: null },
        {
          id: 'work',
          name: `What is done by itself for ${countOf(usage.sources, 'source')}, and every sync`,
          bytes: null,
        },
      ]}
      word={tenant}
      verb="Retire it"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() => order.mutate(null, { onSuccess: () => setIsDone(true) })}
    >
      <p>
        It cannot be resumed, and its name is not given again. Its {countOf(usage.snapshots, 'snapshot')} in{' '}
        {countOf(usage.repositories, 'repository', 'repositories')} stay where they are. To stop it for a while, suspend
        it.
      </p>
    </ConfirmDestructive>
  );
}
