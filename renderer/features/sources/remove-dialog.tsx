/** Before sources are no longer registered: what goes, and that their snapshots stay. */
import { sourcePlaces } from '../../../shared/model/source-kinds.ts';
import { formatCount } from '../../../shared/model/units.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { usePrimaryRepository } from '../../client/live-store.ts';
import { ConfirmDestructive } from '../../components/confirm-destructive.tsx';
import { registeredNames } from './facets.ts';

type RemoveDialogProps = {
  readonly opened: boolean;
  readonly sources: readonly SourceState[];
  readonly onClose: () => void;
  readonly onRemoved: () => void;
};

export function RemoveDialog({ opened, sources, onClose, onRemoved }: RemoveDialogProps) {
  const primary = usePrimaryRepository();
  const remove = useOrder(async (client, names: readonly string[]) => {
    for (const name of names) await client.sources.remove({ repository: { id: primary?.id ?? '' }, name });
  });
  const names = registeredNames(sources);
  const going = sources.filter(({ registered }) => registered !== null);
  const kept = going.reduce((sum, { snapshots }) => sum + snapshots, 0);
  return (
    <ConfirmDestructive
      opened={opened}
      onClose={onClose}
      title={names.length === 1 ? 'Remove the source?' : `Remove ${formatCount(names.length)} sources?`}
      goes={going.map(({ key, name, registered }) => ({
        id: key,
        name,
        detail: registered === null ? '' : sourcePlaces(registered).join(', '),
        bytes: null,
      }))}
      word={names.length === 1 ? (names[0] ?? '') : String(names.length)}
      verb={names.length === 1 ? 'Remove the source' : `Remove ${formatCount(names.length)} sources`}
      busy={remove.isPending}
      problem={problemIn(remove)}
      onConfirm={() => remove.mutate(names, { onSuccess: onRemoved })}
    >
      What goes is the definition: paths, what is left out, commands. {keptWords(kept)} The files themselves are not
      touched.
    </ConfirmDestructive>
  );
}

function keptWords(kept: number): string {
  if (kept === 0) return 'There are no snapshots.';
  if (kept === 1) return 'The one snapshot stays in the repository, to browse and restore.';
  return `The ${formatCount(kept)} snapshots stay in the repository, to browse and restore.`;
}
