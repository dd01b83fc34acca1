/** A source through time: its snapshots on a line, and the files of the one that is chosen. */
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { FolderEntry } from '../../../shared/contract/browse.ts';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { useSources } from '../../client/live-store.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Count } from '../../components/numbers.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { PathText } from '../../components/path-text.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { Timeline } from '../../components/timeline.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { useBeginFolder } from './begin-folder.ts';
import { BasketPanel } from './basket-panel.tsx';
import { FolderPanel } from './folder-panel.tsx';
import { FolderTree } from './folder-tree.tsx';
import { SnapshotActions } from './snapshot-actions.tsx';
import { ConsistencyProblem, PartOfSystem, SnapshotFacts } from './snapshot-facts.tsx';
import { chosenPoint, timelinePoints } from './timeline-points.ts';
import { VersionsPanel } from './versions-panel.tsx';
import { addressOf, type SourceView } from './view.ts';
import styles from './snapshots.module.css';

export function SnapshotPage({ view }: { readonly view: SourceView }) {
  const { repository, source, host } = view;
  const navigate = useNavigate();
  const [current, setCurrent] = useState<FolderEntry | null>(null);
  const known = useSources().find(({ name, hostname }) => name === source && (host === null || hostname === host));
  const answer = useAnswer(
    ['browse.timeline', repository.id, source, host, repository.revision],
    (client, signal) =>
      client.browse.timeline(
        { repository: { id: repository.id }, source, ...(host !== null && { hostname: host }) },
        { signal },
      ),
    { keepPrevious: true },
  );
  const problem = problemIn(answer);
  const points = useMemo(() => (answer.data === undefined ? [] : timelinePoints(answer.data)), [answer.data]);
  const chosen = chosenPoint(points, view.snapshot);
  const begin = useBeginFolder({
    repository: repository.id,
    source,
    snapshot: chosen?.key ?? '',
    paths: known?.registered?.kind === 'folder' ? known.registered.paths : undefined,
    asked: view.path === null,
  });
  const title = <PathText path={source} />;
  if (problem !== null || answer.data === undefined) {
    return (
      <Page title={title} windowTitle={visibleText(source)}>
        {problem === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
        )}
      </Page>
    );
  }
  if (chosen === null) {
    return (
      <Page title={title} windowTitle={visibleText(source)}>
        <EmptyState title="No snapshot of this source is here">
          It may lie in another repository, or its snapshots have expired.
        </EmptyState>
      </Page>
    );
  }
  const path = view.path ?? begin;
  const go = (change: { snapshot?: string; path?: string }) => {
    setCurrent(null);
    const address = { repository: repository.id, source, host, snapshot: view.snapshot, path: view.path, ...change };
    void navigate({ to: '/snapshots', search: addressOf(address), replace: change.snapshot !== undefined });
  };
  const snapshot = { repository, source, host, id: chosen.key, takenAt: new Date(chosen.at).toISOString() };
  const oldest = points[0]?.at ?? chosen.at;
  return (
    <Page
      title={title}
      windowTitle={visibleText(source)}
      sub={
        <>
          <Count value={points.length} /> {points.length === 1 ? 'snapshot' : 'snapshots'}
          {answer.data.more ? ' (the newest of them)' : ''} since <RelativeTime at={oldest} />
        </>
      }
      actions={<SnapshotActions snapshot={snapshot} newest={points.at(-1)?.key ?? chosen.key} points={points} />}
      fill
    >
      <Timeline
        label={`Snapshots of ${visibleText(source)}`}
        points={points}
        selected={chosen.key}
        onSelect={({ key }) => go({ snapshot: key })}
      />
      {path === null ? <Skeleton lines={8} /> : null}
      {path === null ? null : (
        <div className={styles['columns']}>
          <div>
            <Panel fill title={<SnapshotFacts snapshot={snapshot} />}>
              <PartOfSystem snapshot={snapshot} />
              <ConsistencyProblem snapshot={snapshot} />
              <div className={styles['scroll']}>
                <FolderTree key={chosen.key} snapshot={snapshot} path={path} onGo={(to) => go({ path: to })} />
              </div>
            </Panel>
          </div>
          <FolderPanel
            snapshot={snapshot}
            path={path}
            current={current}
            onCurrent={setCurrent}
            onGo={(to) => go({ path: to })}
          />
          <div className={styles['side']}>
            <VersionsPanel snapshot={snapshot} entry={current} onSnapshot={(id) => go({ snapshot: id })} />
            <BasketPanel />
          </div>
        </div>
      )}
    </Page>
  );
}
