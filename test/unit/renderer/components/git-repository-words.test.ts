import { expect, test } from 'vitest';
import type { GitRepository } from '../../../../shared/contract/git-repositories.ts';
import {
  alertsAbout,
  choicesIn,
  reasonOf,
  sayKept,
  sayRepository,
  sayTrouble,
} from '../../../../renderer/components/git-repository-words.ts';

const told = {
  state: 'ok',
  reason: null,
  since: null,
  wholeAt: null,
  private: false,
  archived: false,
  pushedAt: null,
  bytes: 1,
} as const satisfies GitRepository['told'];
const whole: GitRepository = {
  path: '/acme/app.git',
  name: 'acme/app',
  head: 'refs/heads/main',
  branches: 1,
  tags: 0,
  otherRefs: 0,
  lost: 0,
  verified: null,
  problem: null,
  stored: true,
  told,
  lfs: null,
};
const none = { all: 3, trouble: 0, ok: 3, partial: 0, failed: 0, missing: 0, blocked: 0, lfs: 0 };

test('the worst that is known of a repository is what is said of it, with its reason', () => {
  const missing = { ...whole, lost: 2, told: { ...told, state: 'missing' as const, reason: 'It is gone.' } };
  expect(sayRepository(whole)).toEqual({ tone: 'good', words: 'whole' });
  expect(reasonOf(whole)).toBe(null);
  expect(sayRepository({ ...whole, lost: 2 }).words).toBe('history lost 2 times');
  expect(sayRepository(missing)).toEqual({ tone: 'miss', words: 'missing' });
  expect(reasonOf(missing)).toBe('It is gone.');
  expect(sayRepository({ ...missing, stored: false }).words).toBe('never fetched');
  expect(sayRepository({ ...whole, lfs: { complete: false, objects: 1, bytes: 1 } })).toEqual({
    tone: 'part',
    words: 'LFS not complete',
  });
  const verified = { at: '2026-11-29T12:00:00.000Z', how: 'full' as const, problems: ['hash mismatch'] };
  expect(sayRepository({ ...whole, lost: 2, verified })).toEqual({ tone: 'fail', words: 'mirror damaged' });
  expect(reasonOf({ ...whole, lost: 2, verified })).toBe('hash mismatch');
  expect(sayRepository({ ...whole, verified: { ...verified, problems: [] } }).words).toBe('whole');
  expect(sayRepository({ ...whole, lost: 2, problem: 'No list of its refs was kept.' }).tone).toBe('fail');
});

test('what is kept is said as of the last run that had all of it, and never more than is known', () => {
  expect(sayKept({ stored: true, told: { ...told, state: 'failed', wholeAt: '2026-01-01T00:00:00Z' } })).toBe(
    'all, as of',
  );
  expect(sayKept({ stored: true, told: { ...told, state: 'partial' } })).toBe('what was had');
  expect(sayKept({ stored: false, told: { ...told, state: 'failed' } })).toBe('nothing');
});

test('only states that occur are offered, and a sum of them where there are several', () => {
  expect(choicesIn(none)).toEqual([]);
  expect(sayTrouble(none)).toBe(null);
  expect(choicesIn({ ...none, trouble: 1, missing: 1 })).toEqual(['all', 'missing']);
  expect(choicesIn({ ...none, trouble: 3, missing: 1, failed: 2, lfs: 1 })).toEqual([
    'all',
    'trouble',
    'failed',
    'missing',
    'lfs',
  ]);
  expect(sayTrouble({ ...none, trouble: 3, missing: 1, failed: 2 })).toBe('2 not fetched, 1 missing');
});

test('an alert of the source is told at the repositories that it speaks of', () => {
  const alerts = [
    { rule: 'part-missing', title: 'Parts are missing' },
    { rule: 'history-lost', title: 'History was lost' },
    { rule: 'overdue', title: 'Late' },
  ] as const;
  expect(alertsAbout(whole, alerts)).toEqual([]);
  expect(alertsAbout({ lost: 1, told: { ...told, state: 'blocked' } }, alerts)).toEqual([
    'Parts are missing',
    'History was lost',
  ]);
});
