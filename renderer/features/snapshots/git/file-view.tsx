/** A file of a commit: its text, or what is known of it. */
import { Button } from '@mantine/core';
import { problemIn, useAnswer } from '../../../client/ask.ts';
import { EmptyState } from '../../../components/empty-state.tsx';
import { ErrorNotice, Notice } from '../../../components/error-notice.tsx';
import { Bytes } from '../../../components/numbers.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import type { GitFile } from '../../../../shared/contract/git.ts';
import type { Go } from './git-page.tsx';
import { parentFolder } from './git-view.ts';
import { TextView } from './text-view.tsx';
import { TreeWays } from './tree-ways.tsx';
import type { InGit } from './use-unpacked.ts';
import styles from './git.module.css';

type FileViewProps = { readonly inGit: InGit; readonly at: string; readonly file: string; readonly onGo: Go };

export function FileView({ inGit, at, file, onGo }: FileViewProps) {
  const { repository, snapshot, path } = inGit;
  const answer = useAnswer(['git.file', repository, snapshot, path, at, file], (client, signal) =>
    client.git.file({ repository: { id: repository }, snapshot, path, at, file }, { signal }),
  );
  const problem = problemIn(answer);
  return (
    <>
      <TreeWays path={file} onGo={(folder) => onGo({ folder, file: null })}>
        {answer.data === undefined ? null : (
          <span className={styles['dim']}>
            <Bytes value={answer.data.size} />
          </span>
        )}
        <span className={styles['spring']} />
        <Button size="compact-xs" onClick={() => onGo({ folder: parentFolder(file), file: null })}>
          Back to the folder
        </Button>
      </TreeWays>
      {problem === null ? null : (
        <div className={styles['center']}>
          <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
        </div>
      )}
      {answer.data === undefined ? (
        problem === null ? (
          <div className={styles['center']}>
            <Skeleton lines={8} />
          </div>
        ) : null
      ) : (
        <Content file={answer.data} />
      )}
    </>
  );
}

function Content({ file }: { readonly file: GitFile }) {
  const { lfs, text, kind, binary, size, cut } = file;
  return (
    <>
      {lfs === null ? null : (
        <div className={styles['note']}>
          <Notice
            tone={lfs.stored ? 'none' : 'fail'}
            title={
              lfs.stored ? 'A large file, kept by Git LFS' : 'A large file of Git LFS that this snapshot does not hold'
            }
          >
            The commit holds this pointer to it: <Bytes value={lfs.size} />, <code>{lfs.id.slice(0, 16)}…</code>{' '}
            {lfs.stored
              ? 'Its content is in the snapshot, and is restored along.'
              : 'Its content cannot be restored from here.'}
          </Notice>
        </div>
      )}
      {kind === 'symlink' ? <p className={styles['note']}>A link. Where it leads to:</p> : null}
      {cut ? (
        <p className={styles['note']}>
          The first part of it; restore the repository for all <Bytes value={size} />.
        </p>
      ) : null}
      {text === null || binary ? (
        <EmptyState title="Not text">
          This file has bytes that no text has, so it is not shown. Restore the repository to use it.
        </EmptyState>
      ) : text === '' ? (
        <EmptyState title="This file is empty" />
      ) : (
        <TextView label={`Content of ${visibleText(file.path)}`} text={text} />
      )}
    </>
  );
}
