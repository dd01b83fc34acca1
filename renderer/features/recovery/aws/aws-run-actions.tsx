/** Goes on with a run in AWS, or takes it back: each time somebody says anew as whom, since nothing of that was kept. */
import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import type { RestoreRun, UndoResult } from '../../../../shared/contract/restore-runs.ts';
import { problemIn, startJob, useOrder } from '../../../client/ask.ts';
import { useRepositories } from '../../../client/live-store.ts';
import type { Client } from '../../../client/client.ts';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { canGoOn, canUndo } from '../run-words.ts';
import { emptyAwsRestore, whoOf, type AwsRestoreDraft } from './aws-draft.ts';
import { SignIn } from './sign-in.tsx';
import { WhoFields } from './who-fields.tsx';
import styles from './aws.module.css';

type RunProps = { readonly run: RestoreRun };

export function AwsRunActions({ run }: RunProps) {
  const [dialog, setDialog] = useState<'go' | 'undo' | null>(null);
  const close = () => setDialog(null);
  const verb = run.state === 'ready' ? 'Start' : 'Go on';
  return (
    <>
      {canGoOn(run) ? (
        <Button variant="filled" onClick={() => setDialog('go')}>
          {verb}…
        </Button>
      ) : null}
      {canUndo(run) ? <Button onClick={() => setDialog('undo')}>Undo…</Button> : null}
      <Modal opened={dialog === 'go'} onClose={close} title={`${verb} ${whereOf(run)}`} size="lg">
        <GoOn run={run} verb={verb} onClose={close} />
      </Modal>
      <Modal opened={dialog === 'undo'} onClose={close} title="Undo this restore" size="lg">
        <Undo run={run} onClose={close} />
      </Modal>
    </>
  );
}

function whereOf({ aws, bucket }: RestoreRun): string {
  return bucket === null ? `in account ${aws?.account ?? ''}` : `in s3://${visibleText(bucket.bucket)}`;
}

type GoOnProps = RunProps & { readonly verb: string; readonly onClose: () => void };

function GoOn({ run, verb, onClose }: GoOnProps) {
  const known = useRepositories().find((one) => one.repository === run.repository?.id);
  const repository = known === undefined ? null : { id: known.id };
  const [draft, setDraft] = useState(emptyAwsRestore);
  const who = whoOf(draft);
  const start = async (client: Client, asked: NonNullable<typeof who>) =>
    startJob(client.restoreRuns.start({ run: run.id, repository, aws: asked, detach: true }));
  const order = useOrder(start);
  const go = () => {
    if (who !== null) order.mutate(who, { onSuccess: onClose });
  };
  return (
    <div className={styles['fields']}>
      <Who draft={draft} onChange={setDraft} />
      <Trouble order={order} draft={draft} onSignedIn={go} />
      <div className={styles['actions']}>
        <Button onClick={onClose}>Cancel</Button>
        <span className={styles['spring']} />
        <Button variant="filled" disabled={who === null} loading={order.isPending} onClick={go}>
          {verb}
        </Button>
      </div>
    </div>
  );
}

function Undo({ run, onClose }: RunProps & { readonly onClose: () => void }) {
  const [draft, setDraft] = useState(emptyAwsRestore);
  const who = whoOf(draft);
  const look = useOrder((client, asked: NonNullable<typeof who>) =>
    client.restoreRuns.undoPreview({ run: run.id, aws: asked }),
  );
  const order = useOrder((client, asked: NonNullable<typeof who>) =>
    startJob(client.restoreRuns.undo({ run: run.id, aws: asked, detach: true })),
  );
  const seen = look.data;
  const ask = () => {
    if (who !== null) look.mutate(who);
  };
  return (
    <div className={styles['fields']}>
      <Who draft={draft} onChange={setDraft} />
      <Trouble order={look} draft={draft} onSignedIn={ask} />
      <Trouble order={order} draft={draft} onSignedIn={ask} />
      {seen === undefined ? null : <Seen seen={seen} />}
      <div className={styles['actions']}>
        <Button onClick={onClose}>Keep everything</Button>
        <span className={styles['spring']} />
        <Button disabled={who === null} loading={look.isPending} onClick={ask}>
          See what that does
        </Button>
        <Button
          variant="filled"
          color="red"
          disabled={who === null || seen === undefined}
          loading={order.isPending}
          onClick={() => who !== null && order.mutate(who, { onSuccess: onClose })}
        >
          Undo it
        </Button>
      </div>
    </div>
  );
}

function Seen({ seen }: { readonly seen: UndoResult }) {
  return (
    <ul className={styles['rows']} aria-label="What undoing does">
      {seen.items.map(({ path, action, reason }) => (
        <li key={`${action} ${path}`} className={styles['step']}>
          <PathText path={path} />
          <span className={styles['dim']}>{reason === null ? action : `${action}: ${reason}`}</span>
        </li>
      ))}
    </ul>
  );
}

type WhoProps = { readonly draft: AwsRestoreDraft; readonly onChange: (draft: AwsRestoreDraft) => void };

/** Where it is done stands in the plan. */
function Who({ draft, onChange }: WhoProps) {
  return (
    <>
      <p className={styles['dim']}>Nothing of the credential was kept: say again as whom AWS is asked.</p>
      <WhoFields draft={draft} onChange={(change) => onChange({ ...draft, ...change })} onlyWho />
    </>
  );
}

type TroubleProps = {
  readonly order: Parameters<typeof problemIn>[0];
  readonly draft: AwsRestoreDraft;
  readonly onSignedIn: () => void;
};

function Trouble({ order, draft: { by, account }, onSignedIn }: TroubleProps) {
  const problem = problemIn(order);
  if (problem === null) return null;
  const asks = problem.code === 'AWS_SIGN_IN' && by === 'account' && account !== '';
  return (
    <>
      <ErrorNotice problem={problem} />
      {asks ? <SignIn account={account} onSignedIn={onSignedIn} /> : null}
    </>
  );
}
