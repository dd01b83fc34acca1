/** What a profile is given to, and for which sources it counts by that. */
import { Autocomplete, Button, Select, SegmentedControl } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { namePattern } from '../../../shared/model/configuration.ts';
import { problemIn, useOrder } from '../../client/ask.ts';
import { useIsLive, usePrimaryRepository, useSources } from '../../client/live-store.ts';
import type { Profiles } from '../../client/profiles.ts';
import { actorWords } from '../../components/actor.tsx';
import { ErrorNotice } from '../../components/error-notice.tsx';
import { Panel } from '../../components/page.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { tellSaved } from '../../components/saved-notice.tsx';
import { ShowCommand } from '../../components/show-command.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { assignCommand, type Subject } from './commands.ts';
import { countWords } from './count-words.ts';
import { fromSentence, subjectSentence } from './profile-words.ts';
import styles from './profiles.module.css';

type AssignmentsPanelProps = {
  readonly profile: Profile;
  readonly found: Profiles;
  /** Why nothing can be changed; null: it can. */
  readonly refusal: string | null;
};

export function AssignmentsPanel({ profile, found, refusal }: AssignmentsPanelProps) {
  const { id, name } = profile;
  const assignments = found.assignments.filter((one) => one.profile === id);
  const live = useIsLive();
  const primary = usePrimaryRepository();
  const assign = useOrder(
    (client, input: Subject & { readonly profile: string | null }) =>
      client.profiles.assign({ repository: { id: primary?.id ?? '' }, ...input }),
    [['profiles.list']],
  );
  const problem = problemIn(assign);
  const tell = (input: Subject & { readonly profile: string | null }) => assign.mutate(input, { onSuccess: tellSaved });
  const disabled = refusal !== null || !live || assign.isPending;
  return (
    <Panel title="Given to">
      <div className={styles['body']}>
        {assignments.length === 0 ? (
          <span className={styles['dim']}>Nothing yet: no source runs by it.</span>
        ) : (
          <ul className={styles['given']}>
            {assignments.map(({ scope, subject, assignedAt, assignedBy }) => (
              <li key={`${scope} ${subject}`}>
                <b>{subjectSentence({ scope, subject })}</b>
                <span className={styles['dim']}>
                  <RelativeTime at={assignedAt} /> by {actorWords(assignedBy)}
                </span>
                <span className={styles['spring']} />
                <Button
                  size="compact-xs"
                  disabled={disabled}
                  title={refusal ?? undefined}
                  aria-label={`Take away from ${subjectSentence({ scope, subject })}`}
                  onClick={() => tell({ scope, subject, profile: null })}
                >
                  Take away
                </Button>
              </li>
            ))}
          </ul>
        )}
        {problem === null ? null : <ErrorNotice problem={problem} />}
        {refusal === null ? (
          <Give name={name} found={found} disabled={disabled} onGive={(subject) => tell({ ...subject, profile: id })} />
        ) : null}
        <Effective profile={profile} found={found} />
      </div>
    </Panel>
  );
}

type GiveProps = {
  readonly name: string;
  readonly found: Profiles;
  readonly disabled: boolean;
  readonly onGive: (subject: Subject) => void;
};

/** Of many; typing narrows them down. */
const shown = 200;

function Give({ name, found, disabled, onGive }: GiveProps) {
  const [scope, setScope] = useState<Subject['scope']>('source');
  const [source, setSource] = useState<string | null>(null);
  const [tag, setTag] = useState('');
  const sources = useSources();
  const tags = useMemo(
    () => [...new Set(sources.flatMap(({ registered }) => registered?.tags ?? []))].sort(),
    [sources],
  );
  const subject = subjectOf(scope, source, tag);
  const isTag = tag.trim() === '' || namePattern.test(tag.trim());
  const replaced = found.assignments.find((one) => one.scope === subject?.scope && one.subject === subject.subject);
  const other = found.profiles.find(({ id }) => id === replaced?.profile);
  return (
    <form
      className={styles['give']}
      aria-label="Give the profile to"
      onSubmit={(event) => {
        event.preventDefault();
        if (subject !== null) onGive(subject);
      }}
    >
      <SegmentedControl
        aria-label="To what"
        data={[
          { value: 'source', label: 'A source' },
          { value: 'tag', label: 'A tag' },
          { value: 'tenant', label: 'Everything' },
        ]}
        value={scope}
        onChange={(value) => setScope(value)}
      />
      {scope === 'source' ? (
        <Select
          aria-label="Source"
          placeholder="Choose a source"
          data={found.effective.map((one) => ({ value: one.source, label: visibleText(one.source) }))}
          value={source}
          onChange={setSource}
          searchable
          limit={shown}
          nothingFoundMessage="No source is called so"
          w={200}
        />
      ) : null}
      {scope === 'tag' ? (
        <Autocomplete
          aria-label="Tag"
          placeholder={tags.length === 0 ? 'No source has a tag yet' : 'Choose or type a tag'}
          data={tags}
          value={tag}
          error={isTag ? undefined : 'Letters, digits, spaces and . _ @ + -'}
          onChange={setTag}
          w={200}
        />
      ) : null}
      <Button type="submit" disabled={disabled || subject === null}>
        Give
      </Button>
      {subject === null ? null : <ShowCommand commands={[assignCommand(subject, name)]} />}
      {other === undefined || other.name === name ? null : (
        <span className={styles['dim']}>in place of {visibleText(other.name)}</span>
      )}
    </form>
  );
}

function subjectOf(scope: Subject['scope'], source: string | null, tag: string): Subject | null {
  if (scope === 'tenant') return { scope, subject: '' };
  if (scope === 'source') return source === null ? null : { scope, subject: source };
  return namePattern.test(tag.trim()) ? { scope, subject: tag.trim() } : null;
}

/** More are counted; the list of sources has them all. */
const shownSources = 12;

function Effective({ profile, found }: { readonly profile: Profile; readonly found: Profiles }) {
  const effective = found.effective.filter((one) => one.profile === profile.id);
  if (effective.length === 0) return <span className={styles['dim']}>It counts for no source.</span>;
  const left = effective.length - shownSources;
  return (
    <section aria-label="Sources it counts for">
      <h3>Counts for {countWords(effective.length, 'source')}</h3>
      <ul className={styles['given']}>
        {effective.slice(0, shownSources).map(({ source, from }) => (
          <li key={source}>
            <Link to="/sources/$source" params={{ source }}>
              {visibleText(source)}
            </Link>
            <span className={styles['dim']}>effective, {fromSentence(from)}</span>
          </li>
        ))}
        {left > 0 ? (
          <li>
            <Link to="/sources" search={{ profile: profile.name }}>
              and {left} more
            </Link>
          </li>
        ) : null}
      </ul>
    </section>
  );
}
