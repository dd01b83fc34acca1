/** A row for each profile: its periods in words, its RPO, whom it is given to, what may surprise. */
import { Button } from '@mantine/core';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Profile } from '../../../shared/contract/profiles.ts';
import { formatDuration } from '../../../shared/model/units.ts';
import { useIsLive, useLive } from '../../client/live-store.ts';
import type { Profiles } from '../../client/profiles.ts';
import { actorWords } from '../../components/actor.tsx';
import { RelativeTime } from '../../components/relative-time.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Term } from '../../components/term.tsx';
import { visibleText } from '../../components/visible-text.ts';
import { countWords } from './count-words.ts';
import { blackoutSentence, keepSentence, ruleSentence, subjectSentence } from './profile-words.ts';
import styles from './profiles.module.css';
import { useWarnings } from './use-warnings.ts';

type ProfileTableProps = {
  readonly found: Profiles;
  /** Why nothing can be changed; null: it can. */
  readonly refusal: string | null;
  readonly onRemove: (profile: Profile) => void;
};

export function ProfileTable({ found: { profiles, assignments }, refusal, onRemove }: ProfileTableProps) {
  const warnings = useWarnings(profiles);
  return (
    <div className={styles['wide']} tabIndex={0} role="region" aria-label="Profiles">
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">Profile</th>
            <th scope="col">Takes a snapshot, and keeps it</th>
            <th scope="col">
              <Term of="RPO" />
            </th>
            <th scope="col">Given to</th>
            <th scope="col">Counts for</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {profiles.map((profile) => (
            <Row
              key={profile.id}
              profile={profile}
              assignments={assignments.filter((one) => one.profile === profile.id)}
              warnings={warnings.get(profile.id) ?? []}
              refusal={refusal}
              onRemove={onRemove}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

type RowProps = {
  readonly profile: Profile;
  readonly assignments: Profiles['assignments'];
  readonly warnings: readonly string[];
} & Pick<ProfileTableProps, 'refusal' | 'onRemove'>;

function Row({ profile, assignments, warnings, refusal, onRemove }: RowProps) {
  const { id, name, description, createdAt, createdBy, updatedAt, sources } = profile;
  const navigate = useNavigate();
  const live = useIsLive();
  const called = visibleText(name);
  const changes = { disabled: refusal !== null || !live, title: refusal ?? undefined };
  return (
    <tr>
      <td>
        <Link to="/profiles/$profile" params={{ profile: id }} className={styles['name'] ?? ''}>
          {called}
        </Link>
        {description === '' ? null : <div>{visibleText(description)}</div>}
        <div className={styles['dim']}>
          made <RelativeTime at={createdAt} /> by {actorWords(createdBy)}
          {updatedAt === createdAt ? null : (
            <>
              , changed <RelativeTime at={updatedAt} />
            </>
          )}
        </div>
        <Warnings warnings={warnings} />
      </td>
      <td>
        <Periods profile={profile} />
      </td>
      <td>
        <Rpo profile={profile} />
      </td>
      <td>
        <GivenTo assignments={assignments} />
      </td>
      <td className={styles['nowrap']}>
        {sources.length === 0 ? (
          <span className={styles['dim']}>no source</span>
        ) : (
          <Link to="/sources" search={{ profile: name }}>
            {countWords(sources.length, 'source')}
          </Link>
        )}
      </td>
      <td className={styles['end']}>
        <Button
          size="compact-xs"
          {...changes}
          aria-label={`Duplicate ${called}`}
          onClick={() => void navigate({ to: '/profiles/new', search: { from: id } })}
        >
          Duplicate
        </Button>
        <Button size="compact-xs" {...changes} aria-label={`Remove ${called}…`} onClick={() => onRemove(profile)}>
          Remove…
        </Button>
      </td>
    </tr>
  );
}

/** More are counted; the page of the profile has them all. */
const shownPeriods = 5;

function Periods({ profile: { periods, zone, manual, blackouts } }: { readonly profile: Profile }) {
  const machine = useLive((live) => live.engine?.zone ?? 'UTC');
  const clocks = zone ?? machine;
  const left = periods.length - shownPeriods;
  return (
    <>
      <ul className={styles['lines']}>
        {periods.slice(0, left === 1 ? periods.length : shownPeriods).map((period) => (
          <li key={period.id}>
            <b>{visibleText(period.name)}</b> {ruleSentence(period.rule, clocks)}, {keepSentence(period)}
          </li>
        ))}
        {left > 1 ? <li className={styles['dim']}>and {left} more periods</li> : null}
      </ul>
      <div className={styles['dim']}>
        By hand {keepSentence({ ...manual, minimum: 1, locked: false })}
        {zone === null ? '' : `; by the clocks of ${visibleText(zone)}`}
        {blackouts.length === 0 ? '' : `; not ${blackouts.map(blackoutSentence).join(', ')}`}
      </div>
    </>
  );
}

function Rpo({ profile: { rpoMs, effectiveRpoMs } }: { readonly profile: Profile }) {
  if (effectiveRpoMs === null) return <span className={styles['dim']}>none</span>;
  return (
    <span className={styles['nowrap']}>
      {formatDuration(effectiveRpoMs)}
      <div className={styles['dim']}>{rpoMs === null ? 'from its periods' : 'its own'}</div>
    </span>
  );
}

/** More are counted. */
const shownSubjects = 4;

function GivenTo({ assignments }: { readonly assignments: Profiles['assignments'] }) {
  if (assignments.length === 0) return <span className={styles['dim']}>nothing</span>;
  const left = assignments.length - shownSubjects;
  return (
    <ul className={styles['lines']}>
      {assignments.slice(0, shownSubjects).map(({ scope, subject, assignedBy }) => (
        <li key={`${scope} ${subject}`} title={`by ${actorWords(assignedBy)}`}>
          {subjectSentence({ scope, subject })}
        </li>
      ))}
      {left > 0 ? <li className={styles['dim']}>and {left} more</li> : null}
    </ul>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <StatusBadge tone="part" title={warnings.map(visibleText).join('\n')}>
      {countWords(warnings.length, 'warning')}
    </StatusBadge>
  );
}
