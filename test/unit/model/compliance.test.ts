import { describe, expect, it } from 'vitest';
import { afterLook, conditionsOfCompliance } from '../../../shared/model/compliance-alerts.ts';
import {
  complianceOf,
  defaultTarget,
  type CopyFacts,
  type FindingRule,
  type SourceFactsOf,
} from '../../../shared/model/compliance.ts';
import type { ProfileDefinition } from '../../../shared/model/profile.ts';
import { thisWorkstation } from '../../../shared/model/site-copies.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 5, 30, 12);
const at = { nowMs, zone: 'UTC' };

const copy = (site: string | null, change: Partial<CopyFacts> = {}): CopyFacts => ({
  site,
  domain: site === null ? thisWorkstation : { place: 'Berlin', provider: '', account: '', region: '' },
  newestGoodAtMs: nowMs - dayMs,
  snapshot: 'a'.repeat(64),
  connection: 'c1',
  lockedBy: null,
  proof: null,
  scrubbedSinceMs: nowMs - 10 * dayMs,
  damage: 0,
  ...change,
});
const locked = { lockedBy: 'store', proof: { atMs: nowMs - dayMs, holds: true } } as const;

const daily: ProfileDefinition = {
  name: 'Daily',
  description: '',
  zone: 'UTC',
  periods: [
    {
      id: 'daily',
      name: 'Daily',
      rule: { kind: 'daily', hour: 3, minute: 0 },
      keep: { count: 7, unit: 'days' },
      minimum: 1,
      missed: 'catchUp',
      quiesce: false,
      locked: false,
    },
  ],
  manual: { keep: 'forever' },
  rpoMs: null,
  repository: null,
  blackouts: [],
};

/** With a good snapshot an hour after each day's occurrence but those `without`, counted back from today. */
const source = (change: Partial<SourceFactsOf> = {}, without: readonly number[] = []): SourceFactsOf => ({
  source: 'papers',
  addedAtMs: nowMs - 90 * dayMs,
  copies: [copy(null), copy('berlin', locked)],
  drill: { id: 'd1', endedAtMs: nowMs - 5 * dayMs, record: 'e1' },
  profile: { name: 'Daily', definition: daily, since: { daily: nowMs - 60 * dayMs } },
  snapshots: Array.from({ length: 20 }, (_, back) => back)
    .filter((back) => !without.includes(back))
    .map((back) => ({
      id: String(back),
      takenAtMs: Date.UTC(2026, 5, 30, 4) - back * dayMs,
      good: true,
      periods: ['daily'],
      lockedUntil: null,
    })),
  ...change,
});
const stateOf = (facts: SourceFactsOf, rule: FindingRule) =>
  complianceOf(facts, defaultTarget, at).findings.find((finding) => finding.rule === rule);

describe('a source that is kept as it has to be', () => {
  it('meets all of it, and each finding names what it rests on', () => {
    const found = complianceOf(source(), defaultTarget, at);
    expect(found.findings.map(({ rule, state }) => `${rule} ${state}`)).toEqual([
      'copies met',
      'domains met',
      'offsite met',
      'immutable met',
      'scrubbed met',
      'drilled met',
      'retention met',
    ]);
    expect(found.verdict).toBe('met');
    for (const { evidence } of found.findings) expect(evidence.length).toBeGreaterThan(0);
    expect(found.kept).toMatchObject({ snapshots: 20, periods: [{ expected: 7, missing: 0 }] });
  });
});

describe('what nobody knows', () => {
  it('is unknown, and so is the verdict', () => {
    const unplaced = { domain: { place: '', provider: '', account: '', region: '' } };
    const facts = source({ copies: [copy(null), copy('disk', { ...locked, ...unplaced })], drill: null });
    expect(stateOf(facts, 'offsite')).toMatchObject({
      state: 'unknown',
      words: expect.stringContaining('where disk is') as string,
    });
    expect(stateOf(facts, 'domains')?.state).toBe('unknown');
    expect(stateOf(facts, 'drilled')?.state).toBe('unknown');
    expect(complianceOf(facts, defaultTarget, at).verdict).toBe('unknown');
  });

  it('is a lock that was set and never tried out, and one that only this console keeps', () => {
    expect(stateOf(source({ copies: [copy(null), copy('berlin', { lockedBy: 'store' })] }), 'immutable')?.state).toBe(
      'unknown',
    );
    const promised = stateOf(source({ copies: [copy(null), copy('berlin', { lockedBy: 'console' })] }), 'immutable');
    expect(promised).toMatchObject({
      state: 'missed',
      words: expect.stringContaining('by this console alone') as string,
    });
    const broken = { lockedBy: 'store', proof: { atMs: nowMs, holds: false } } as const;
    expect(stateOf(source({ copies: [copy(null), copy('berlin', broken)] }), 'immutable')?.state).toBe('missed');
  });

  it('is a copy that was not read through; damage is missed', () => {
    expect(stateOf(source({ copies: [copy(null, { scrubbedSinceMs: null })] }), 'scrubbed')?.state).toBe('unknown');
    expect(stateOf(source({ copies: [copy(null, { damage: 1 })] }), 'scrubbed')?.state).toBe('missed');
  });

  it('is retention without a profile', () => {
    expect(stateOf(source({ profile: null }), 'retention')?.state).toBe('unknown');
  });
});

describe('what is missing', () => {
  it('is named: copies, drills that are too old, and the days that periods promised', () => {
    expect(stateOf(source({ copies: [copy(null)] }), 'copies')?.state).toBe('missed');
    expect(stateOf(source({ copies: [copy(null)] }), 'offsite')?.state).toBe('missed');
    const old = { id: 'd1', endedAtMs: nowMs - 100 * dayMs, record: null };
    expect(stateOf(source({ drill: old }), 'drilled')?.state).toBe('missed');
    expect(stateOf(source({}, [2]), 'retention')).toMatchObject({
      state: 'missed',
      words: 'Daily: 1 of 7 are missing (2026-06-28).',
    });
  });

  it('is not what was due before the source was there, or before the period was', () => {
    const young = source({ addedAtMs: nowMs - 1.9 * dayMs }, [2, 3, 4, 5, 6]);
    expect(complianceOf(young, defaultTarget, at).kept.periods).toMatchObject([{ expected: 2, missing: 0 }]);
  });
});

describe('an alert', () => {
  const look = (met: FindingRule[], missed: FindingRule[]) => ({
    source: 'papers',
    met,
    missed,
    words: { copies: 'One copy.' },
  });

  it('tells of what was met once, and is not any more', () => {
    const never = afterLook({}, [look(['offsite'], ['copies'])]);
    expect(conditionsOfCompliance(never)).toEqual([]);
    const met = afterLook(never, [look(['offsite', 'copies'], [])]);
    const lost = afterLook(met, [look(['offsite'], ['copies'])]);
    expect(conditionsOfCompliance(lost)).toMatchObject([
      { rule: 'compliance-lost', subject: 'papers', detail: 'One copy.' },
    ]);
    expect(conditionsOfCompliance(afterLook(lost, [look(['copies'], [])]))).toEqual([]);
    expect(afterLook(lost, [])).toEqual({});
  });

  it('leaves to others what they tell of: runs that failed or were missed, and drills', () => {
    const met = afterLook({}, [look(['retention', 'drilled'], [])]);
    expect(conditionsOfCompliance(afterLook(met, [look([], ['retention', 'drilled'])]))).toEqual([]);
  });
});
