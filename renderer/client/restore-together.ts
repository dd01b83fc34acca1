/** Hands whole snapshots to the guided restore, which shows what would be done before anything is. */
import { useNavigate } from '@tanstack/react-router';
import { putTogether, type BasketItem } from './basket.ts';

/** A snapshot by the id in the config of its repository. */
export type WholeSnapshot = {
  readonly repository: string | null;
  readonly snapshot: string | null;
  readonly takenAt: string | null;
  readonly source: string;
};

export type Together = {
  readonly items: readonly BasketItem[];
  /** How many lie in a repository that this console is not connected with. */
  readonly outOfReach: number;
};

/** All of each snapshot; where there is none, nothing. `connectionOf`: from the id in a config to that of a connection. */
export function togetherOf(
  snapshots: readonly WholeSnapshot[],
  connectionOf: (repository: string) => string | undefined,
): Together {
  const items: BasketItem[] = [];
  let outOfReach = 0;
  for (const { repository, snapshot, takenAt, source } of snapshots) {
    if (snapshot === null) continue;
    const connection = repository === null ? undefined : connectionOf(repository);
    if (connection === undefined) outOfReach += 1;
    else
      items.push({
        repository: connection,
        snapshot,
        takenAt: takenAt ?? '',
        source,
        path: '/',
        type: 'dir',
        bytes: null,
      });
  }
  return { items, outOfReach };
}

export function useRestoreTogether(): (items: readonly BasketItem[]) => void {
  const navigate = useNavigate();
  return (items) => {
    putTogether(items);
    void navigate({ to: '/recovery/restore', search: { basket: 'together' } });
  };
}
