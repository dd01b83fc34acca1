import { describe, expect, test } from 'vitest';
import { freshnessReport } from '../../../../shared/model/reports/freshness.ts';
import { reportKinds } from '../../../../shared/model/reports/catalog.ts';
import { mostRows, reportNames, type ReportBody, type ReportName } from '../../../../shared/model/reports/document.ts';
import { verdictOn } from '../../../../shared/model/verdict.ts';
import { bodyOf, moment, sourcesOf } from '../../../support/report-facts.ts';

function figure(body: ReportBody, key: string) {
  return body.figures.find((one) => one.key === key)?.value;
}

function column(body: ReportBody, table: string, key: string): unknown[] {
  const found = body.tables.find((one) => one.key === table);
  const at = found?.columns.findIndex((one) => one.key === key) ?? -1;
  return (found?.rows ?? []).map((row) => row[at]?.value);
}

describe.each(reportNames.map((name) => [name]))('the report %s', (name: ReportName) => {
  test.each([0, 1, 1000])('of %i has a sentence, and a cell for each of its columns', (count) => {
    const body = bodyOf(name, count);
    expect(body.lead).toMatch(/^[A-Z0-9].*\.$/s);
    expect(body.facts.length).toBeGreaterThan(0);
    expect(new Set(body.tables.map(({ key }) => key)).size).toBe(body.tables.length);
    for (const { columns, rows, empty, note } of body.tables) {
      expect(empty).not.toBe('');
      expect(rows.length).toBeLessThanOrEqual(mostRows);
      expect(rows.filter((row) => row.length !== columns.length)).toEqual([]);
      expect(new Set(columns.map(({ key }) => key)).size).toBe(columns.length);
      if (note !== null) expect(note).toMatch(/\.$/);
    }
    // Nothing but what is known is a number.
    const cells = body.tables.flatMap(({ rows }) => rows.flat());
    expect(
      [...cells, ...body.figures].filter(({ value }) => typeof value === 'number' && !Number.isFinite(value)),
    ).toEqual([]);
    expect([...cells, ...body.figures].filter(({ text }) => /NaN|undefined|Infinity/.test(text))).toEqual([]);
  });
});

test('each report has a kind, in their order', () => {
  expect(reportKinds.map(({ name }) => name)).toEqual(reportNames);
});

test('freshness says what the overview says, puts the worst first, and counts each source once', () => {
  const sources = sourcesOf(1000);
  const body = freshnessReport({ sources, repositories: [] }, moment);
  const verdict = verdictOn(sources, [], moment.nowMs);
  expect(body.lead).toBe(`${verdict.headline.map(({ text }) => text).join('')} ${verdict.detail}`);
  const states = column(body, 'sources', 'state');
  expect(states.slice(0, 59)).toEqual(Array(59).fill('never'));
  expect(states.at(-1)).toBe('fresh');
  const [within, overdue, never, without] = ['within_rpo', 'overdue', 'never', 'without_rpo'].map((key) =>
    figure(body, key),
  );
  expect([within, overdue, never, without]).toEqual([534, 321, 59, 91]);
});

test('gaps name what is unprotected and what each source lacks, worst first, and where nobody has looked', () => {
  const body = bodyOf('gaps', 1000);
  expect(figure(body, 'unprotected')).toBe(50);
  const gaps = column(body, 'gaps', 'gap');
  expect(gaps[0]).toBe('never');
  expect(new Set(gaps)).toEqual(
    new Set(['never', 'overdue', 'no-profile', 'no-copy', 'few-copies', 'paused', 'no-rpo', 'never-drilled']),
  );
  expect(body.unknown[0]).toBe('AWS, account archive: the token has expired.');
  expect(bodyOf('gaps', 0).lead).toContain('Nowhere was looked');
});

test('runs add up: complete, partial and failed are all there were', () => {
  const body = bodyOf('backups', 1000);
  const [runs, complete, partial, failed] = ['runs', 'complete', 'partial', 'failed'].map((key) =>
    Number(figure(body, key)),
  );
  expect(runs).toBe(30_000);
  expect((complete ?? 0) + (partial ?? 0) + (failed ?? 0)).toBe(runs);
  const sum = column(body, 'sources', 'stored_bytes').reduce((total: number, one) => total + Number(one ?? 0), 0);
  expect(figure(body, 'stored_bytes')).toBe(sum);
});

test('a site is late by what it was allowed, and a rate is of what was sent and how long that took', () => {
  const body = bodyOf('sync', 1000);
  expect(figure(body, 'sites')).toBe(40);
  expect(figure(body, 'late')).toBe(15);
  expect(column(body, 'sites', 'rate_bytes_per_second')[0]).toBe(Math.round(4e9 / 600));
  expect(bodyOf('sync', 0).lead).toBe('There are no sites: no copy is kept elsewhere.');
});

test('storage that is full soon is said first; what is not known is no zero', () => {
  const body = bodyOf('storage', 1000);
  expect(body.lead).toContain('main is full in 20 d');
  expect(column(body, 'repositories', 'used_bytes')).toEqual([4e11, null]);
  expect(figure(body, 'full_soon')).toBe(1);
});

test('drills: what never came back is unknown, and no estimate', () => {
  const none = bodyOf('drills', 0);
  expect(none.lead).toBe('There are no sources yet.');
  const body = bodyOf('drills', 1000);
  expect(body.lead).toMatch(/^Recovery time: 56 min 39 s at the longest, measured\. 666 of 1,000 sources never/);
  expect(column(body, 'sources', 'basis').filter((basis) => basis === 'never drilled')).toHaveLength(666);
});

test('retention proves what was removed, when, by whom and by which rule, and since when that is known', () => {
  const body = bodyOf('retention', 1000);
  expect(figure(body, 'removed')).toBe(200);
  expect(figure(body, 'by_hand')).toBe(28);
  expect(column(body, 'removed', 'rule')[0]).toBe('its 30 days of daily are over');
  expect(body.unknown[0]).toMatch(/^Removals are recorded since 2026-11-20/);
  expect(bodyOf('retention', 0).unknown[0]).toMatch(/^No removal was recorded yet/);
});

test('an audit that does not verify says so first', () => {
  const body = bodyOf('audit', 1000);
  expect(body.lead).toMatch(/^The chains were verified/);
  expect(figure(body, 'refused')).toBe(53);
});
