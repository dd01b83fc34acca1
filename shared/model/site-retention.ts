/**
 * How long snapshots are kept at a site. The rules that bring them there are seen as periods, so that what decides here is
 * what decides everywhere (`period-retention.ts`), with its reasons. What no rule covers is kept until somebody removes it.
 */
import type { LabelledSnapshot } from './period-retention.ts';
import { keepWords } from './keep-until.ts';
import type { ProfileDefinition, ProfilePeriod } from './profile.ts';
import { rulesFor, type Ruled, type SyncRule } from './sync-rules.ts';

type Profiles = ReadonlyMap<string, ProfileDefinition>;

/** As retention at the site sees it. */
export function labelForSite(
  snapshot: LabelledSnapshot,
  of: Pick<Ruled, 'source' | 'sourceTags'>,
  rules: readonly SyncRule[],
  profiles: Profiles,
): LabelledSnapshot {
  const covering = rulesFor(rules, { ...of, profile: snapshot.profile, periods: snapshot.periods });
  const own = covering.filter(({ keep }) => keep !== 'same').map(({ id }) => periodOf(id));
  const asThere = covering.some(({ keep }) => keep === 'same');
  if (asThere && snapshot.profile === null) return snapshot;
  const periods = [...own, ...(asThere ? snapshot.periods : [])];
  // One whose profile nobody knows any more is still kept as the rules say.
  const profile = snapshot.profile !== null && (asThere || profiles.has(snapshot.profile)) ? snapshot.profile : null;
  return { ...snapshot, profile: profileAtSite(profile), periods };
}

/** For each profile, and for snapshots of none: its periods as they are, and the rules as periods beside them. */
export function profilesForSite(profiles: Profiles, rules: readonly SyncRule[]): Profiles {
  const own = rules.filter(({ keep }) => keep !== 'same').map(asPeriod);
  const none = { ...nothing, periods: own };
  const all = [...profiles].map(
    ([id, profile]) => [profileAtSite(id), { ...profile, periods: [...profile.periods, ...own] }] as const,
  );
  return new Map([...profiles, ...all, [profileAtSite(null), none]]);
}

const nothing: ProfileDefinition = {
  name: 'the rules of the site',
  description: '',
  zone: null,
  periods: [],
  manual: { keep: 'forever' },
  rpoMs: null,
  repository: null,
  blackouts: [],
};

function profileAtSite(profile: string | null): string {
  return `site ${profile ?? ''}`;
}

function periodOf(rule: string): string {
  return `rule ${rule}`;
}

function asPeriod({ id, keep, minimum }: SyncRule): ProfilePeriod {
  const known = keep === 'same' ? 'forever' : keep;
  return {
    id: periodOf(id),
    name: `sync rule, ${keepWords(known)}`,
    rule: { kind: 'daily', hour: 0, minute: 0 },
    keep: known,
    minimum,
    missed: 'skip',
    quiesce: false,
    locked: false,
  };
}
