/** Removing one snapshot for good. Its data goes with the next prune, unless other snapshots need it. */
import type { KnownSnapshot } from '../../../shared/contract/browse.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { absoluteTime } from '../../components/format-time.ts';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import type { SnapshotOf } from './snapshot-of.ts';

type ExpireDialogProps = {
  readonly snapshot: SnapshotOf;
  readonly known: KnownSnapshot;
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onExpired: () => void;
};

export function ExpireDialog({ snapshot, known, opened, onClose, onExpired }: ExpireDialogProps) {
  const { repository, source, id, takenAt } = snapshot;
  const order = useOrder(
    async (client, gone: string) => {
      // Held, and the last good one, are refused by the engine; the whole answer is waited for, so that it can say so.
      const events = await client.upkeep.forget({ repository: { id: repository.id }, snapshots: [gone] });
      for await (const _ of events);
    },
    [['browse.timeline'], ['browse.snapshot']],
  );
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={onClose}
      title="Expire this snapshot"
      goes={[{ id, name: source, detail: absoluteTime(Date.parse(takenAt)), bytes: known.bytes }]}
      word={id.slice(0, 8)}
      verb="Expire it"
      busy={order.isPending}
      problem={problemIn(order)}
      // Live state may know that it is gone before the call has been answered, and take this dialog away with it.
      onConfirm={() => void order.mutateAsync(id).then(onExpired, () => undefined)}
    >
      <p>
        The snapshot of {visibleText(source)} cannot be had back from this repository. Other snapshots keep all they
        hold. The last good snapshot of a source and held ones are never removed here.
      </p>
      <ShowCommand
        commands={[['holdfast', 'forget', id.slice(0, 8), '--repository', repository.location]]}
        restic={[['restic', '-r', repository.location, 'forget', id.slice(0, 8)]]}
      />
    </ConfirmDestructive>
  );
}
