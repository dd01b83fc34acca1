/** Freeze everything: for whoever sees that something is wrong, and does not want anything to be taken away meanwhile. */
import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIncident, usePrimaryRepository } from '../../client/live-store.ts';
import { May } from '../../client/may.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import styles from './overview.module.css';

export function FreezeButton() {
  const [opened, setOpened] = useState(false);
  const repository = usePrimaryRepository();
  const incident = useIncident();
  if (repository === undefined || incident !== undefined) return null;
  return (
    <May call="incidents.freeze">
      <Button onClick={() => setOpened(true)}>Freeze everything…</Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title="Freeze everything">
        <Freeze repository={repository.id} location={repository.location} onClose={() => setOpened(false)} />
      </Modal>
    </May>
  );
}

type FreezeProps = { readonly repository: string; readonly location: string; readonly onClose: () => void };

function Freeze({ repository, location, onClose }: FreezeProps) {
  const [reason, setReason] = useState('');
  const order = useOrder((client, text: string) =>
    client.incidents.freeze({ repository: { id: repository }, reason: text }),
  );
  const problem = problemIn(order);
  const ready = reason.trim() !== '';
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) order.mutate(reason.trim(), { onSuccess: onClose });
      }}
    >
      <div>
        Until the incident is ended, no snapshot expires, none can be removed and nothing is pruned, by any console that
        uses the repository. Sources go on being protected, and everything can be restored.
      </div>
      <TextInput
        label="Reason"
        description="For whoever sees it next."
        data-autofocus
        value={reason}
        maxLength={1000}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" color="red" disabled={!ready} loading={order.isPending}>
          Freeze everything
        </Button>
        <ShowCommand commands={[['holdfast', 'incident', 'freeze', '--reason', reason, '--repository', location]]} />
      </div>
    </form>
  );
}
