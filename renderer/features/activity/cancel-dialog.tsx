/** Asks before a job is stopped, and says what stays. */
import { Button, Modal } from '@mantine/core';
import type { Job } from '../../../shared/contract/jobs.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { sayJobKind } from '../../components/tone.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import styles from './activity.module.css';

type CancelDialogProps = {
  /** Null: closed. */
  readonly job: Job | null;
  readonly onClose: () => void;
};

const stays: Readonly<Record<string, string>> = {
  protect:
    'No snapshot comes of this run. What it has stored already is reused by the next one, and earlier snapshots are untouched.',
  restore:
    'Files that were restored so far stay where they are; the rest is not written. The same restore can be run again.',
  check: 'Nothing is changed by a check, so nothing is lost; it begins from the start the next time.',
};

export function CancelDialog({ job, onClose }: CancelDialogProps) {
  const cancel = useOrder((client, id: string) => client.jobs.cancel({ job: id }), [['jobs.list'], ['jobs.show']]);
  const problem = problemIn(cancel);
  const close = () => {
    cancel.reset();
    onClose();
  };
  return (
    <Modal opened={job !== null} onClose={close} title="Stop this job?">
      {job === null ? null : (
        <div className={styles['dialog']}>
          <div>
            {sayJobKind(job.kind)}: <b>{visibleText(job.title)}</b>
          </div>
          <div>{stays[job.kind] ?? 'What was complete before stays as it is.'}</div>
          {problem === null ? null : <ErrorNotice problem={problem} />}
          <div className={styles['actions']}>
            <ShowCommand commands={[['holdfast', 'cancel', job.id]]} />
            <Button onClick={close} data-autofocus>
              Let it run
            </Button>
            <Button
              variant="filled"
              loading={cancel.isPending}
              onClick={() => cancel.mutate(job.id, { onSuccess: close })}
            >
              Stop it
            </Button>
          </div>
        </div>
      )}
    </Modal>
  );
}
