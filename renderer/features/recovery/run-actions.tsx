/** What can be done about a run: pause, stop, go on, undo, close. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { problemIn, startJob, useAnswer, useOrder } from '../../client/ask.ts';
import { useRepositories } from '../../client/live-store.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { Count } from '../../components/numbers.tsx';
import { PathText } from '../../components/path-text.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { MoveRunActions } from './move-run-actions.tsx';
import { AwsRunActions } from './aws/aws-run-actions.tsx';
import { canGoOn, canUndo, isAtWork } from './run-words.ts';
import styles from './recovery.module.css';

type RunProps = { readonly run: RestoreRun };

export function RunActions({ run }: RunProps) {
  const [dialog, setDialog] = useState<'stop' | 'undo' | 'close' | null>(null);
  const close = () => setDialog(null);
  const repository = useRepositories().find((one) => one.repository === run.repository?.id);
  const pause = useOrder((client, id: string) => client.restoreRuns.pause({ run: id }));
  const goOn = useOrder((client, input: { run: string; repository: { id: string } }) =>
    startJob(client.restoreRuns.start({ ...input, detach: true })),
  );
  const problem = problemIn(pause) ?? problemIn(goOn);
  const atWork = isAtWork(run);
  const isWriting = run.state === 'running' || run.state === 'verifying';
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {run.kind === 'folder' && canGoOn(run) && repository === undefined ? (
        <Notice tone="part" title="Its repository is not connected">
          Connect the repository at {run.repository?.location} to go on.
        </Notice>
      ) : null}
      <div className={styles['actions']}>
        {isWriting ? (
          <>
            <Button disabled={run.pausing} loading={pause.isPending} onClick={() => pause.mutate(run.id)}>
              {run.pausing ? 'Pausing after this step' : 'Pause after this step'}
            </Button>
            <Button onClick={() => setDialog('stop')}>Stop, keep everything…</Button>
          </>
        ) : null}
        {run.kind === 'aws' || run.kind === 'bucket' ? <AwsRunActions run={run} /> : null}
        {run.move !== null && canGoOn(run) ? <MoveRunActions run={run} /> : null}
        {run.kind === 'folder' && canGoOn(run) ? (
          <Button
            variant="filled"
            disabled={repository === undefined || repository.state !== 'open'}
            loading={goOn.isPending}
            onClick={() => repository !== undefined && goOn.mutate({ run: run.id, repository: { id: repository.id } })}
          >
            {run.state === 'ready' ? 'Start' : 'Go on'}
          </Button>
        ) : null}
        {(run.kind === 'folder' || run.move !== null) && canUndo(run) ? (
          <Button onClick={() => setDialog('undo')}>Undo…</Button>
        ) : null}
        {run.closedAt === null && !atWork ? <Button onClick={() => setDialog('close')}>Close…</Button> : null}
      </div>
      <Modal opened={dialog === 'stop'} onClose={close} title="Stop, and keep everything">
        <Stop run={run} onClose={close} />
      </Modal>
      <Modal
        opened={dialog === 'undo'}
        onClose={close}
        title={run.move === null ? 'Undo this restore' : 'Undo this move'}
        size="lg"
      >
        <Undo run={run} onClose={close} />
      </Modal>
      <Modal opened={dialog === 'close'} onClose={close} title="Close this run">
        <Close run={run} onClose={close} />
      </Modal>
    </>
  );
}

function Stop({ run, onClose }: RunProps & { readonly onClose: () => void }) {
  const order = useOrder((client, id: string) => client.restoreRuns.stop({ run: id }));
  const problem = problemIn(order);
  return (
    <div className={styles['form']}>
      <div>
        {run.move === null
          ? 'What was written stays, files that are half written do not appear.'
          : 'What was copied stays; while it is stopped, nothing begins by itself.'}{' '}
        You can go on later from the step it is at, or undo it.
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button variant="filled" loading={order.isPending} onClick={() => order.mutate(run.id, { onSuccess: onClose })}>
          Stop
        </Button>
        <Button onClick={onClose}>Let it run</Button>
      </div>
    </div>
  );
}

function Undo({ run, onClose }: RunProps & { readonly onClose: () => void }) {
  const preview = useAnswer(
    ['restoreRuns.undoPreview', run.id, run.endedAt],
    (client, signal) => client.restoreRuns.undoPreview({ run: run.id }, { signal }),
    { staleTimeMs: 0 },
  );
  const order = useOrder((client, id: string) => startJob(client.restoreRuns.undo({ run: id, detach: true })));
  const problem = problemIn(preview) ?? problemIn(order);
  const plan = preview.data;
  return (
    <div className={styles['form']}>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {plan === undefined ? (
        problem === null ? (
          <Skeleton lines={4} />
        ) : null
      ) : (
        <>
          <div hidden={run.move !== null}>
            <Count value={plan.removed} /> files are removed, <Count value={plan.putBack} /> are put back as they were,{' '}
            <Count value={plan.folders} /> folders are removed where they are empty then.
            {plan.left === 0 ? null : (
              <>
                {' '}
                <Count value={plan.left} /> are left, because they have changed since.
              </>
            )}
          </div>
          <ul className={styles['list']} tabIndex={0} aria-label="What undoing does">
            {plan.items.map(({ path, action, reason }) => (
              <li key={path}>
                <span className={styles['grow']}>
                  <PathText path={path} />
                </span>
                <span className={styles['dim']}>{reason === null ? action : `${action}: ${reason}`}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <div className={styles['actions']}>
        <Button
          variant="filled"
          color="red"
          disabled={plan === undefined}
          loading={order.isPending}
          onClick={() => order.mutate(run.id, { onSuccess: onClose })}
        >
          Undo it
        </Button>
        <Button onClick={onClose}>Keep everything</Button>
      </div>
    </div>
  );
}

function Close({ run, onClose }: RunProps & { readonly onClose: () => void }) {
  const order = useOrder(
    (client, id: string) => client.restoreRuns.close({ run: id }),
    [['restoreRuns.get'], ['restoreRuns.list']],
  );
  const problem = problemIn(order);
  return (
    <div className={styles['form']}>
      <div>
        {run.move === null
          ? 'What was restored stays. Files that were replaced and kept aside are discarded, so that nothing can be undone any more, and the snapshots are held no longer. The report stays.'
          : 'Protection stays where it is, and this run is not undone any more. It can still be moved again. The report stays.'}
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button variant="filled" loading={order.isPending} onClick={() => order.mutate(run.id, { onSuccess: onClose })}>
          Close the run
        </Button>
        <Button onClick={onClose}>Leave it open</Button>
      </div>
    </div>
  );
}
