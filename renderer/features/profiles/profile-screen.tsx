/** One profile: what it says, what it will do, what it is given to. */
import { Button } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { problemIn } from '../../client/ask.ts';
import { useHasState, useIsLive } from '../../client/live-store.ts';
import { useProfiles, type Profiles } from '../../client/profiles.ts';
import { actorWords } from '../../components/actor.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { AssignmentsPanel } from './assignments-panel.tsx';
import { definitionOf } from './draft.ts';
import { Editor } from './editor.tsx';
import { useProfileRefusal } from './no-right-words.ts';
import { RemoveProfile } from './remove-profile.tsx';

export function ProfileScreen() {
  const { profile: id } = useParams({ from: '/profiles/$profile' });
  const known = useHasState();
  const answer = useProfiles();
  const problem = problemIn(answer);
  const profile = answer.data?.profiles.find((one) => one.id === id);
  if (answer.data !== undefined && profile !== undefined && known) {
    return <Known key={id} profile={profile} found={answer.data} />;
  }
  if (problem !== null) {
    return (
      <Page title="Profile">
        <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
      </Page>
    );
  }
  if (answer.data === undefined || answer.isFetching || !known) {
    return (
      <Page title="Profile">
        <Skeleton lines={8} />
      </Page>
    );
  }
  return (
    <Page title="Profile">
      <Panel>
        <EmptyState title="There is no such profile" action={<Link to="/profiles">All profiles</Link>}>
          It may have been removed. Its snapshots stay until somebody removes them.
        </EmptyState>
      </Panel>
    </Page>
  );
}

function Known({ profile, found }: { readonly profile: Profile; readonly found: Profiles }) {
  const { id, name, createdAt, createdBy, updatedAt } = profile;
  const [removing, setRemoving] = useState(false);
  const navigate = useNavigate();
  const refusal = useProfileRefusal();
  const live = useIsLive();
  const changes = { disabled: refusal !== null || !live, title: refusal ?? undefined };
  const assignments = found.assignments.filter((one) => one.profile === id);
  return (
    <Page
      title={visibleText(name)}
      sub={
        <>
          Made <RelativeTime at={createdAt} /> by {actorWords(createdBy)}
          {updatedAt === createdAt ? null : (
            <>
              , changed <RelativeTime at={updatedAt} />
            </>
          )}
        </>
      }
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'profile', 'show', name]]} />
          <Button {...changes} onClick={() => void navigate({ to: '/profiles/new', search: { from: id } })}>
            Duplicate
          </Button>
          <Button {...changes} onClick={() => setRemoving(true)}>
            Remove…
          </Button>
        </>
      }
    >
      <Editor begin={definitionOf(profile)} saved={profile} found={found}>
        <AssignmentsPanel profile={profile} found={found} refusal={refusal} />
      </Editor>
      <RemoveProfile
        profile={removing ? profile : null}
        assignments={assignments}
        onClose={() => setRemoving(false)}
        onRemoved={() => void navigate({ to: '/profiles' })}
      />
    </Page>
  );
}
