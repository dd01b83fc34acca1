/** A new profile: begun with a shipped one, with one that is there, or with nothing. */
import { Link, useSearch } from '@tanstack/react-router';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { presetIds, presets } from '../../../shared/model/profile-presets.ts';
import { problemIn } from '../../client/ask.ts';
import { useHasState, usePrimaryRepository } from '../../client/live-store.ts';
import { useRefusal } from '../../client/me.ts';
import { useProfiles, type Profiles } from '../../client/profiles.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { NoRight } from '../../components/no-right.tsx';
import { Page, Panel } from '../../components/page.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { definitionOf } from './draft.ts';
import { Editor } from './editor.tsx';
import { freeName } from './free-name.ts';
import { PresetChoice } from './preset-choice.tsx';

const title = 'New profile';

export function NewProfileScreen() {
  const known = useHasState();
  const primary = usePrimaryRepository();
  const refusal = useRefusal('profiles.add');
  const { preset, from } = useSearch({ from: '/profiles/new' });
  if (refusal !== null) return <NoRight title={title} {...refusal} />;
  if (known && primary === undefined) return <NoRepository />;
  if (preset === undefined && from === undefined) {
    return (
      <Page title={title} sub="What to begin with: everything can be changed before it is made.">
        <Panel>
          <PresetChoice />
        </Panel>
      </Page>
    );
  }
  return <Form preset={preset} from={from} />;
}

type FormProps = { readonly preset: string | undefined; readonly from: string | undefined };

function Form({ preset, from }: FormProps) {
  const known = useHasState();
  const answer = useProfiles();
  const problem = problemIn(answer);
  if (problem !== null) {
    return (
      <Page title={title}>
        <ErrorNotice problem={problem} onRetry={() => void answer.refetch()} />
      </Page>
    );
  }
  if (answer.data === undefined || !known) {
    return (
      <Page title={title}>
        <Skeleton lines={8} />
      </Page>
    );
  }
  return (
    <Page title={title} sub="Nothing runs by it before it is given to something.">
      {/* Another beginning is another form. */}
      <Editor
        key={`${preset ?? ''} ${from ?? ''}`}
        begin={beginning(preset, from, answer.data)}
        saved={null}
        found={answer.data}
      />
    </Page>
  );
}

function beginning(preset: string | undefined, from: string | undefined, { profiles }: Profiles): ProfileDefinition {
  const taken = new Set(profiles.map(({ name }) => name));
  const original = profiles.find(({ id }) => id === from);
  if (original !== undefined) return { ...definitionOf(original), name: freeName(`${original.name} copy`, taken) };
  const shipped = presetIds.find((id) => id === preset);
  if (shipped !== undefined) return { ...presets[shipped], name: freeName(presets[shipped].name, taken) };
  const { standard } = presets;
  return { ...standard, name: '', description: '', periods: standard.periods.slice(0, 1) };
}

function NoRepository() {
  return (
    <Page title={title}>
      <Panel>
        <EmptyState title="A repository comes first" action={<Link to="/welcome">Make or connect one</Link>}>
          Profiles are kept in the repository beside the snapshots, so that they come back with it.
        </EmptyState>
      </Panel>
    </Page>
  );
}
