/** One Git repository of a snapshot: its refs, what one of them leads to, and what is known of that. */
import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import type { GitCommit } from '../../../../shared/contract/git.ts';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { useGitRepository } from '../../../client/git.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { refKindOf, shortId, shortRef } from '../../../components/git-words.ts';
import { originalName } from '../../../../shared/model/git-restore-plan.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import { Panel } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { Progress } from '../../../components/progress.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import type { SnapshotOf } from '../snapshot-of.ts';
import { AtPanel } from './at-panel.tsx';
import { CommitsTable } from './commits-table.tsx';
import { FileView } from './file-view.tsx';
import type { Go } from './git-page.tsx';
import { startOf, type GitView } from './git-view.ts';
import type { Moment } from './last-good.ts';
import { LostPanel } from './lost-panel.tsx';
import { RefsPanel } from './refs-panel.tsx';
import { StandingNotice } from './standing-notice.tsx';
import { TreeTable } from './tree-table.tsx';
import { useUnpacked, type Unpacking } from './use-unpacked.ts';
import styles from './git.module.css';

type RepositoryViewProps = {
  readonly snapshot: SnapshotOf;
  readonly view: GitView & { readonly path: string };
  /** All snapshots of the source, oldest first. */
  readonly points: readonly Moment[];
  readonly onGo: Go;
};

export function RepositoryView(props: RepositoryViewProps) {
  const { snapshot, view, points, onGo } = props;
  const git = useGitRepository({ repository: snapshot.repository.id, snapshot: snapshot.id }, view.path) ?? null;
  return (
    <>
      {git === null ? null : <StandingNotice git={git} points={points} snapshot={snapshot.id} onGo={onGo} />}
      {git?.stored === false ? (
        <div>
          <Button onClick={() => onGo({ path: null, at: null, folder: '', file: null })}>All repositories</Button>
        </div>
      ) : (
        <Stored {...props} />
      )}
    </>
  );
}

function Stored({ snapshot, view, onGo }: RepositoryViewProps) {
  const { path } = view;
  const inGit = { repository: snapshot.repository.id, snapshot: snapshot.id, path };
  const [current, setCurrent] = useState<{ readonly at: string; readonly commit: GitCommit } | null>(null);
  const answer = useAnswer(['git.refs', inGit.repository, inGit.snapshot, path], (client, signal) =>
    client.git.refs({ repository: { id: inGit.repository }, snapshot: inGit.snapshot, path, limit: 1000 }, { signal }),
  );
  const unpacking = useUnpacked(inGit);
  const problem = problemIn(answer);
  if (problem !== null) {
    return (
      <>
        <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
        <div>
          <Button onClick={() => onGo({ path: null, at: null, folder: '', file: null })}>All repositories</Button>
        </div>
      </>
    );
  }
  if (answer.data === undefined) return <Skeleton lines={8} />;
  const { head, lost, refs } = answer.data;
  const at = view.at ?? startOf(head, refs);
  return (
    <div className={styles['columns']}>
      <RefsPanel
        inGit={inGit}
        head={head}
        at={at}
        onAll={() => onGo({ path: null, at: null, folder: '', file: null, show: 'files', lost: false })}
        onRef={(name) => onGo({ at: name, folder: '', file: null, lost: false })}
      />
      <Panel fill flush>
        {at === null ? (
          <EmptyState title="This repository is empty">
            It had no branch and no tag when the snapshot was taken.
          </EmptyState>
        ) : (
          <>
            <AtBar at={at} view={view} onGo={onGo} />
            {unpacking.ready ? (
              <Content
                inGit={inGit}
                at={at}
                view={view}
                onGo={onGo}
                onCommit={(commit) => setCurrent({ at, commit })}
              />
            ) : (
              <Unpack unpacking={unpacking} />
            )}
          </>
        )}
      </Panel>
      <div className={styles['side']}>
        {lost.length === 0 ? null : <LostPanel snapshot={snapshot} path={path} lost={lost} onGo={onGo} />}
        {at === null ? null : (
          <AtPanel
            snapshot={snapshot}
            inGit={inGit}
            at={at}
            commit={current?.at === at ? current.commit : null}
            isReady={unpacking.ready}
            onGo={onGo}
          />
        )}
      </div>
    </div>
  );
}

type AtBarProps = { readonly at: string; readonly view: GitView; readonly onGo: Go };

function AtBar({ at, view, onGo }: AtBarProps) {
  const isRef = at.startsWith('refs/');
  return (
    <div className={styles['bar']}>
      <strong>
        <PathText path={isRef ? shortRef(originalName(at)) : shortId(at)} shorten={false} mono />
      </strong>
      <span className={styles['dim']}>{sayAt(at, view.lost)}</span>
      <span className={styles['spring']} />
      <SegmentedControl
        aria-label="What is shown of it"
        data={[
          { value: 'files', label: 'Files' },
          { value: 'commits', label: 'Commits' },
        ]}
        value={view.show}
        onChange={(show) => onGo({ show, lost: show === 'commits' && view.lost })}
      />
    </div>
  );
}

function sayAt(at: string, lostOnly: boolean): string {
  if (!at.startsWith('refs/')) return 'a commit';
  const kind = refKindOf(at);
  if (kind !== 'kept') return kind === 'branch' || kind === 'tag' ? kind : '';
  return lostOnly ? 'before it was lost: what no branch or tag leads to now' : 'before it was lost';
}

function Unpack({ unpacking }: { readonly unpacking: Unpacking }) {
  const { progress, problem, again } = unpacking;
  if (problem !== null) {
    return (
      <div className={styles['center']}>
        <ErrorNotice problem={problem} onRetry={again} />
      </div>
    );
  }
  const { doneBytes = 0, totalBytes = null, doneItems = 0, totalItems = null } = progress ?? {};
  const share = totalBytes !== null && totalBytes > 0 ? doneBytes / totalBytes : null;
  const items = totalItems !== null && totalItems > 0 ? doneItems / totalItems : null;
  const percent = share ?? items;
  return (
    <div className={styles['center']}>
      <div role="status">
        Unpacking the repository, the first time it is looked into
        {totalItems === null ? '…' : `: ${formatCount(doneItems)} of ${formatCount(totalItems)} files`}
      </div>
      <Progress percent={percent === null ? null : Math.floor(percent * 100)} label="Unpacking the repository" />
      {progress?.currentItem === null || progress === null ? null : (
        <div className={styles['dim']}>{visibleText(progress.currentItem ?? '')}</div>
      )}
    </div>
  );
}

type ContentProps = AtBarProps & {
  readonly inGit: { readonly repository: string; readonly snapshot: string; readonly path: string };
  readonly onCommit: (commit: GitCommit) => void;
};

function Content({ inGit, at, view, onGo, onCommit }: ContentProps) {
  if (view.show === 'commits') {
    return (
      <CommitsTable
        inGit={inGit}
        at={at}
        lostOnly={view.lost}
        onCurrent={onCommit}
        onOpen={({ id }) => onGo({ at: id, show: 'files', lost: false, folder: '', file: null })}
      />
    );
  }
  if (view.file !== null) return <FileView inGit={inGit} at={at} file={view.file} onGo={onGo} />;
  return <TreeTable inGit={inGit} at={at} folder={view.folder} onGo={onGo} />;
}
