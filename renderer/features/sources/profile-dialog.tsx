/** Gives a source a profile of its own, or lets what its tags or everything says count again. */
import { Button, Modal, Select } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Saved } from '../../../shared/contract/configuration.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { effectiveProfile } from '../../../shared/model/effective-profile.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { useProfiles, type Profiles } from '../../client/profiles.ts';
import { DifferenceView } from '../../components/difference-view.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../components/error-notice.tsx';
import { saysSomething, SavedNotice } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { assignCommand } from './schedule-words.ts';
import styles from './sources.module.css';

type ProfileDialogProps = { readonly source: SourceState; readonly opened: boolean; readonly onClose: () => void };

export function ProfileDialog({ source, opened, onClose }: ProfileDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={`Profile of ${visibleText(source.name)}`}>
      <Body source={source} onClose={onClose} />
    </Modal>
  );
}

function Body({ source, onClose }: Omit<ProfileDialogProps, 'opened'>) {
  const answer = useProfiles();
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={3} />;
  if (answer.data.profiles.length === 0) {
    return (
      <EmptyState title="There are no profiles yet" action={<Link to="/profiles">Make one</Link>}>
        A profile says when snapshots are taken, and how long they are kept.
      </EmptyState>
    );
  }
  return <Choice source={source} found={answer.data} onClose={onClose} />;
}

/** No id of a profile. */
const inherited = '';

type ChoiceProps = {
  readonly source: SourceState;
  readonly found: Profiles;
  readonly onClose: () => void;
};

function Choice({ source, found, onClose }: ChoiceProps) {
  const { name, profile } = source;
  const { profiles } = found;
  const [chosen, setChosen] = useState(profile?.from === 'source' ? profile.id : inherited);
  const primary = usePrimaryRepository();
  const order = useOrder(
    (client, id: string | null) =>
      client.profiles.assign({ repository: { id: primary?.id ?? '' }, scope: 'source', subject: name, profile: id }),
    [['profiles.list'], ['profiles.preview']],
  );
  const problem = problemIn(order);
  const called = profiles.find(({ id }) => id === chosen)?.name ?? null;
  const told = order.data !== undefined && saysSomething(order.data) ? order.data : null;
  return (
    <form
      className={styles['body']}
      onSubmit={(event) => {
        event.preventDefault();
        // What has to be said is said here, before the dialog goes.
        const onSuccess = (saved: Saved) => saysSomething(saved) || onClose();
        order.mutate(chosen === inherited ? null : chosen, { onSuccess });
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
      <Effect source={source} profile={countingProfile(source, found, chosen)} />
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {told === null ? null : <SavedNotice saved={told} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" loading={order.isPending}>
          Save
        </Button>
        <Button onClick={onClose}>{told === null ? 'Cancel' : 'Close'}</Button>
        <span className={styles['spring']} />
        <ShowCommand commands={[assignCommand(name, called)]} />
      </div>
    </form>
  );
}

/** The profile that would count with this choice; null: none. */
function countingProfile(
  { name, registered }: SourceState,
  { profiles, assignments }: Profiles,
  chosen: string,
): Profile | null {
  const others = assignments.filter(({ scope, subject }) => scope !== 'source' || subject !== name);
  const id = chosen === inherited ? effectiveProfile({ name, tags: registered?.tags ?? [] }, others)?.profile : chosen;
  return profiles.find((one) => one.id === id) ?? null;
}

type EffectProps = { readonly source: SourceState; readonly profile: Profile | null };

/** What would expire by it, before it is saved. */
function Effect({ source: { name }, profile }: EffectProps) {
  const answer = useAnswer(
    ['profiles.preview', 'difference', name, profile?.id ?? null, profile?.updatedAt ?? null],
    (client, signal) => {
      if (profile === null) throw new Error('Nothing is asked where no profile counts.');
      const from = new Date().toISOString();
      return client.profiles.preview({ profile, id: profile.id, source: name, from, days: 1 }, { signal });
    },
    { enabled: profile !== null },
  );
  const problem = problemIn(answer);
  if (profile === null) {
    return (
      <Notice tone="part" title="No profile would count">
        It would not run by itself. What it has keeps the life that its own profile gives it.
      </Notice>
    );
  }
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={3} />;
  const periodName = (id: string) => profile.periods.find((period) => period.id === id)?.name ?? id;
  return (
    <>
      <div>
        <b>{visibleText(profile.name)}</b> would count.
      </div>
      <DifferenceView source={name} snapshots={answer.data.snapshots} periodName={periodName} narrow />
    </>
  );
}
