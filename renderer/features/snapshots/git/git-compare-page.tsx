/** What became of the refs of Git repositories from an older snapshot to a newer one. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { Page } from '../../../components/page.tsx';
import { PathText } from '../../../components/path-text.tsx';
import { ErrorNotice } from '../../../components/error-notice.tsx';
import { DayTime } from '../../../components/relative-time.tsx';
import { ShowCommand } from '../../../components/show-command.tsx';
import { Skeleton } from '../../../components/skeleton.tsx';
import { visibleText } from '../../../components/visible-text.ts';
import { problemIn } from '../../../client/ask.ts';
import { useSnapshot } from '../snapshot-facts.tsx';
import { ChangedRefs } from './changed-refs.tsx';
import { ChangedRepositories } from './changed-repositories.tsx';
import { gitAddressOf, type GitView } from './git-view.ts';

export function GitComparePage({ view }: { readonly view: GitView }) {
  const { repository, source, path } = view;
  const navigate = useNavigate();
  const one = useSnapshot({ repository, id: view.snapshot ?? '' });
  const other = useSnapshot({ repository, id: view.against ?? '' });
  const problem = problemIn(one) ?? problemIn(other);
  const sides = [one.data, other.data].filter((side) => side !== undefined);
  const [before, after] = sides.toSorted((a, b) => a.takenAt.localeCompare(b.takenAt));
  const go = (change: Parameters<typeof gitAddressOf>[1]) =>
    void navigate({ to: '/snapshots/git', search: gitAddressOf(view, change) });
  const named =
    path === null
      ? null
      : path
          .replace(/\.git$/, '')
          .split('/')
          .slice(-2)
          .join('/');
  return (
    <Page
      title={<PathText path={named ?? source} />}
      windowTitle={`Compare Git · ${visibleText(named ?? source)}`}
      sub={
        before === undefined || after === undefined ? (
          '…'
        ) : (
          <>
            Refs from <DayTime at={before.takenAt} /> ({before.id.slice(0, 8)}) to <DayTime at={after.takenAt} /> (
            {after.id.slice(0, 8)})
          </>
        )
      }
      actions={
        <>
          {before === undefined || after === undefined || path === null ? null : (
            <ShowCommand
              commands={[
                [
                  'holdfast',
                  'git',
                  'compare',
                  before.id.slice(0, 8),
                  after.id.slice(0, 8),
                  path,
                  '--repository',
                  repository.location,
                ],
              ]}
            />
          )}
          {path === null ? null : <Button onClick={() => go({ path: null, at: null })}>All repositories</Button>}
          <Button onClick={() => go({ against: null })}>Back to the snapshot</Button>
        </>
      }
      fill
    >
      {problem === null ? null : <ErrorNotice problem={problem} />}
      {before === undefined || after === undefined ? (
        problem === null ? (
          <Skeleton lines={8} />
        ) : null
      ) : path === null ? (
        <ChangedRepositories
          repository={repository}
          before={before.id}
          after={after.id}
          onOpen={(to) => go({ path: to, at: null })}
        />
      ) : (
        <ChangedRefs view={view} path={path} before={before.id} after={after.id} />
      )}
    </Page>
  );
}
