/** All versions of the file that is pointed at: when each appeared, and in which snapshots it is. */
import { Button } from '@mantine/core';
import type { FolderEntry } from '../../../shared/contract/browse.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { putInBasket } from '../../client/basket.ts';
import { collect } from '../../client/collect.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Bytes, Count } from '../../components/numbers.tsx';
import { Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { ShortTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import type { SnapshotOf } from './snapshot-of.ts';
import styles from './snapshots.module.css';

type VersionsPanelProps = {
  readonly snapshot: SnapshotOf;
  readonly entry: FolderEntry | null;
  readonly onSnapshot: (id: string) => void;
};

const shownAtOnce = 200;

export function VersionsPanel({ snapshot, entry, onSnapshot }: VersionsPanelProps) {
  if (entry === null) {
    return (
      <Panel title="Versions">
        <div className={styles['dim']}>Point at a file to see all its versions.</div>
      </Panel>
    );
  }
  return <Versions key={entry.path} snapshot={snapshot} entry={entry} onSnapshot={onSnapshot} />;
}

function Versions({ snapshot, entry, onSnapshot }: VersionsPanelProps & { readonly entry: FolderEntry }) {
  const { repository, source } = snapshot;
  const answer = useAnswer(
    ['catalog.versions', repository.id, source, entry.path, repository.revision],
    (client, signal) =>
      collect(
        client.catalog.versions(
          { repository: { id: repository.id }, path: entry.path, source, limit: shownAtOnce },
          { signal },
        ),
        {
          itemsOf: (event) => (event.type === 'versions' ? event.versions : []),
          resultOf: (event) => (event.type === 'done' ? event.result : null),
        },
      ),
  );
  const problem = problemIn(answer);
  const own = (answer.data?.items ?? []).filter(({ hostname }) => snapshot.host === null || hostname === snapshot.host);
  return (
    <Panel
      title={
        <>
          <PathText path={entry.name} shorten={false} />
          {answer.data === undefined
            ? null
            : ` · ${own.length}${(answer.data.result?.cursor ?? null) === null ? '' : '+'} versions`}
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {problem === null && answer.data === undefined ? <Skeleton lines={4} /> : null}
      <ol className={styles['list']}>
        {own.map((version) => (
          <li key={`${version.first.id} ${version.last.id}`}>
            <div className={styles['grow']}>
              <Button variant="subtle" size="compact-xs" onClick={() => onSnapshot(version.last.id)}>
                <ShortTime at={version.modifiedAt} />
              </Button>
              <div className={`${styles['dim'] ?? ''} ${styles['small'] ?? ''}`}>
                {version.current ? 'newest, in ' : 'in '}
                <Count value={version.snapshots} /> {version.snapshots === 1 ? 'snapshot' : 'snapshots'}, last{' '}
                <ShortTime at={version.last.takenAt} />
              </div>
            </div>
            {version.type === 'file' ? (
              <Bytes value={version.size} />
            ) : (
              <span className={styles['dim']}>{version.type}</span>
            )}
            <Button
              variant="subtle"
              size="compact-xs"
              aria-label={`Add the version of ${version.modifiedAt} to the basket`}
              onClick={() =>
                putInBasket([
                  {
                    repository: repository.id,
                    snapshot: version.last.id,
                    takenAt: version.last.takenAt,
                    source,
                    path: entry.path,
                    type: version.type,
                    bytes: version.type === 'file' ? version.size : null,
                  },
                ])
              }
            >
              Add
            </Button>
          </li>
        ))}
      </ol>
      <div className={styles['actions']}>
        <ShowCommand
          commands={[['holdfast', 'versions', entry.path, '--source', source, '--repository', repository.location]]}
        />
      </div>
    </Panel>
  );
}
