import { expect, it } from 'vitest';
import { boundDraft, keptTarget, type EvidenceDraft } from '../../../shared/model/evidence.ts';

const draft: EvidenceDraft = {
  kind: 'restore',
  title: 'A folder',
  subject: '0123456789abcdef',
  tenant: 'default',
  actor: 'alice',
  startedAt: '2026-05-01T10:00:00.000Z',
  endedAt: '2026-05-01T10:01:00.000Z',
  result: 'succeeded',
  points: [],
  steps: [],
  verification: null,
  rto: null,
  notes: [],
};
const step = { title: 'Write', outcome: 'done', startedAt: null, endedAt: null, output: null, error: null };

it('leaves alone what is within bounds', () => {
  expect(boundDraft(draft)).toEqual(draft);
});

it('cuts what is beyond bounds, and says so', () => {
  const long = { ...step, output: 'x'.repeat(3_000), error: { code: 'INTERNAL', message: 'y'.repeat(3_000) } };
  const problems = Array.from({ length: 250 }, (_, at) => `problem ${at}`);
  const verification = { ok: false, checks: [], problems, files: 1, bytes: 1 };
  const bound = boundDraft({ ...draft, steps: Array.from({ length: 305 }, () => long), verification });
  expect(bound.steps).toHaveLength(300);
  expect(bound.steps[0]?.output).toBe(`${'x'.repeat(1_999)}…`);
  expect(bound.steps[0]?.error?.message).toHaveLength(1_000);
  expect(bound.verification?.problems).toHaveLength(201);
  expect(bound.verification?.problems.at(-1)).toBe('And 50 more.');
  expect(bound.notes).toEqual(['Of 305 steps, the first 300 are recorded here.']);
});

it('judges a target only where there is one and a time to hold against it', () => {
  expect(keptTarget(null)).toBe(null);
  expect(keptTarget({ targetMs: null, measuredMs: 5, humanMs: null })).toBe(null);
  expect(keptTarget({ targetMs: 10, measuredMs: null, humanMs: null })).toBe(null);
  expect(keptTarget({ targetMs: 10, measuredMs: 10, humanMs: null })).toBe(true);
  expect(keptTarget({ targetMs: 10, measuredMs: 11, humanMs: null })).toBe(false);
});
