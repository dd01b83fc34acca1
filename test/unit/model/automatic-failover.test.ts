import { describe, expect, test } from 'vitest';
import {
  conditionsOfAutomatic,
  standbyChecks,
  type AutomaticFacts,
  type StandbyReadiness,
} from '../../../shared/model/automatic-failover.ts';

const hour = 3_600_000;
const ready: StandbyReadiness = {
  nowMs: 100 * hour,
  witness: { problem: null, host: 'third.example', holder: 'hq', me: 'branch' },
  owner: { name: 'office', host: 'hq.example', state: 'answers' },
  replica: {
    name: 'attic',
    problem: null,
    remembered: true,
    sources: [{ name: 'papers', newestGoodMs: 99 * hour }],
    maxAgeMs: 2 * hour,
  },
  ownSources: [],
  holds: [],
};

const having = (level: string, facts: StandbyReadiness): string[] =>
  standbyChecks(facts)
    .filter((check) => check.level === level)
    .map(({ id }) => id);

describe('what has to be so before anybody is promoted', () => {
  test('is shown one by one, all well', () => {
    expect(having('ok', ready)).toHaveLength(9);
  });

  test.each<[string, Partial<StandbyReadiness>]>([
    ['witness', { witness: { ...ready.witness, problem: 'It is off.' } }],
    ['owner', { owner: null }],
    ['replica', { replica: { ...ready.replica, problem: 'It is away.' } }],
    ['password', { replica: { ...ready.replica, remembered: false } }],
    ['age', { replica: { ...ready.replica, sources: [{ name: 'papers', newestGoodMs: 97 * hour }] } }],
    ['age', { replica: { ...ready.replica, sources: [{ name: 'papers', newestGoodMs: null }] } }],
    ['empty', { ownSources: ['mail'] }],
    ['holds', { holds: ['Somebody has frozen everything.'] }],
  ])('%s stands in the way', (id, change) => {
    expect(having('blocker', { ...ready, ...change })).toEqual([id]);
  });

  test('a witness beside the owner, and an owner without a lease, are a warning', () => {
    const near = { ...ready, witness: { ...ready.witness, host: 'hq.example', holder: null } };
    expect(having('warning', near)).toEqual(['independent', 'held']);
  });
});

describe('somebody is told', () => {
  const facts: AutomaticFacts = {
    isStandby: true,
    power: null,
    aside: null,
    silentMs: null,
    durationMs: 60_000,
    problem: null,
    decision: { act: 'watch', because: 'held' },
    promotion: null,
  };
  const promotion = { from: 'office', isDone: true, problem: null, lost: 'Nothing is known to be lost.' };
  const owner = { ...facts, isStandby: false, decision: null };

  test.each<[string, AutomaticFacts | null, string[]]>([
    ['nothing while it is off', null, []],
    ['nothing while all is well', facts, []],
    ['of a promotion', { ...facts, isStandby: false, power: 'owner', promotion }, ['promoted']],
    ['of one that failed', { ...facts, promotion: { ...promotion, isDone: false } }, ['promotion-blocked']],
    ['of what stands in the way', { ...facts, decision: { act: 'blocked', obstacles: ['x'] } }, ['promotion-blocked']],
    ['that another one has the lease', { ...owner, power: 'nothing', aside: 'branch' }, ['lease-elsewhere']],
    ['nothing of a link that dropped', { ...facts, silentMs: 60_000 }, []],
    ['of a witness that is silent', { ...facts, silentMs: 301_000 }, ['standby-blind']],
    ['of an owner without one', { ...owner, power: 'snapshots', silentMs: 301_000 }, ['lease-lost']],
  ])('%s', (_, known, rules) => {
    expect(conditionsOfAutomatic(known).map(({ rule }) => rule)).toEqual(rules);
  });
});
