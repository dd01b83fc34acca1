/** The Git repositories of a source through time: its snapshots on a line, and what the one that is chosen holds. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useGitRepository } from '../../../client/git.ts';
import { May } from '../../../client/may.tsx';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { Page, Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { Timeline } from '../../../components/timeline.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { CompareChoice } from '../compare-choice.tsx';
import type { SnapshotOf } from '../snapshot-of.ts';
import { chosenPoint, timelinePoints } from '../timeline-points.ts';
import { AllRepositories } from './all-repositories.tsx';
import { gitAddressOf, type GitView } from './git-view.ts';
import { RepositoryView } from './repository-view.tsx';

export type Go = (change: Partial<Omit<GitView, 'repository'>>) => void;

export function GitPage({ view }: { readonly view: GitView }) {
  const { repository, source, host, path } = view;
  const navigate = useNavigate();
  const [compares, setCompares] = useState(false);
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
  const title = <PathText path={source} />;
  const windowTitle = `Git · ${visibleText(source)}`;
  if (answer.data === undefined || problem !== null || chosen === null) {
    return (
      <Page title={title} windowTitle={windowTitle}>
        {problem !== null ? (
          <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
        ) : answer.data === undefined ? (
          <Skeleton lines={8} />
        ) : (
          <Panel>
            <EmptyState title="No snapshot of this source is here">
              It may lie in another repository, or its snapshots have expired.
            </EmptyState>
          </Panel>
        )}
      </Page>
    );
  }
  const go: Go = (change) => void navigate({ to: '/snapshots/git', search: gitAddressOf(view, change) });
  const takenAt = new Date(chosen.at).toISOString();
  const snapshot: SnapshotOf = { repository, source, host, id: chosen.key, takenAt };
  return (
    <Page
      title={title}
      windowTitle={windowTitle}
      sub={
        <>
          Git repositories as of <DayTime at={takenAt} />
        </>
      }
      actions={
        <>
          <Button
            onClick={() => {
              const search = { repository: repository.id, source, snapshot: chosen.key };
              void navigate({ to: '/snapshots', search: host === null ? search : { ...search, host } });
            }}
          >
            As files
          </Button>
          <Button disabled={points.length < 2} onClick={() => setCompares(true)}>
            Compare…
          </Button>
          <May call="git.restore">
            {path === null ? (
              <RestoreButton snapshot={snapshot} />
            ) : (
              <RestoreOneButton snapshot={snapshot} path={path} />
            )}
          </May>
        </>
      }
      fill
    >
      <Timeline
        label={`Snapshots of ${visibleText(source)}`}
        points={points}
        selected={chosen.key}
        onSelect={({ key }) => go({ snapshot: key })}
      />
      {path === null ? (
        <AllRepositories snapshot={snapshot} onOpen={(to) => go({ path: to, at: null, folder: '', file: null })} />
      ) : (
        <RepositoryView
          key={`${chosen.key} ${path}`}
          snapshot={snapshot}
          view={{ ...view, path }}
          points={points}
          onGo={go}
        />
      )}
      <CompareChoice
        snapshot={snapshot}
        newest={points.at(-1)?.key ?? chosen.key}
        points={points}
        opened={compares}
        onClose={() => setCompares(false)}
        onCompare={(against) => go({ snapshot: chosen.key, against })}
      />
    </Page>
  );
}

/** One of which the snapshot holds nothing cannot be given back from it. */
function RestoreOneButton({ snapshot, path }: { readonly snapshot: SnapshotOf; readonly path: string }) {
  const git = useGitRepository({ repository: snapshot.repository.id, snapshot: snapshot.id }, path);
  return git?.stored === false ? null : <RestoreButton snapshot={snapshot} path={path} />;
}

function RestoreButton({ snapshot, path }: { readonly snapshot: SnapshotOf; readonly path?: string }) {
  const navigate = useNavigate();
  const { repository, source, id } = snapshot;
  return (
    <Button
      variant="filled"
      onClick={() => {
        const search = { repository: repository.id, source, snapshot: id };
        void navigate({ to: '/recovery/git', search: path === undefined ? search : { ...search, path } });
      }}
    >
      {path === undefined ? 'Restore…' : 'Restore this repository…'}
    </Button>
  );
}
