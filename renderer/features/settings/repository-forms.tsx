/** Small forms about one repository: its password and its name. */
import { Button, Checkbox, PasswordInput, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useLive } from '../../client/live-store.ts';
import type { Problem } from '../../client/problem.ts';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { newPasswordFault } from './proven.ts';
import styles from './settings.module.css';

type FormProps = { readonly repository: Connection; readonly onDone: () => void };

export function UnlockForm({ repository }: { readonly repository: Connection }) {
  const [password, setPassword] = useState('');
  const [remember, setRemember] = useState(false);
  const canRemember = useLive((live) => (live.engine?.secretStore ?? null) !== null);
  const order = useOrder((client, input: { id: string; password: string; remember: boolean }) =>
    client.repositories.unlock(input),
  );
  return (
    <Form
      onSubmit={() => order.mutate({ id: repository.id, password, remember })}
      problem={problemIn(order)}
      busy={order.isPending}
      ready={password !== ''}
      verb="Unlock"
    >
      <PasswordInput
        label={`Password of ${repository.name}`}
        autoComplete="off"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      {canRemember ? (
        <Checkbox
          label="Remember it on this machine"
          checked={remember}
          onChange={(event) => setRemember(event.currentTarget.checked)}
        />
      ) : null}
    </Form>
  );
}

export function ProvePasswordForm({
  repository,
  reminder = false,
  onDone,
}: FormProps & { readonly reminder?: boolean }) {
  const [password, setPassword] = useState('');
  const order = useOrder((client, input: { id: string; password: string }) => client.repositories.prove(input));
  return (
    <>
      {reminder ? (
        <Notice tone="part" title="Is the password still known?">
          Nobody has entered it for 90 days. Without it no snapshot can be restored on another machine.
        </Notice>
      ) : null}
      <Form
        onSubmit={() => order.mutate({ id: repository.id, password }, { onSuccess: onDone })}
        problem={problemIn(order)}
        busy={order.isPending}
        ready={password !== ''}
        verb="Prove"
      >
        <PasswordInput
          label="Password, from where you keep it"
          description="Nothing changes; the console remembers that it is still known."
          autoComplete="off"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
      </Form>
    </>
  );
}

export function ChangePasswordForm({ repository, onDone }: FormProps) {
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const fault = newPasswordFault(next, again);
  const order = useOrder(async (client, input: { current: string; next: string }) => {
    // The key that the current password opens is the one that goes, so it is this call that has to know it.
    const access = { location: repository.location, password: input.current };
    await client.keys.passwd({ repository: access, newPassword: input.next });
    await client.repositories.unlock({ id: repository.id, password: input.next, remember: repository.remembered });
  });
  return (
    <Form
      onSubmit={() => order.mutate({ current, next }, { onSuccess: onDone })}
      problem={problemIn(order)}
      busy={order.isPending}
      ready={current !== '' && fault === null}
      verb="Change password"
      aside={
        <ShowCommand
          commands={[['holdfast', 'key', 'passwd', '--repository', repository.location]]}
          restic={[['restic', '-r', repository.location, 'key', 'passwd']]}
          note="HOLDFAST_PASSWORD gives the current password, HOLDFAST_NEW_PASSWORD the new one; on a terminal both are asked."
        />
      }
    >
      <Notice tone="part">
        Nobody can recover this password. Snapshots stay as they are; the old password no longer opens the repository.
      </Notice>
      <PasswordInput
        label="Current password"
        autoComplete="off"
        value={current}
        onChange={(event) => setCurrent(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password"
        autoComplete="new-password"
        value={next}
        onChange={(event) => setNext(event.currentTarget.value)}
      />
      <PasswordInput
        label="New password again"
        autoComplete="new-password"
        value={again}
        error={again !== '' && fault !== null ? fault : undefined}
        onChange={(event) => setAgain(event.currentTarget.value)}
      />
    </Form>
  );
}

export function RenameForm({ repository, onDone }: FormProps) {
  const [name, setName] = useState(repository.name);
  const order = useOrder((client, input: { id: string; name: string }) => client.repositories.rename(input));
  return (
    <Form
      onSubmit={() => order.mutate({ id: repository.id, name }, { onSuccess: onDone })}
      problem={problemIn(order)}
      busy={order.isPending}
      ready={name.trim() !== '' && name.trim() !== repository.name}
      verb="Rename"
    >
      <TextInput
        label="Name in this console"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </Form>
  );
}

type Frame = {
  readonly onSubmit: () => void;
  readonly problem: Problem | null;
  readonly busy: boolean;
  readonly ready: boolean;
  readonly verb: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
};

function Form({ onSubmit, problem, busy, ready, verb, aside, children }: Frame) {
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && !busy) onSubmit();
      }}
    >
      {children}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={busy}>
          {verb}
        </Button>
        {aside}
      </div>
    </form>
  );
}
