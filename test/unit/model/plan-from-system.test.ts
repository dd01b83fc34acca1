import { describe, expect, it } from 'vitest';
import { planFromSystem, type SystemPart } from '../../../shared/model/plan-from-system.ts';
import { conditionsOfPlans } from '../../../shared/model/plan-alerts.ts';
import { runbookHtml, runbookText } from '../../../shared/model/plan-words.ts';
import { planProblems } from '../../../shared/model/recovery-plans.ts';

const place = { account: null, region: 'eu-central-1', endpoint: null };
const snapshot = 'a'.repeat(64);
const parts: readonly SystemPart[] = [
  { source: 'Akten / Büro', snapshot, kind: { kind: 'folder' } },
  { source: 'akten-b-ro', snapshot, kind: { kind: 'github' } },
  { source: 'look', snapshot, kind: { ...place, kind: 's3-bucket', bucket: 'live', prefix: 'in/' } },
  { source: 'web', snapshot, kind: { ...place, kind: 'ec2', target: { kind: 'instance', instance: 'i-1' } } },
  { source: 'disk', snapshot, kind: { ...place, kind: 'ec2', target: { kind: 'volume', volume: 'vol-1' } } },
  { source: 'tagged', snapshot, kind: { ...place, kind: 'ec2', target: { kind: 'tag' } } },
  { source: 'lost', snapshot: null, kind: { kind: 'folder' } },
  { source: 'foreign', snapshot, kind: null },
];
const asked = { name: 'office', system: 'feedbeef', latest: false };

describe('a plan of a system snapshot', () => {
  const { plan, left } = planFromSystem(parts, asked);

  it('restores all parts side by side, then asks whether all is well', () => {
    expect(planProblems(plan)).toEqual([]);
    expect(plan.steps.map(({ id, after, work }) => [id, after.length, work.kind])).toEqual([
      ['akten-b-ro', 0, 'folder'],
      ['akten-b-ro-2', 0, 'git'],
      ['source-3', 0, 'bucket'],
      ['web', 0, 'instance'],
      ['disk', 0, 'volume'],
      ['look', 5, 'checkpoint'],
    ]);
    expect(plan.steps[0]?.work).toMatchObject({
      target: '${target}/Akten - Büro',
      point: { kind: 'snapshot', snapshot },
    });
  });

  it('asks for what it needs, and for nothing else', () => {
    expect(plan.parameters.map(({ name }) => name)).toEqual(['target', 'key_prefix', 'zone']);
    const small = planFromSystem(parts.slice(0, 1), { ...asked, latest: true }).plan;
    expect(small.parameters.map(({ name }) => name)).toEqual(['target']);
    expect(small.steps[0]?.work).toMatchObject({ point: { kind: 'latest' } });
  });

  it('names what it cannot bring back', () => {
    expect(left.map(({ source }) => source)).toEqual(['tagged', 'lost', 'foreign']);
    expect(planFromSystem(parts.slice(6, 7), asked).plan.steps).toEqual([]);
  });
});

describe('a runbook', () => {
  const facts = { version: 3, savedAt: '2026-03-01T08:00:00Z', savedBy: 'ada' };
  const { plan } = planFromSystem(parts, { ...asked, name: '<b>office</b>' });

  it('numbers the steps in the order they go, and says which wait for which', () => {
    const text = runbookText(plan, facts);
    expect(text).toContain('[ ] 1. Bring Akten / Büro back');
    expect(text).toContain('[ ] 6. Look whether all of it is as it should be   (after 1, 2, 3, 4, 5)');
    expect(text).toContain('Version 3, saved 2026-03-01T08:00:00Z by ada');
  });

  it('shows names as they are', () => {
    const html = runbookHtml(plan, facts);
    expect(html).toContain('&lt;b&gt;office&lt;/b&gt;');
    expect(html).not.toContain('<b>office');
  });
});

describe('a plan that would not work', () => {
  it('is an alert with its reasons', () => {
    const reasons = ['one.', 'two.', 'three.', 'four.'];
    const conditions = conditionsOfPlans([
      { name: 'office', reasons },
      { name: 'well', reasons: [] },
    ]);
    expect(conditions).toMatchObject([
      { rule: 'plan-invalid', subject: 'office', detail: 'Because: one. two. three. And 1 more.' },
    ]);
  });
});
