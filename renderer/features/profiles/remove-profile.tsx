/** Before a profile goes: that its snapshots stay, and for how long; or what has it, so that it cannot go yet. */
import { Button, Modal } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import type { Profiles } from '../../client/profiles.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { removeCommand } from './commands.ts';
import { countWords } from './count-words.ts';
import { subjectSentence } from './profile-words.ts';
import styles from './profiles.module.css';

type RemoveProfileProps = {
  /** Null: the dialog is closed. */
  readonly profile: Profile | null;
  readonly assignments: Profiles['assignments'];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
};

export function RemoveProfile({ profile, assignments, onClose, onRemoved }: RemoveProfileProps) {
  const primary = usePrimaryRepository();
  const remove = useOrder(
    (client, id: string) => client.profiles.remove({ repository: { id: primary?.id ?? '' }, id }),
    [['profiles.list']],
  );
  const name = profile?.name ?? '';
  if (assignments.length > 0) {
    return (
      <Modal opened={profile !== null} onClose={onClose} title={`${visibleText(name)} is in use`}>
        <InUse id={profile?.id ?? ''} assignments={assignments} onClose={onClose} />
      </Modal>
    );
  }
  return (
    <ConfirmDestructive
      opened={profile !== null}
      onClose={onClose}
      title="Remove the profile?"
      goes={[{ id: profile?.id ?? '', name, detail: countWords(profile?.periods.length ?? 0, 'period'), bytes: null }]}
      word={name}
      verb="Remove the profile"
      busy={remove.isPending}
      problem={problemIn(remove)}
      onConfirm={() => {
        if (profile === null) return;
        remove.mutate(profile.id, {
          onSuccess: (saved) => {
            tellSaved(saved);
            onRemoved();
          },
        });
      }}
    >
      <div>
        What goes is the definition. Snapshots that were taken by it stay, and do not expire any more: they are kept
        until somebody removes them.
      </div>
      <div className={styles['left']}>
        <ShowCommand commands={[removeCommand(name)]} />
      </div>
    </ConfirmDestructive>
  );
}

type InUseProps = { readonly id: string } & Pick<RemoveProfileProps, 'assignments' | 'onClose'>;

function InUse({ id, assignments, onClose }: InUseProps) {
  return (
    <div className={styles['body']}>
      <div>It is given to:</div>
      <ul className={styles['given']}>
        {assignments.map(({ scope, subject }) => (
          <li key={`${scope} ${subject}`}>{subjectSentence({ scope, subject })}</li>
        ))}
      </ul>
      <div>So that nothing loses its protection unnoticed, take it away there first, or give them another one.</div>
      <div className={styles['actions']}>
        <Link to="/profiles/$profile" params={{ profile: id }} onClick={onClose}>
          Open the profile
        </Link>
        <span className={styles['spring']} />
        <Button onClick={onClose}>Close</Button>
      </div>
    </div>
  );
}
