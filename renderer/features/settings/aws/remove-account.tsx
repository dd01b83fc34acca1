/** Forgets an account and its secret; not while sources use it, which are named. */
import { Button, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import { problemIn, useOrder } from '../../../client/ask.ts';
import { accountsKey } from '../../../client/aws.ts';
import { usePrimaryRepository } from '../../../client/live-store.ts';
import { sayCredentials } from '../../../components/aws-words.ts';
import { ConfirmDestructive } from '../../../components/confirm-destructive.tsx';
import { tellSaved } from '../../../components/saved-notice.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import styles from './aws.module.css';

type RemoveAccountProps = { readonly account: AwsAccount; readonly opened: boolean; readonly onClose: () => void };

export function RemoveAccount({ account, opened, onClose }: RemoveAccountProps) {
  const id = usePrimaryRepository()?.id ?? '';
  const order = useOrder(
    (client, name: string) => client.aws.accounts.remove({ name, repository: { id } }),
    [accountsKey],
  );
  const { name, usedBy } = account;
  const close = () => {
    order.reset();
    onClose();
  };
  if (usedBy.length > 0) return <InUse account={account} opened={opened} onClose={onClose} />;
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={close}
      title={`Remove ${visibleText(name)}`}
      goes={[{ id: name, name, detail: visibleText(sayCredentials(account)), bytes: null }]}
      word={name}
      verb="Remove"
      busy={order.isPending}
      problem={problemIn(order)}
      onConfirm={() =>
        order.mutate(name, {
          onSuccess: (saved) => {
            tellSaved(saved);
            close();
          },
        })
      }
    >
      <p>Its secret is forgotten here. In AWS nothing changes: there, delete the key if nothing else needs it.</p>
    </ConfirmDestructive>
  );
}

function InUse({ account: { name, usedBy }, opened, onClose }: RemoveAccountProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`${visibleText(name)} is in use`}>
      <div className={styles['fields']}>
        <p className={styles['plain']}>
          It is not removed as long as sources use it. Give them another account, or remove them first:
        </p>
        <ul className={styles['bullets']}>
          {usedBy.map((source) => (
            <li key={source}>
              <Link to="/sources/$source" params={{ source }}>
                {visibleText(source)}
              </Link>
            </li>
          ))}
        </ul>
        <div className={styles['actions']}>
          <span className={styles['spring']} />
          <Button onClick={onClose}>Close</Button>
        </div>
      </div>
    </Modal>
  );
}
