/** Whether a snapshot holds Git repositories: by the kind of its source, and by looking where that is not known. */
import { mirroredKinds, type SourceKind } from '../../../../shared/model/source-kinds.ts';
import { useAnswer } from '../../../client/ask.ts';
import { useSources } from '../../../client/live-store.ts';
import type { SnapshotOf } from '../snapshot-of.ts';

export function useHoldsGit({ repository, source, host, id }: SnapshotOf): boolean {
  const known = useSources().find(({ name, hostname }) => name === source && (host === null || hostname === host));
  const isMirrored = mirroredKinds.has(known?.kind as SourceKind);
  // Of what is not registered here only the snapshot itself can tell.
  const { data } = useAnswer(
    ['git.repositories', 'any', repository.id, id],
    (client, signal) =>
      client.git.repositories({ repository: { id: repository.id }, snapshot: id, limit: 1 }, { signal }),
    { enabled: !isMirrored && (known?.registered ?? null) === null, staleTimeMs: Infinity },
  );
  return isMirrored || (data?.total ?? 0) > 0;
}
