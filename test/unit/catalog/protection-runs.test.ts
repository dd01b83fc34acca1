import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { EndedRunState } from '../../../electron/engine/catalog/protection-runs.ts';
import { lastDays } from '../../../shared/model/days.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const due = Date.parse('2026-11-25T18:00:00Z');

const ask = (catalog: Catalog, run: string, occurrenceMs: number | null = due) =>
  catalog.write('protectionRuns.ask', alice, {
    run,
    engine: run,
    source: 'papers',
    profile: occurrenceMs === null ? null : 'p',
    periods: ['daily'],
    occurrenceMs,
    askedAtMs: due,
    late: false,
  });
const end = (catalog: Catalog, run: string, state: EndedRunState) =>
  catalog.write('protectionRuns.end', alice, { run, state, endedAtMs: due });

test('an occurrence that is being answered, or has been, is not begun a second time, whoever asks', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a');
  await expect(ask(catalog, 'b')).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' });
  await end(catalog, 'a', 'complete');
  await expect(ask(catalog, 'c')).rejects.toMatchObject({ code: 'RUN_UNDER_WAY' });
  await ask(catalog, 'd', due + 86_400_000);
});

test('one whose run has failed, or was lost with its engine, is tried again', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a');
  await end(catalog, 'a', 'failed');
  await ask(catalog, 'b');
  await end(catalog, 'b', 'interrupted');
  await ask(catalog, 'c');
});

test('runs by hand stand in nobody’s way', async () => {
  await using home = await makeCatalogHome();
  const catalog = home.open();
  await ask(catalog, 'a', null);
  await ask(catalog, 'b', null);
  await ask(catalog, 'c');
});

describe('trends', () => {
  const hourMs = 3_600_000;
  const now = Date.parse('2026-11-25T12:30:00Z');
  const boundsOf = (days: number, zone = 'UTC'): readonly number[] => lastDays(now, days, zone)?.bounds ?? [];

  type Played = {
    readonly source?: string;
    readonly state?: EndedRunState;
    readonly seconds?: number;
    readonly added?: number;
  };

  /** One after the other; a day of runs holds some of every sort. */
  async function play(
    catalog: Catalog,
    run: string,
    atMs: number,
    { source = 'papers', ...played }: Played,
  ): Promise<void> {
    const { state = 'complete', seconds = 10, added = 1000 } = played;
    await catalog.write('protectionRuns.ask', alice, {
      run,
      engine: 'e',
      source,
      profile: null,
      periods: ['hourly'],
      occurrenceMs: null,
      askedAtMs: atMs,
      late: false,
    });
    if (state === 'missed') return catalog.write('protectionRuns.end', alice, { run, state, endedAtMs: atMs });
    await catalog.write('protectionRuns.begin', alice, { run, job: 'j', repository: 'r', startedAtMs: atMs });
    const figures = { filesNew: 1, filesChanged: 2, filesUnmodified: 97, bytesAdded: added, bytesStored: added / 2 };
    const isTaken = state !== 'failed' && state !== 'interrupted' && state !== 'cancelled';
    const ended = { run, state, endedAtMs: atMs + seconds * 1000, ...(isTaken ? figures : {}) };
    await catalog.write('protectionRuns.end', alice, ended);
  }

  test('put the runs of a day together, and mark what failed, was partial, or never began', async () => {
    await using home = await makeCatalogHome();
    const catalog = home.open();
    const at = (time: string): number => Date.parse(`2026-11-${time}:00Z`);
    await play(catalog, '1', at('23T23:59'), { seconds: 10 });
    await play(catalog, '2', at('24T00:00'), { seconds: 5, added: 500 });
    await play(catalog, '3', at('24T08:00'), { seconds: 90, added: 1500, state: 'partial' });
    await play(catalog, '4', at('24T09:00'), { seconds: 20 });
    await play(catalog, '5', at('24T10:00'), { seconds: 30, state: 'completeWithExceptions' });
    for (const [run, state] of Object.entries({ 6: 'failed', 7: 'interrupted', 8: 'cancelled', 9: 'missed' } as const))
      await play(catalog, run, at('24T11:00'), { state });
    await play(catalog, 'a', at('25T01:00'), { state: 'failed' });
    await ask(catalog, 'still running', null);
    const trends = await catalog.read('protectionRuns.trends', alice, { source: 'papers', bounds: boundsOf(3) });
    const taken = { runs: 1, bytesAdded: 1000, bytesStored: 500, filesChanged: 3, filesSeen: 100 };
    expect(trends).toEqual([
      {
        day: 0,
        runs: 1,
        partial: 0,
        failed: 0,
        missed: 0,
        taken: { ...taken, durationMs: { median: 10_000, max: 10_000, sum: 10_000 } },
      },
      {
        day: 1,
        runs: 7,
        partial: 1,
        failed: 2,
        missed: 1,
        taken: {
          runs: 4,
          durationMs: { median: 25_000, max: 90_000, sum: 145_000 },
          bytesAdded: 4000,
          bytesStored: 2000,
          filesChanged: 12,
          filesSeen: 400,
        },
      },
      { day: 2, runs: 1, partial: 0, failed: 1, missed: 0, taken: null },
    ]);
  });

  test('are of the days that the clocks of a place have, and of nobody else’s runs', async () => {
    await using home = await makeCatalogHome();
    const catalog = home.open();
    await play(catalog, '1', Date.parse('2026-11-24T22:30:00Z'), {});
    const inBerlin = { source: null, bounds: boundsOf(2, 'Europe/Berlin') };
    expect(await catalog.read('protectionRuns.trends', alice, inBerlin)).toMatchObject([{ day: 0, runs: 1 }]);
    const inHelsinki = { source: null, bounds: boundsOf(2, 'Europe/Helsinki') };
    expect(await catalog.read('protectionRuns.trends', alice, inHelsinki)).toMatchObject([{ day: 1, runs: 1 }]);
    expect(await catalog.read('protectionRuns.trends', bob, inBerlin)).toEqual([]);
    expect(await catalog.read('protectionRuns.trends', alice, { ...inBerlin, source: 'photos' })).toEqual([]);
  });

  test('of more than ten thousand runs in 400 days lose none, and count each once', async () => {
    await using home = await makeCatalogHome();
    const catalog = home.open();
    await catalog.read('protectionRuns.trends', alice, { source: null, bounds: [] });
    const written = new BetterSqlite3(home.file);
    const insert = written.prepare(
      `INSERT INTO protection_runs (run, tenant, actor, engine, source, periods, asked_at, started_at, ended_at, state,
         files_new, files_changed, files_unmodified, bytes_added, bytes_stored)
       VALUES (?, 'alice', 'cli:alice', 'e', ?, '["hourly"]', ?, ?, ?, ?, 1, 2, 97, 1000, 500)`,
    );
    const expected = { all: 0, failed: 0, papers: 0 };
    written.transaction(() => {
      for (let hour = 0; hour < 399 * 24; hour += 1) {
        for (const source of hour % 4 === 0 ? ['papers', 'photos'] : ['papers']) {
          const atMs = now - hour * hourMs;
          const state = hour % 50 === 0 ? 'failed' : 'complete';
          insert.run(`${source} ${hour}`, source, atMs, atMs, atMs + 1000 * (1 + (hour % 24)), state);
          expected.all += 1;
          expected.failed += state === 'failed' ? 1 : 0;
          expected.papers += source === 'papers' ? 1 : 0;
        }
      }
    })();
    written.close();
    expect(expected.all).toBeGreaterThan(10_000);
    const sum = (days: readonly { runs: number; failed: number }[]): { runs: number; failed: number } => ({
      runs: days.reduce((total, { runs }) => total + runs, 0),
      failed: days.reduce((total, { failed }) => total + failed, 0),
    });
    const bounds = boundsOf(400);
    const all = await catalog.read('protectionRuns.trends', alice, { source: null, bounds });
    expect(all).toHaveLength(400);
    expect(sum(all)).toEqual({ runs: expected.all, failed: expected.failed });
    const papers = await catalog.read('protectionRuns.trends', alice, { source: 'papers', bounds });
    expect(sum(papers).runs).toBe(expected.papers);
    const whole = papers.find(({ taken }) => taken?.runs === 24);
    expect(whole?.taken).toMatchObject({
      durationMs: { median: 12_500, max: 24_000, sum: 300_000 },
      bytesAdded: 24_000,
      filesChanged: 72,
      filesSeen: 2400,
    });
    const month = await catalog.read('protectionRuns.trends', alice, { source: 'papers', bounds: boundsOf(30) });
    expect(month).toEqual(papers.slice(-30).map((day, index) => ({ ...day, day: index })));
  });
});
