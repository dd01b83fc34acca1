/** Keeps a source from running by itself for a while, with a reason for whoever finds it later. */
import { Button, Modal, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { pauseCommand, pauseUntil, type PauseEnd } from './schedule-words.ts';
import styles from './sources.module.css';

type PauseDialogProps = { readonly name: string; readonly opened: boolean; readonly onClose: () => void };

export function PauseDialog({ name, opened, onClose }: PauseDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Pause ${visibleText(name)}`}>
      <Body name={name} onClose={onClose} />
    </Modal>
  );
}

const ends: { readonly value: PauseEnd; readonly label: string }[] = [
  { value: 'hour', label: 'For 1 h' },
  { value: 'tomorrow', label: 'Until tomorrow 08:00' },
  { value: 'never', label: 'Until I end it' },
];

function Body({ name, onClose }: Omit<PauseDialogProps, 'opened'>) {
  const [end, setEnd] = useState<PauseEnd>('hour');
  const [written, setReason] = useState('');
  const [openedAtMs] = useState(() => Date.now());
  const reason = written.trim();
  const order = useOrder((client, until: string | null) =>
    client.schedule.pause({ scope: 'source', subject: name, until, reason }),
  );
  const problem = problemIn(order);
  return (
    <form
      className={styles['body']}
      onSubmit={(event) => {
        event.preventDefault();
        order.mutate(pauseUntil(end, Date.now()), { onSuccess: onClose });
      }}
    >
      <div>It does not run by itself while it is paused. It can still be protected by hand.</div>
      <SegmentedControl aria-label="How long" data={ends} value={end} onChange={setEnd} />
      <TextInput
        label="Reason"
        description="For whoever finds it later; may be empty"
        value={written}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={order.isPending}>
          Pause
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <span className={styles['spring']} />
        <ShowCommand commands={[pauseCommand(name, end, reason, openedAtMs)]} />
      </div>
    </form>
  );
}
