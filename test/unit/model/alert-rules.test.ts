import { describe, expect, test } from 'vitest';
import {
  conditionsOf,
  type AlertFacts,
  type PeerFacts,
  type RepositoryFacts,
} from '../../../shared/model/alert-rules.ts';
import type { SourceFacts } from '../../../shared/model/source-alerts.ts';
import { findingsAfter, noFindings } from '../../../shared/model/source-findings.ts';
import { factsAtMs as nowMs, soundSource as source } from '../../support/source-facts.ts';

const hour = 3_600_000;

function repository(change: Partial<RepositoryFacts> = {}): RepositoryFacts {
  return { id: 'r1', name: 'disk', state: 'open', sinceMs: nowMs - hour, waiting: [], ...change };
}

function facts(change: Partial<AlertFacts> = {}): AlertFacts {
  const nothing = {
    routes: [],
    peers: [],
    pushers: [],
    silentHours: 72,
    plans: [],
    takenOver: null,
    clones: [],
    clockProblem: null,
    frozen: null,
    configurationLost: false,
    routesProblem: null,
  };
  return { nowMs, zone: 'UTC', sources: [source()], repositories: [repository()], ...nothing, ...change };
}

const rulesOf = (change: Partial<AlertFacts>): string[] =>
  conditionsOf(facts(change)).conditions.map(({ rule }) => rule);
const ofSource = (change: Partial<SourceFacts>): string[] => rulesOf({ sources: [source(change)] });

describe('a source', () => {
  test('within its limit is no news', () => {
    expect(ofSource({})).toEqual([]);
    expect(ofSource({ newestGoodAtMs: nowMs - 2 * hour })).toEqual([]);
  });

  test('is overdue once its newest good snapshot is older than allowed', () => {
    const { conditions } = conditionsOf(facts({ sources: [source({ newestGoodAtMs: nowMs - 2 * hour - 1 })] }));
    expect(conditions).toMatchObject([{ rule: 'overdue', level: 'error', subject: 'payroll', occasion: '' }]);
    expect(conditions[0]?.detail).toContain('25 Nov 2026, 09:59');
  });

  test('without any good snapshot is overdue once it was there for as long', () => {
    expect(ofSource({ newestGoodAtMs: null })).toEqual(['overdue']);
    expect(ofSource({ newestGoodAtMs: null, addedAtMs: nowMs - hour })).toEqual([]);
  });

  test('that nobody has given a limit is never overdue', () => {
    expect(ofSource({ newestGoodAtMs: nowMs - 9999 * hour, rpoMs: null })).toEqual([]);
  });

  test('of which snapshots may lie where nobody could look is not judged', () => {
    const { conditions, unknown } = conditionsOf(facts({ sources: [source({ newestGoodAtMs: null, unread: true })] }));
    expect(conditions).toEqual([]);
    expect(unknown).toEqual([{ rule: 'overdue', subject: 'payroll' }]);
    expect(ofSource({ newestGoodAtMs: nowMs - 9 * hour, unread: true })).toEqual(['overdue']);
  });

  test('that is just being made up for after a sleep is not judged yet', () => {
    const asleep = facts({ sources: [source({ newestGoodAtMs: nowMs - 60 * hour, catchingUp: true })] });
    expect(conditionsOf(asleep)).toMatchObject({ conditions: [], unknown: [{ rule: 'overdue', subject: 'payroll' }] });
  });

  test.each([
    ['complete', null, []],
    ['completeWithExceptions', null, []],
    ['partial', null, ['run-partial']],
    ['failed', 'NO_SPACE', ['run-failed']],
    ['failed', 'SOURCE_EMPTIED', ['source-emptied']],
    ['failed', 'SOURCE_NOT_MOUNTED', ['source-emptied']],
    ['failed', 'a code of another version', ['run-failed']],
  ] as const)('whose last run was %s (%s) raises %j', (state, errorCode, rules) => {
    const lastRun = {
      run: 'run 7',
      endedAtMs: nowMs,
      state,
      errorCode,
      errorMessage: 'It did not work.',
      consistencyProblem: null,
    };
    const { conditions } = conditionsOf(facts({ sources: [source({ lastRun })] }));
    expect(conditions.map(({ rule }) => rule)).toEqual(rules);
    for (const { occasion } of conditions) expect(occasion).toBe('run 7');
  });

  test('whose hooks did not go as asked is told of, but not where the run failed anyway', () => {
    const run = { run: 'run 7', endedAtMs: nowMs, errorCode: null, errorMessage: null };
    const consistencyProblem = 'The hook before it took longer than 60 s.';
    expect(ofSource({ lastRun: { ...run, state: 'complete', consistencyProblem } })).toEqual(['not-quiesced']);
    expect(ofSource({ lostWhileHeld: { run: 'r', problem: 'The engine ended while it was frozen.' } })).toEqual([
      'not-quiesced',
    ]);
    expect(ofSource({ lastRun: { ...run, state: 'failed', consistencyProblem } })).toEqual(['run-failed']);
  });

  test('tells of suspicious snapshots, open questions and expiry that did not work', () => {
    const suspect = { snapshot: 'ab'.repeat(32), reason: '912 of 1,000 files changed', others: 0 };
    const review = { snapshots: 12, kept: 3, reason: 'More than a third would go.' };
    const rules = ofSource({ suspect, review, expiryProblem: 'The repository is locked.' });
    expect(rules).toEqual(['suspect', 'retention-review', 'expiry-stuck']);
  });

  test('tells of history that was lost where it lies once for each run that found any, with what is offered back', () => {
    const ref = { item: '/acme/api.git', ref: 'refs/heads/main', how: 'forced' as const, commits: 3 };
    const lost = { kind: 'historyLost' as const, ...ref, keptAs: 'refs/holdfast/lost/1/refs/heads/main' };
    const first = findingsAfter(noFindings, 'run 1', [lost]);
    // The next run finds none, and that takes nothing back.
    const findings = findingsAfter(first, 'run 2', []);
    const { conditions } = conditionsOf(facts({ sources: [source({ findings })] }));
    expect(conditions).toMatchObject([{ rule: 'history-lost', level: 'warning', occasion: 'run 1' }]);
    expect(conditions[0]?.detail).toContain('refs/heads/main of /acme/api.git was moved by force. 3 commits lead');
    expect(conditions[0]?.detail).toContain(lost.keptAs);
    const tag = findingsAfter(noFindings, 'run 1', [{ ...lost, ref: 'refs/tags/v1', commits: 0 }]);
    const [condition] = conditionsOf(facts({ sources: [source({ findings: tag })] })).conditions;
    expect(condition?.detail).toContain(`moved by force. What it was is kept here as ${lost.keptAs}.`);
  });

  test('tells of damaged mirrors since they were found so, until they are not any more', () => {
    const damaged = { kind: 'damaged' as const, item: '/acme/api.git', problem: 'hash mismatch' };
    const first = findingsAfter(noFindings, 'run 1', [{ ...damaged, sinceMs: nowMs - 48 * hour }]);
    const findings = findingsAfter(first, 'run 2', [{ ...damaged, sinceMs: nowMs }]);
    expect(findings.damaged).toMatchObject([{ sinceMs: nowMs - 48 * hour }]);
    expect(ofSource({ findings })).toEqual(['mirror-damaged']);
    expect(ofSource({ findings: findingsAfter(findings, 'run 3', []) })).toEqual([]);
  });

  test('tells of mirrors that were made anew, as a warning where something of them could not be read', () => {
    const mirror = { item: '/acme/api.git', atMs: nowMs, takenAtMs: null, brought: 2, aside: '/damaged/api.git' };
    const repaired = { kind: 'repaired' as const, ...mirror, missing: [] };
    const findings = findingsAfter(findingsAfter(noFindings, 'run 1', [repaired]), 'run 2', []);
    const { conditions } = conditionsOf(facts({ sources: [source({ findings })] }));
    expect(conditions).toMatchObject([{ rule: 'mirror-repaired', level: 'info', occasion: 'run 1' }]);
    const less = { ...repaired, missing: ['refs/holdfast/lost/2/refs/heads/main'] };
    const others = findingsAfter(findings, 'run 3', [repaired, less]);
    const again = conditionsOf(facts({ sources: [source({ findings: others })] })).conditions;
    expect(again).toMatchObject([{ level: 'warning', occasion: 'run 3' }]);
    expect(again[0]?.detail).toContain('refs/holdfast/lost/2/refs/heads/main');
  });

  test('tells of parts that are missing for as long as they are', () => {
    const missing = { kind: 'missing' as const, item: '/acme/old.git', sinceMs: nowMs - 24 * hour };
    const findings = findingsAfter(noFindings, 'run 1', [missing]);
    expect(ofSource({ findings })).toEqual(['part-missing']);
    expect(ofSource({ findings: findingsAfter(findings, 'run 2', []) })).toEqual([]);
    const accepted = findingsAfter(findings, 'run 2', [{ ...missing, accepted: 'closed' }]);
    expect(accepted.missing).toHaveLength(1);
    expect(ofSource({ findings: accepted })).toEqual([]);
  });

  test.each([
    [15 * 24, []],
    [14 * 24, ['warning']],
    [3 * 24, ['error']],
    [-1, ['error']],
  ])('whose credential ends in %d hours is told of as %j', (hours, levels) => {
    const findings = findingsAfter(noFindings, 'run 1', [{ kind: 'expires', atMs: nowMs + hours * hour }]);
    const { conditions } = conditionsOf(facts({ sources: [source({ findings })] }));
    expect(conditions.map(({ level }) => level)).toEqual(levels);
  });

  test.each([
    [15 * 24, true, []],
    [14 * 24, true, ['warning']],
    [3 * 24, true, ['error']],
    [-1, true, ['error']],
    [14 * 24 + 1, false, []],
    [-1, false, ['warning']],
  ])('whose AWS account has %d hours left (and then ends: %j) is told of as %j', (hours, ends, levels) => {
    const awsAccount = { name: 'prod', atMs: nowMs + hours * hour, ends };
    const { conditions } = conditionsOf(facts({ sources: [source({ awsAccount })] }));
    expect(conditions.map(({ level }) => level)).toEqual(levels);
    for (const { detail } of conditions) expect(detail).toMatch(ends ? /after that/ : /goes on working/);
  });
});

describe('a repository', () => {
  test('that is away for a moment is no news, and one that stays away is', () => {
    const away = (minutes: number) => repository({ state: 'unreachable', sinceMs: nowMs - minutes * 60_000 });
    expect(rulesOf({ repositories: [away(9)] })).toEqual([]);
    expect(rulesOf({ repositories: [away(10)] })).toEqual(['repository-unreachable']);
  });

  test('that has just been found away does not end an alert of an engine before', () => {
    const { unknown } = conditionsOf(facts({ repositories: [repository({ state: 'unreachable', sinceMs: nowMs })] }));
    expect(unknown).toContainEqual({ rule: 'repository-unreachable', subject: 'r1' });
  });

  test('that is locked is news only where runs wait for it', () => {
    expect(rulesOf({ repositories: [repository({ state: 'locked' })] })).toEqual([]);
    expect(rulesOf({ repositories: [repository({ state: 'locked', waiting: ['payroll'] })] })).toEqual([
      'repository-locked',
    ]);
  });
});

describe('damage in a repository', () => {
  const first = { path: 'data/ab', fault: 'The pack is missing.' };
  const none = { damage: 0, first: null, repair: null };
  const repair = { id: 4, endedAtMs: nowMs - hour, repaired: 2, lost: 0 };
  const rulesWith = (integrity: RepositoryFacts['integrity'] & object): string[] =>
    rulesOf({ repositories: [repository({ integrity })] });

  test('is told of when it is found, when it is repaired, and when it cannot be', () => {
    expect(rulesWith(none)).toEqual([]);
    expect(rulesWith({ ...none, damage: 1, first })).toEqual(['damage-found']);
    expect(rulesWith({ ...none, repair })).toEqual(['damage-repaired']);
    expect(rulesWith({ damage: 1, first, repair: { ...repair, lost: 1 } })).toEqual(['damage-lost']);
  });

  test('that was found after an earlier repair is news', () => {
    expect(rulesWith({ damage: 1, first, repair })).toEqual(['damage-found']);
  });

  test('that was repaired is no news for ever', () => {
    expect(rulesWith({ ...none, repair: { ...repair, endedAtMs: nowMs - 8 * 24 * hour } })).toEqual([]);
  });
});

test('what cannot be read says nothing, which is not the same as that there is nothing', () => {
  const { conditions, unknown } = conditionsOf(facts({ sources: null, repositories: null }));
  expect(conditions).toEqual([]);
  expect(unknown).toContainEqual({ rule: 'overdue', subject: null });
  expect(unknown).toContainEqual({ rule: 'repository-locked', subject: null });
});

test('a clock in doubt, a freeze and a route that fails are told', () => {
  const rules = rulesOf({
    clockProblem: 'It has jumped.',
    frozen: { reason: 'stolen laptop', author: 'ada' },
    routes: [
      { id: 'a', name: 'mail', problem: 'refused' },
      { id: 'b', name: 'chat', problem: null },
    ],
  });
  expect(rules).toEqual(['route-failing', 'clock', 'frozen']);
});

test('a configuration that was lost, and routes that cannot be read, are told as errors', () => {
  const { conditions } = conditionsOf(facts({ sources: null, configurationLost: true, routesProblem: 'Not ours.' }));
  expect(conditions.map(({ rule, level }) => [rule, level])).toEqual([
    ['configuration-lost', 'error'],
    ['routes-damaged', 'error'],
  ]);
});

test('a clone in AWS is told once its time is over, and another one is news', () => {
  const clone = { run: 'ab'.repeat(8), title: 'Clone of web', expiresAtMs: nowMs };
  expect(
    rulesOf({
      clones: [
        { ...clone, expiresAtMs: nowMs + 1 },
        { ...clone, expiresAtMs: null },
      ],
    }),
  ).toEqual([]);
  const [first] = conditionsOf(facts({ clones: [clone] })).conditions;
  expect(first).toMatchObject({ rule: 'clone-expired', level: 'warning' });
  const [both] = conditionsOf(facts({ clones: [clone, { ...clone, run: 'cd'.repeat(8) }] })).conditions;
  expect(both?.occasion).not.toBe(first?.occasion);
  expect(both?.detail).toContain('So it is with 1 more.');
});

describe('another console', () => {
  const peer = { name: 'office', state: 'silent', sinceMs: nowMs - 11 * 60_000, problem: 'It is off.' } as const;
  const judged = (change: Partial<PeerFacts>) => conditionsOf(facts({ peers: [{ ...peer, ...change }] }));

  test('is an alert once it has been silent, or has refused us, for a while', () => {
    expect(judged({}).conditions).toMatchObject([{ rule: 'peer-silent', subject: 'office', level: 'error' }]);
    expect(judged({ state: 'refused' }).conditions).toMatchObject([{ rule: 'peer-silent', subject: 'office' }]);
    expect(judged({ state: 'answering' })).toEqual({ conditions: [], unknown: [] });
  });

  test('that has just fallen silent, or was not asked yet, neither raises nor ends anything', () => {
    const unknown = [{ rule: 'peer-silent', subject: 'office' }];
    expect(judged({ sinceMs: nowMs - 60_000 })).toEqual({ conditions: [], unknown });
    expect(judged({ state: null, sinceMs: 0 })).toEqual({ conditions: [], unknown });
  });

  test('is not known of where nobody can read which are watched', () => {
    expect(conditionsOf(facts({ peers: null })).unknown).toEqual([{ rule: 'peer-silent', subject: null }]);
  });
});

describe('somebody who pushes here', () => {
  const rules = (lastSeenMs: number | null, silentHours = 72) =>
    rulesOf({ pushers: [{ name: 'laptop', machine: 'atlas', lastSeenMs }], silentHours });

  test('is missed after some days, and not before', () => {
    expect(rules(nowMs - 72 * hour)).toEqual([]);
    expect(rules(nowMs - 73 * hour)).toEqual(['pusher-silent']);
    expect(rules(nowMs - 73 * hour, 100)).toEqual([]);
    expect(rules(nowMs - 73 * hour, 0)).toEqual([]);
  });

  test('who was never here is not missed, and of whom nothing can be read neither raises nor ends anything', () => {
    expect(rules(null)).toEqual([]);
    expect(conditionsOf(facts({ pushers: null })).unknown).toEqual([{ rule: 'pusher-silent', subject: null }]);
  });
});
