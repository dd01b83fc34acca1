/** How much a repository holds, and how much less that is than what was protected. */
import type { Connection } from '../../../shared/contract/repositories.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Fact, Facts } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';

export function RepositoryFigures({ repository }: { readonly repository: Connection }) {
  const answer = useAnswer(['repository.stats', repository.id, repository.revision], (client, signal) =>
    client.repository.stats({ repository: { id: repository.id } }, { signal }),
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return <Skeleton lines={5} />;
  const { storedBytes, restorableBytes, packs, blobs, deduplicationRatio, compressionRatio, unreadableFolders } =
    answer.data;
  return (
    <Facts>
      <Fact name="On disk">
        <Bytes value={storedBytes} /> in <Count value={packs} /> packs
      </Fact>
      <Fact name="Restorable">
        <Bytes value={restorableBytes} /> over all snapshots
        {unreadableFolders === 0 ? null : `; ${unreadableFolders} folders cannot be read and are not counted`}
      </Fact>
      <Fact name="Deduplication">{ratio(deduplicationRatio)}</Fact>
      <Fact name="Compression">{ratio(compressionRatio)}</Fact>
      <Fact name="Pieces">
        <Count value={blobs} />
      </Fact>
    </Facts>
  );
}

function ratio(value: number | null): string {
  return value === null ? 'nothing stored yet' : `${value.toFixed(2)} to 1`;
}
