/** Gives a source a profile of its own, or lets what its tags or everything says count again. */
import { Button, Modal, Select } from '@mantine/core';
import { useState } from 'react';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { CommandText, ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { assignCommand } from './schedule-words.ts';
import styles from './sources.module.css';

type ProfileDialogProps = { readonly source: SourceState; readonly opened: boolean; readonly onClose: () => void };

export function ProfileDialog({ source, opened, onClose }: ProfileDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title={`Profile of ${visibleText(source.name)}`}>
      <Body source={source} onClose={onClose} />
    </Modal>
  );
}

function Body({ source, onClose }: Omit<ProfileDialogProps, 'opened'>) {
  const answer = useAnswer(['profiles.list'], (client, signal) => client.profiles.list({}, { signal }));
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={3} />;
  const { profiles } = answer.data;
  if (profiles.length === 0) {
    return (
      <EmptyState
        title="There are no profiles yet"
        action={
          <CommandText commands={[['holdfast', 'profile', 'add', '--preset', 'standard', '--name', 'Standard']]} />
        }
      >
        A profile says when snapshots are taken, and how long they are kept. The command line makes one.
      </EmptyState>
    );
  }
  return <Choice source={source} profiles={profiles} onClose={onClose} />;
}

/** No id of a profile. */
const inherited = '';

type ChoiceProps = {
  readonly source: SourceState;
  readonly profiles: readonly Profile[];
  readonly onClose: () => void;
};

function Choice({ source: { name, profile }, profiles, onClose }: ChoiceProps) {
  const [chosen, setChosen] = useState(profile?.from === 'source' ? profile.id : inherited);
  const primary = usePrimaryRepository();
  const order = useOrder(
    (client, id: string | null) =>
      client.profiles.assign({ repository: { id: primary?.id ?? '' }, scope: 'source', subject: name, profile: id }),
    [['profiles.list']],
  );
  const problem = problemIn(order);
  const called = profiles.find(({ id }) => id === chosen)?.name ?? null;
  return (
    <form
      className={styles['body']}
      onSubmit={(event) => {
        event.preventDefault();
        order.mutate(chosen === inherited ? null : chosen, { onSuccess: onClose });
      }}
    >
      <Select
        label="Profile"
        data={[
          { value: inherited, label: 'As its tags or everything says' },
          ...profiles.map(({ id, name: label }) => ({ value: id, label: visibleText(label) })),
        ]}
        value={chosen}
        allowDeselect={false}
        onChange={(value) => value !== null && setChosen(value)}
      />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={order.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>Cancel</Button>
        <span className={styles['spring']} />
        <ShowCommand commands={[assignCommand(name, called)]} />
      </div>
    </form>
  );
}
