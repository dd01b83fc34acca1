/** A new source: of which kind it is, and then the form of that kind. */
import { Link, useSearch } from '@tanstack/react-router';
import { useHasState, usePrimaryRepository } from '../../client/live-store.ts';
import { useRefusal } from '../../client/me.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { NoRight } from '../../components/no-right.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { NewBucketSource } from './bucket/new-bucket-source.tsx';
import { KindChoice } from './kind-choice.tsx';
import { NewFolderSource } from './new-folder-source.tsx';
import { NewGitSource } from './remote/new-git-source.tsx';
import { NewGithubSource } from './remote/new-github-source.tsx';

export function NewSourceScreen() {
  const known = useHasState();
  const primary = usePrimaryRepository();
  const refusal = useRefusal('sources.add');
  const { kind } = useSearch({ from: '/sources/new' });
  if (refusal !== null) return <NoRight title="Add a source" {...refusal} />;
  if (known && primary === undefined) return <NoRepository />;
  if (kind === 'folder') return <NewFolderSource />;
  if (kind === 'git') return <NewGitSource />;
  if (kind === 'github') return <NewGithubSource />;
  if (kind === 's3-bucket') return <NewBucketSource />;
  return <KindChoice />;
}

function NoRepository() {
  return (
    <Page title="Add a source">
      <Panel>
        <EmptyState
          title="A repository comes first"
          action={
            <Link to="/welcome" search={{}}>
              Make or connect one
            </Link>
          }
        >
          Snapshots need a place to be kept.
        </EmptyState>
      </Panel>
    </Page>
  );
}
