import { describe, expect, test } from 'vitest';
import { verdictOn, type VerdictRepository, type VerdictSource } from '../../../shared/model/verdict.ts';

const now = Date.UTC(2026, 10, 25, 12);
const hour = 3_600_000;

const source = (
  name: string,
  hoursAgo: number | null,
  lastRun: string | null = 'done',
  rpoHours: number | null = null,
): VerdictSource => ({
  name,
  newestGoodAtMs: hoursAgo === null ? null : now - hoursAgo * hour,
  lastRun,
  rpoMs: rpoHours === null ? null : rpoHours * hour,
});

const said = (sources: readonly VerdictSource[], repositories: readonly VerdictRepository[] = []) => {
  const { level, headline, detail } = verdictOn(sources, repositories, now);
  return { level, line: headline.map(({ text }) => text).join(''), detail };
};

describe('the verdict', () => {
  test('says that nothing is protected where there is nothing', () => {
    expect(said([])).toMatchObject({ level: 'nothing', line: 'Nothing is protected yet.' });
  });

  test('names the source with the oldest newest good snapshot as what would be lost', () => {
    expect(said([source('papers', 2), source('photos', 50)])).toEqual({
      level: 'good',
      line: 'All 2 sources have a good snapshot.',
      detail: 'Worst loss now: 2 d 2 h, photos. Recovery time: unknown, never drilled.',
    });
  });

  test('is bad where a source has no good snapshot, however fresh the others are', () => {
    expect(said([source('papers', 0), source('photos', null, null)])).toEqual({
      level: 'bad',
      line: '1 of 2 sources has a good snapshot. photos has no good snapshot yet.',
      detail: 'Worst loss now: all of photos. Recovery time: unknown, never drilled.',
    });
  });

  test('holds sources against how old their snapshots may be, and names the one that is over', () => {
    expect(said([source('papers', 2, 'done', 24), source('photos', 20, 'done', 24)])).toEqual({
      level: 'good',
      line: 'All 2 sources are within RPO.',
      detail: 'Worst loss now: 20 h, photos (allowed 1 d). Recovery time: unknown, never drilled.',
    });
    expect(said([source('papers', 2, 'done', 24), source('photos', 26.5, 'done', 24)])).toMatchObject({
      level: 'bad',
      line: '1 of 2 sources is within RPO. photos is 2 h 30 min over.',
    });
    expect(said([source('papers', 30, 'done', 24), source('photos', 26, 'done', 24)])).toMatchObject({
      level: 'bad',
      line: '0 of 2 sources are within RPO. 2 sources are over.',
    });
  });

  test('does not count a source without a limit, or without a snapshot, as within', () => {
    expect(said([source('papers', 2, 'done', 24), source('photos', 900)])).toMatchObject({
      level: 'good',
      line: 'The one source that has an RPO is within it. 1 has none.',
    });
    expect(said([source('papers', null, null, 24), source('photos', 1, 'done', 24)])).toMatchObject({
      level: 'bad',
      line: '1 of 2 sources is within RPO. papers has no good snapshot yet.',
    });
  });

  test('is bad after a failed run, and asks for attention after a partial one', () => {
    expect(said([source('papers', 1, 'failed')])).toMatchObject({
      level: 'bad',
      line: 'The one source has a good snapshot. papers failed in its last run.',
    });
    expect(said([source('papers', 1, 'partial')])).toMatchObject({ level: 'attention' });
  });

  test('is bad where a repository cannot be reached, and asks for attention where one is locked', () => {
    const papers = [source('papers', 1)];
    expect(said(papers, [{ name: 'nas', state: 'unreachable' }])).toMatchObject({
      level: 'bad',
      line: 'The one source has a good snapshot. The repository nas cannot be reached.',
    });
    expect(said(papers, [{ name: 'nas', state: 'locked' }])).toMatchObject({
      level: 'attention',
      line: 'The one source has a good snapshot. The repository nas is locked.',
    });
    expect(said(papers, [{ name: 'nas', state: 'open' }])).toMatchObject({ level: 'good' });
  });

  test('counts where several share a fault, and marks names as such', () => {
    expect(said([source('a', null), source('b', null)]).line).toBe(
      '0 of 2 sources have a good snapshot. 2 sources have no good snapshot yet.',
    );
    const { headline } = verdictOn([source('<b>x</b>', null)], [], now);
    expect(headline).toContainEqual({ text: '<b>x</b>', subject: true });
  });
});
