/** Holding a snapshot, so that nothing expires it, and letting go of it again. */
import { Button, Modal, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import { problemIn, useAnswer, useOrder } from '../../client/ask.ts';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import type { SnapshotOf } from './snapshot-of.ts';
import styles from './snapshots.module.css';

type HoldDialogProps = {
  readonly snapshot: SnapshotOf;
  readonly known: KnownSnapshot;
  readonly opened: boolean;
  readonly onClose: () => void;
};

export function HoldDialog({ snapshot, known, opened, onClose }: HoldDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={known.hold === null ? 'Hold this snapshot' : 'Release this snapshot'}
    >
      <Body snapshot={snapshot} known={known} onClose={onClose} />
    </Modal>
  );
}

/**
 * What was asked for when the dialog opened, until it is closed: the hold is known, by live state, before its call has
 * been answered, and whoever has just made it is not asked to release it.
 */
function Body({ snapshot, known, onClose }: Omit<HoldDialogProps, 'opened'>) {
  const [hold] = useState(known.hold);
  return hold === null ? (
    <Hold snapshot={snapshot} onClose={onClose} />
  ) : (
    <Release snapshot={snapshot} hold={hold} onClose={onClose} />
  );
}

function Hold({ snapshot, onClose }: { readonly snapshot: SnapshotOf; readonly onClose: () => void }) {
  const [reason, setReason] = useState('');
  const [heldFor, setHeldFor] = useState<string | null>(null);
  const { repository, id } = snapshot;
  const { data } = useAnswer(['cases.list', false], (client, signal) => client.cases.list({}, { signal }));
  const cases = (data?.cases ?? []).filter(({ state }) => state === 'open').map(({ reference }) => reference);
  const order = useOrder(
    (client, text: string) =>
      client.holds.hold({
        repository: { id: repository.id },
        snapshot: id,
        reason: text,
        ...(heldFor === null ? {} : { case: heldFor }),
      }),
    [['browse.snapshot'], ['browse.timeline'], ['cases.list']],
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
      <div>No retention removes it while it is held. The reason is shown wherever the snapshot is.</div>
      <TextInput
        label="Reason"
        data-autofocus
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {cases.length === 0 ? null : (
        <Select
          label="For a case"
          description="It is let go with the case. May be empty."
          placeholder="none"
          data={cases.map((reference) => ({ value: reference, label: visibleText(reference) }))}
          value={heldFor}
          onChange={setHeldFor}
          clearable
        />
      )}
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button type="submit" variant="filled" disabled={!ready} loading={order.isPending}>
          Hold
        </Button>
        <ShowCommand
          commands={[
            [
              'holdfast',
              'hold',
              id.slice(0, 8),
              '--reason',
              reason,
              ...(heldFor === null ? [] : ['--case', heldFor]),
              '--repository',
              repository.location,
            ],
          ]}
        />
      </div>
    </form>
  );
}

type ReleaseProps = {
  readonly snapshot: SnapshotOf;
  readonly hold: NonNullable<KnownSnapshot['hold']>;
  readonly onClose: () => void;
};

function Release({ snapshot, hold, onClose }: ReleaseProps) {
  const { repository, id } = snapshot;
  const order = useOrder(
    (client, held: string) => client.holds.release({ repository: { id: repository.id }, snapshot: held }),
    [['browse.snapshot'], ['browse.timeline']],
  );
  const problem = problemIn(order);
  return (
    <div className={styles['form']}>
      <div>
        Held by {actorWords(hold.author)} <RelativeTime at={hold.since} />: “{visibleText(hold.reason)}”. Once released,
        retention decides about it like about any other.
      </div>
      {problem === null ? null : <ErrorNotice problem={problem} />}
      <div className={styles['actions']}>
        <Button variant="filled" loading={order.isPending} onClick={() => order.mutate(id, { onSuccess: onClose })}>
          Release
        </Button>
        <ShowCommand commands={[['holdfast', 'release', id.slice(0, 8), '--repository', repository.location]]} />
      </div>
    </div>
  );
}
