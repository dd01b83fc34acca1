/** Saves what was written; where more would expire by it, asks first, by name and number. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Profile, ProfileLoss } from '../../../shared/contract/profiles.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { formatCount } from '../../../shared/model/units.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive, usePrimaryRepository } from '../../client/live-store.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { absoluteTime } from '../../components/format-time.ts';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { addCommand, editCommand } from './commands.ts';
import { countWords } from './count-words.ts';
import { definitionOf } from './draft.ts';
import styles from './profiles.module.css';

type SaveActionsProps = {
  /** Null: it cannot be saved as it is. */
  readonly definition: ProfileDefinition | null;
  /** The first thing that is wrong. */
  readonly fault: string | null;
  /** Null: it is new. */
  readonly saved: Profile | null;
  /** Whether it is what is saved already. */
  readonly isSame: boolean;
  readonly onSaved: (profile: Profile) => void;
  readonly onReset: () => void;
};

type Losses = { readonly count: number; readonly losses: readonly ProfileLoss[] };

export function SaveActions(props: SaveActionsProps) {
  return props.saved === null ? <Add {...props} /> : <Change {...props} saved={props.saved} />;
}

const outdated = [['profiles.list'], ['profiles.preview']];

function Add({ definition, fault }: SaveActionsProps) {
  const navigate = useNavigate();
  const live = useIsLive();
  const primary = usePrimaryRepository();
  const add = useOrder(
    (client, profile: ProfileDefinition) =>
      client.profiles.add({ repository: { id: primary?.id ?? '' }, profile: writable(profile) }),
    outdated,
  );
  const problem = problemIn(add);
  const save = (profile: ProfileDefinition) =>
    add.mutate(profile, {
      onSuccess: (answer) => {
        tellSaved(answer);
        void navigate({ to: '/profiles/$profile', params: { profile: answer.profile.id } });
      },
    });
  return (
    <>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={`${styles['actions']} ${styles['sticky']}`}>
        <Button
          variant="filled"
          disabled={definition === null || !live}
          loading={add.isPending}
          onClick={() => definition !== null && save(definition)}
        >
          Make the profile
        </Button>
        <Button onClick={() => void navigate({ to: '/profiles' })}>Cancel</Button>
        <Fault text={fault} />
        <span className={styles['spring']} />
        {definition === null ? null : <Command definition={definition} words={addCommand(definition)} />}
      </div>
    </>
  );
}

function Change({
  definition,
  fault,
  saved,
  isSame,
  onSaved,
  onReset,
}: SaveActionsProps & { readonly saved: Profile }) {
  const live = useIsLive();
  const primary = usePrimaryRepository();
  const [asking, setAsking] = useState<Losses | null>(null);
  const look = useOrder((client, profile: ProfileDefinition) =>
    client.profiles.losses({ id: saved.id, profile: writable(profile) }),
  );
  const change = useOrder(async (client, profile: ProfileDefinition) => {
    const repository = { id: primary?.id ?? '' };
    const answer = await client.profiles.update({ repository, id: saved.id, profile: writable(profile) });
    // Before anything is drawn with it: what was new has its id now.
    onSaved(answer.profile);
    return answer;
  }, outdated);
  const command = definition === null ? null : editCommand(definitionOf(saved), definition);
  const save = () => {
    if (definition === null) return;
    change.mutate(definition, {
      onSuccess: (answer) => {
        setAsking(null);
        tellSaved(answer);
      },
    });
  };
  const begin = () => {
    if (definition === null) return;
    look.mutate(definition, { onSuccess: (found) => (found.count === 0 ? save() : setAsking(found)) });
  };
  const problem = problemIn(look) ?? problemIn(change);
  return (
    <>
      {problem === null || asking !== null ? null : <ErrorNotice problem={problem} />}
      <div className={`${styles['actions']} ${styles['sticky']}`}>
        <Button
          variant="filled"
          disabled={definition === null || isSame || !live}
          loading={look.isPending || change.isPending}
          onClick={begin}
        >
          Save
        </Button>
        <Button disabled={isSame} onClick={onReset}>
          Undo changes
        </Button>
        {isSame ? <span className={styles['dim']}>Saved as it is.</span> : <Fault text={fault} />}
        <span className={styles['spring']} />
        {definition === null || command === null ? null : <Command definition={definition} words={command} />}
      </div>
      <ConfirmLosses
        asking={asking}
        busy={change.isPending}
        problem={problemIn(change)}
        onClose={() => setAsking(null)}
        onConfirm={save}
      />
    </>
  );
}

type ConfirmLossesProps = {
  readonly asking: Losses | null;
  readonly busy: boolean;
  readonly problem: ReturnType<typeof problemIn>;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
};

function ConfirmLosses({ asking, busy, problem, onClose, onConfirm }: ConfirmLossesProps) {
  const count = asking?.count ?? 0;
  const sources = new Set(asking?.losses.map(({ source }) => source));
  const words = countWords(count, 'snapshot');
  return (
    <ConfirmDestructive
      opened={asking !== null}
      onClose={onClose}
      title={`Let ${words} expire?`}
      goes={(asking?.losses ?? []).map(({ source, snapshot, takenAt, bytes }) => ({
        id: snapshot,
        name: source,
        detail: absoluteTime(Date.parse(takenAt)),
        bytes,
      }))}
      word={String(count)}
      verb={`Save, and let ${formatCount(count)} expire`}
      busy={busy}
      problem={problem}
      onConfirm={onConfirm}
    >
      {words} of {countWords(sources.size, 'source')} that {count === 1 ? 'is' : 'are'} kept now would expire after the
      next good run. Where that is more than a third of a source, somebody is asked once more before they go.
      {asking !== null && asking.losses.length < count
        ? ` The first ${formatCount(asking.losses.length)} are listed.`
        : ''}
    </ConfirmDestructive>
  );
}

function Fault({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <span className={styles['fault']} aria-live="polite">
      {text}
    </span>
  );
}

function Command({ definition, words }: { readonly definition: ProfileDefinition; readonly words: readonly string[] }) {
  return (
    <ShowCommand
      commands={[words]}
      {...(definition.repository === null
        ? {}
        : { note: 'The repository of a profile is chosen here, or in a file given with --file.' })}
    />
  );
}

/** Lists that nobody changes, as the call wants them. */
function writable(profile: ProfileDefinition) {
  return { ...profile, periods: [...profile.periods], blackouts: [...profile.blackouts] };
}
