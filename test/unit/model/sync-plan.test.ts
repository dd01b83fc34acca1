import { describe, expect, it } from 'vitest';
import type { RetentionTerms } from '../../../shared/model/period-retention.ts';
import { presets } from '../../../shared/model/profile-presets.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import {
  lagsOf,
  notWorthSending,
  retainAtSite,
  unsentSnapshots,
  wantedSnapshots,
  type PlacedSnapshot,
} from '../../../shared/model/sync-plan.ts';
import type { SyncRule } from '../../../shared/model/sync-rules.ts';

const dayMs = 24 * 3_600_000;
const nowMs = Date.UTC(2026, 5, 30);
const profile: ProfileDefinition = {
  ...(Object.values(presets)[0] as ProfileDefinition),
  zone: 'UTC',
  periods: [
    {
      id: 'daily',
      name: 'Daily',
      rule: { kind: 'daily', hour: 1, minute: 0 },
      keep: { count: 7, unit: 'days' },
      minimum: 0,
      missed: 'catchUp',
      quiesce: false,
      locked: false,
    },
  ],
};
const terms: RetentionTerms = {
  profiles: new Map([['p', profile]]),
  effective: 'p',
  machineZone: 'UTC',
  nowMs,
  clockProblem: null,
  held: new Map(),
  suspects: new Set(),
  unlocked: new Set(),
  approved: new Set(),
  spared: new Set(),
};
const untagged = () => [];

function snapshot(id: string, ageDays: number, changes: Partial<PlacedSnapshot> = {}): PlacedSnapshot {
  return {
    id,
    original: id,
    source: 'docs',
    hostname: 'here',
    status: 'complete',
    takenAtMs: nowMs - ageDays * dayMs,
    profile: 'p',
    periods: ['daily'],
    good: true,
    lockedUntil: null,
    system: null,
    ...changes,
  };
}

function rule(changes: Partial<SyncRule> = {}): SyncRule {
  return {
    id: 'r1',
    from: null,
    to: 'x',
    scope: { kind: 'everything' },
    keep: 'same',
    minimum: 0,
    priority: 5,
    holdUntilSent: false,
    prefix: '',
    ...changes,
  };
}

const copyOf = (one: PlacedSnapshot): PlacedSnapshot => ({ ...one, id: `copy-${one.id}`, original: one.original });

describe('what rules want', () => {
  const all = [snapshot('a', 1), snapshot('b', 3), snapshot('c', 2)];
  const scene = { rules: [rule()], from: all, at: [], settled: new Set<string>(), tagsOf: untagged };

  it('is what is not at the site, the oldest first', () => {
    expect(wantedSnapshots(scene).map((one) => one.snapshot.id)).toEqual(['b', 'c', 'a']);
    const at = [copyOf(snapshot('c', 2))];
    expect(wantedSnapshots({ ...scene, at }).map((one) => one.snapshot.id)).toEqual(['b', 'a']);
  });

  it('is nothing that was sent once, waits for others to complete, or came from a site', () => {
    const from = [
      snapshot('sent', 4),
      snapshot('pending', 3, { status: 'pending', good: false }),
      snapshot('fetched', 2, { fetchedUntil: nowMs + dayMs }),
      snapshot('partial', 1, { status: 'partial', good: false }),
    ];
    const settled = new Set(['sent']);
    expect(wantedSnapshots({ ...scene, from, settled }).map((one) => one.snapshot.id)).toEqual(['partial']);
  });

  it('is known again where another one has taken it: a copy is called as where it was taken', () => {
    const from = [copyOf(snapshot('a', 1))];
    expect(wantedSnapshots({ ...scene, from, at: [snapshot('other', 1, { original: 'a' })] })).toEqual([]);
  });
});

describe('retention at a site', () => {
  const kept = (snapshots: readonly PlacedSnapshot[], rules: readonly SyncRule[]): string[] =>
    retainAtSite(snapshots, rules, untagged, terms).flatMap(({ id, keep }) => (keep ? [id] : []));
  const all = [snapshot('new', 1), snapshot('week', 10), snapshot('month', 40)];

  it('is that of the profile where the rule says so, and its own otherwise', () => {
    expect(kept(all, [rule()])).toEqual(['new']);
    expect(kept(all, [rule({ keep: { count: 30, unit: 'days' } })])).toEqual(['new', 'week']);
    expect(kept(all, [rule({ keep: 'forever' })])).toEqual(['new', 'week', 'month']);
  });

  it('is the longest of several rules', () => {
    const rules = [rule({ keep: { count: 2, unit: 'days' } }), rule({ id: 'r2', keep: { count: 1, unit: 'years' } })];
    expect(kept(all, rules)).toEqual(['new', 'week', 'month']);
  });

  it('keeps so many of the newest as the rule says', () => {
    const rules = [rule({ keep: { count: 1, unit: 'hours' }, minimum: 2 })];
    expect(kept(all, rules)).toEqual(['new', 'week']);
  });

  it('also has a rule for what was taken without a profile, or with one that is gone', () => {
    const rules = [rule({ keep: { count: 5, unit: 'days' } })];
    const without = [
      snapshot('new', 1, { profile: null, periods: [] }),
      snapshot('old', 9, { profile: null, periods: [] }),
    ];
    expect(kept(without, rules)).toEqual(['new']);
    const gone = [snapshot('new', 1, { profile: 'gone' }), snapshot('old', 9, { profile: 'gone' })];
    expect(kept(gone, rules)).toEqual(['new']);
  });

  it('keeps what no rule covers, the last good one, what is held and what is locked', () => {
    expect(kept(all, [])).toEqual(['new', 'week', 'month']);
    expect(kept([snapshot('only', 99)], [rule()])).toEqual(['only']);
    const held = { ...terms, held: new Map([['week', { reason: 'audit', author: 'ann' }]]) };
    const decisions = retainAtSite(all, [rule()], untagged, held);
    expect(decisions.filter(({ keep }) => keep).map(({ id }) => id)).toEqual(['new', 'week']);
    expect(kept([snapshot('new', 1), snapshot('locked', 20, { lockedUntil: nowMs + dayMs })], [rule()])).toEqual([
      'new',
      'locked',
    ]);
  });

  it('says for each why', () => {
    const [first] = retainAtSite(all, [rule({ keep: { count: 30, unit: 'days' } })], untagged, terms);
    expect(first?.reasons[0]).toContain('sync rule, 30 days');
  });
});

describe('what is not worth sending', () => {
  it('is what the site would take away at once', () => {
    const candidates = [snapshot('old', 30), snapshot('new', 1)];
    const found = notWorthSending(candidates, { rules: [rule()], at: [], tagsOf: untagged }, terms);
    expect([...found.keys()]).toEqual(['old']);
    expect(found.get('old')).toContain('its time was over');
  });

  it('is never the last good one, nor what is there', () => {
    const scene = { rules: [rule()], at: [], tagsOf: untagged };
    expect(notWorthSending([snapshot('only', 30)], scene, terms).size).toBe(0);
    const at = [copyOf(snapshot('there', 30)), copyOf(snapshot('newest', 1))];
    expect(notWorthSending([], { ...scene, at }, terms).size).toBe(0);
  });
});

describe('what may not expire before it was sent', () => {
  const here = [snapshot('a', 3), snapshot('b', 2)];
  const scene = { rules: [rule({ holdUntilSent: true })], at: [], settled: new Set<string>(), tagsOf: untagged };

  it('is held for each site that lacks it', () => {
    const scenes = [
      { ...scene, site: 'one', at: [copyOf(snapshot('a', 3))] },
      { ...scene, site: 'two' },
    ];
    expect(unsentSnapshots(here, scenes)).toEqual(
      new Map([
        ['b', ['one', 'two']],
        ['a', ['two']],
      ]),
    );
  });

  it('is free where the rule holds nothing, and once it was sent or was not worth it', () => {
    expect(unsentSnapshots(here, [{ ...scene, site: 'one', rules: [rule()] }]).size).toBe(0);
    expect(unsentSnapshots(here, [{ ...scene, site: 'one', settled: new Set(['a', 'b']) }]).size).toBe(0);
  });
});

describe('how far a site is behind', () => {
  const scene = { rules: [rule()], tagsOf: untagged };

  it('is from the newest there to the newest here, and since the oldest that is missing', () => {
    const from = [snapshot('a', 5), snapshot('b', 3), snapshot('c', 1)];
    const [lag] = lagsOf({ ...scene, from, at: [copyOf(snapshot('a', 5))] });
    expect(lag).toMatchObject({ source: 'docs', lagMs: 4 * dayMs, behindSinceMs: nowMs - 3 * dayMs, snapshots: 1 });
  });

  it('is nothing where the newest is there, and unknown where nothing is', () => {
    const from = [snapshot('a', 5)];
    expect(lagsOf({ ...scene, from, at: from.map(copyOf) })[0]).toMatchObject({ lagMs: 0, behindSinceMs: null });
    expect(lagsOf({ ...scene, from, at: [] })[0]).toMatchObject({ lagMs: null, behindSinceMs: nowMs - 5 * dayMs });
  });

  it('does not count what is not good', () => {
    const from = [snapshot('a', 5), snapshot('b', 1, { good: false, status: 'partial' })];
    expect(lagsOf({ ...scene, from, at: [copyOf(snapshot('a', 5))] })[0]?.lagMs).toBe(0);
  });
});
