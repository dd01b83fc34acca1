/** Folders of a snapshot as a tree: one level is fetched when it is opened. Arrow keys as in every tree. */
import { Button } from '@mantine/core';
import { useState, type KeyboardEvent } from 'react';
import { problemIn, useAnswer } from '../../client/ask.ts';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { PathText } from '../../components/path-text.tsx';
import type { SnapshotOf } from './snapshot-of.ts';
import { waysTo } from './view.ts';
import styles from './snapshots.module.css';

type FolderTreeProps = {
  readonly snapshot: SnapshotOf;
  readonly path: string;
  readonly onGo: (path: string) => void;
};

export function FolderTree({ snapshot, path, onGo }: FolderTreeProps) {
  // What was opened or closed by hand; all else is open on the way to the current folder.
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const onTheWay = new Set(waysTo(path).map((way) => way.path));
  const isOpen = (folder: string) => changed.get(folder) ?? onTheWay.has(folder);
  const toggle = (folder: string, open: boolean) => setChanged(new Map(changed).set(folder, open));
  const press = (event: KeyboardEvent<HTMLUListElement>) => {
    const at = event.target instanceof HTMLElement ? event.target.closest<HTMLElement>('[role=treeitem]') : null;
    if (at === null) return;
    const shown = [...event.currentTarget.querySelectorAll<HTMLElement>('[role=treeitem]')];
    const folder = at.dataset['path'] ?? '/';
    const index = shown.indexOf(at);
    const focus = (to: HTMLElement | undefined) => {
      event.preventDefault();
      to?.focus();
    };
    if (event.key === 'ArrowDown') focus(shown[index + 1]);
    else if (event.key === 'ArrowUp') focus(shown[index - 1]);
    else if (event.key === 'Home') focus(shown[0]);
    else if (event.key === 'End') focus(shown.at(-1));
    else if (event.key === 'ArrowRight' && !isOpen(folder)) toggle(folder, true);
    else if (event.key === 'ArrowRight') focus(shown[index + 1]);
    else if (event.key === 'ArrowLeft' && isOpen(folder)) toggle(folder, false);
    else if (event.key === 'ArrowLeft') focus(parentItem(shown, index));
    else return;
    event.preventDefault();
  };
  return (
    <ul role="tree" aria-label="Folders" className={styles['tree']} onKeyDown={press}>
      <Branch
        snapshot={snapshot}
        folder="/"
        name="/"
        level={1}
        path={path}
        isOpen={isOpen}
        onToggle={toggle}
        onGo={onGo}
      />
    </ul>
  );
}

type BranchProps = {
  readonly snapshot: SnapshotOf;
  readonly folder: string;
  readonly name: string;
  readonly level: number;
  readonly path: string;
  readonly isOpen: (folder: string) => boolean;
  readonly onToggle: (folder: string, open: boolean) => void;
  readonly onGo: (path: string) => void;
};

function Branch(props: BranchProps) {
  const { folder, name, level, path, isOpen, onToggle, onGo } = props;
  const open = isOpen(folder);
  const isCurrent = folder === path;
  return (
    <li role="none">
      <button
        type="button"
        role="treeitem"
        aria-level={level}
        aria-expanded={open}
        aria-selected={isCurrent}
        tabIndex={isCurrent ? 0 : -1}
        data-path={folder}
        data-level={level}
        data-current={isCurrent || undefined}
        className={styles['branch']}
        style={{ paddingLeft: 6 + (level - 1) * 12 }}
        onClick={() => onGo(folder)}
      >
        <span
          className={styles['twist']}
          aria-hidden="true"
          onClick={(event) => {
            event.stopPropagation();
            onToggle(folder, !open);
          }}
        >
          {open ? '▾' : '▸'}
        </span>
        <PathText path={name} shorten={false} />
      </button>
      {open ? <Twigs {...props} /> : null}
    </li>
  );
}

const shownAtOnce = 200;

function Twigs({ snapshot, folder, level, ...rest }: BranchProps) {
  const [limit, setLimit] = useState(shownAtOnce);
  const answer = useAnswer(
    ['browse.folder', snapshot.repository.id, snapshot.id, folder, 'folders', limit],
    (client, signal) =>
      client.browse.folder(
        { repository: { id: snapshot.repository.id }, snapshot: snapshot.id, path: folder, limit, foldersOnly: true },
        { signal },
      ),
    { keepPrevious: true, staleTimeMs: Infinity },
  );
  const problem = problemIn(answer);
  if (problem !== null) return <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />;
  if (answer.data === undefined) return null;
  const { entries, matching } = answer.data;
  return (
    <ul role="group" className={styles['tree']}>
      {entries.map(({ path, name }) => (
        <Branch key={path} {...rest} snapshot={snapshot} folder={path} name={name} level={level + 1} />
      ))}
      {matching > entries.length && limit < 1000 ? (
        <li role="none" className={styles['more']}>
          <Button variant="subtle" size="compact-xs" onClick={() => setLimit(1000)}>
            {matching - entries.length} more
          </Button>
        </li>
      ) : null}
    </ul>
  );
}

function parentItem(shown: readonly HTMLElement[], index: number): HTMLElement | undefined {
  const level = Number(shown[index]?.dataset['level'] ?? 1);
  return shown.slice(0, index).findLast((item) => Number(item.dataset['level']) < level);
}
