import { expect, it } from 'vitest';
import { conditionsOfEvidence } from '../../../shared/model/evidence-alerts.ts';
import { kitChanges, kitUrgent } from '../../../shared/model/kit-basis.ts';

const basis = { repositories: ['here at /a'], sources: ['docs'], key: null };

it('raises nothing while nothing is wrong', () => {
  expect(conditionsOfEvidence({})).toEqual([]);
  expect(conditionsOfEvidence({ evidenceProblem: null, kitChanges: [] })).toEqual([]);
});

it('raises that records cannot be written, and why', () => {
  expect(conditionsOfEvidence({ evidenceTrouble: 'The disk is full.' })).toMatchObject([
    { rule: 'evidence-unwritten', level: 'error', detail: expect.stringContaining('The disk is full.') as string },
  ]);
});

it('raises what a check has found as an error, and an old recovery kit as a warning', () => {
  expect(conditionsOfEvidence({ evidenceProblem: 'Entry 4 …', kitChanges: ['A repository came: b.'] })).toMatchObject([
    { rule: 'evidence-broken', level: 'error', detail: 'Entry 4 …' },
    { rule: 'kit-outdated', level: 'warning', detail: 'A repository came: b.' },
  ]);
});

it('says what has changed since a kit was saved, and which of that makes it useless', () => {
  expect(kitChanges(basis, basis)).toEqual([]);
  const now = { repositories: ['there at /b'], sources: ['docs', 'photos'], key: 'ff' };
  expect(kitChanges(basis, now)).toEqual([
    'A repository came: there at /b.',
    'A repository went: here at /a.',
    'A source came: photos.',
  ]);
  expect(kitUrgent(basis, { ...basis, sources: [] })).toEqual([]);
  expect(kitUrgent({ ...basis, key: 'ee' }, { ...basis, key: 'ff' })).toEqual(['Evidence is signed by another key.']);
});
