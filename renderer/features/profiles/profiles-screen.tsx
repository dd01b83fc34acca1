/** All profiles: when each takes snapshots, how long it keeps them, for whom; and what counts for each source. */
import { Button } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { problemIn } from '../../client/ask.ts';
import { useHasState, useIsLive, usePrimaryRepository } from '../../client/live-store.ts';
import { useProfiles, type Profiles } from '../../client/profiles.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { EffectivePanel } from './effective-panel.tsx';
import { useProfileRefusal } from './no-right-words.ts';
import { PresetChoice } from './preset-choice.tsx';
import { ProfileTable } from './profile-table.tsx';
import { RemoveProfile } from './remove-profile.tsx';

export function ProfilesScreen() {
  const answer = useProfiles();
  const navigate = useNavigate();
  const refusal = useProfileRefusal();
  const live = useIsLive();
  const problem = problemIn(answer);
  const { data } = answer;
  return (
    <Page
      title="Profiles"
      sub={refusal ?? 'When snapshots are taken, and how long each is kept.'}
      actions={
        <>
          <ShowCommand commands={[['holdfast', 'profile', 'list']]} />
          <Button
            variant="filled"
            disabled={refusal !== null || !live}
            title={refusal ?? undefined}
            onClick={() => void navigate({ to: '/profiles/new', search: {} })}
          >
            New profile
          </Button>
        </>
      }
    >
      {problem === null ? null : <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />}
      {data === undefined && problem === null ? <Skeleton lines={6} /> : null}
      {data === undefined ? null : <Found found={data} refusal={refusal} />}
    </Page>
  );
}

function Found({ found, refusal }: { readonly found: Profiles; readonly refusal: string | null }) {
  const [removing, setRemoving] = useState<Profile | null>(null);
  if (found.profiles.length === 0) return <NoProfiles refusal={refusal} />;
  return (
    <>
      <Panel flush>
        <ProfileTable found={found} refusal={refusal} onRemove={setRemoving} />
      </Panel>
      <EffectivePanel found={found} />
      <RemoveProfile
        profile={removing}
        assignments={found.assignments.filter(({ profile }) => profile === removing?.id)}
        onClose={() => setRemoving(null)}
        onRemoved={() => setRemoving(null)}
      />
    </>
  );
}

function NoProfiles({ refusal }: { readonly refusal: string | null }) {
  const known = useHasState();
  const primary = usePrimaryRepository();
  const navigate = useNavigate();
  if (known && primary === undefined) {
    return (
      <Panel>
        <EmptyState
          title="A repository comes first"
          action={<Button onClick={() => void navigate({ to: '/welcome', search: {} })}>Make or connect one</Button>}
        >
          Profiles are kept in the repository beside the snapshots, so that they come back with it.
        </EmptyState>
      </Panel>
    );
  }
  return (
    <Panel>
      <EmptyState title="No profile yet: nothing runs by itself, and nothing expires">
        A profile is made of periods. Each says when a snapshot is taken, and how long it is kept: every night for two
        weeks, every Sunday for two months. Periods that come at the same time make one snapshot, which is kept as long
        as the longest of them says. Then the profile is given to a source, to a tag, or to everything.
      </EmptyState>
      {refusal === null ? <PresetChoice /> : null}
    </Panel>
  );
}
