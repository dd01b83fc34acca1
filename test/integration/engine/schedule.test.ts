import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import type { ContractClient } from '../../../electron/engine/engine.ts';
import type { SourceState } from '../../../shared/contract/live.ts';
import type { ProtectionRun } from '../../../shared/contract/schedule.ts';
import { makeOffice } from '../../support/office.ts';

/** As a screen sees it. */
async function followWait(
  client: ContractClient,
  source: string,
  signal: AbortSignal,
  tell: (waitsFor: string | null) => void,
): Promise<void> {
  try {
    for await (const event of await client.live.watch({}, { signal })) {
      if (event.type === 'state') tell(event.state.sources[source]?.waitsFor ?? null);
      if (event.type !== 'delta') continue;
      for (const change of event.changes)
        if (change.collection === 'sources' && change.key === source)
          tell((change.value as SourceState | null)?.waitsFor ?? null);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

const shapes = (runs: readonly ProtectionRun[]) =>
  runs.map(({ dueAt, periods, state, late }) => [dueAt?.slice(11, 16) ?? null, periods.join('+'), state, late]);

describe('a source with a profile', () => {
  test('is protected when it is due, once for all periods that come together, and its snapshot says which', async () => {
    await using place = await makeOffice();
    await place.settled();
    expect(await place.runs()).toEqual([]);
    await place.wakeAt('13:00');
    await place.wakeAt('13:20');
    await place.wakeAt('18:00');
    const runs = await place.runs();
    expect(shapes(runs)).toEqual([
      ['13:00', 'hourly', 'complete', false],
      ['18:00', 'hourly+daily', 'complete', false],
    ]);
    const [, second] = runs;
    const listed = await place.workspace.mustRestic(['snapshots', '--json', second?.snapshot ?? '']);
    const [{ tags, time }] = JSON.parse(listed.stdout) as [{ tags: string[]; time: string }];
    expect(tags).toEqual(expect.arrayContaining(['holdfast:period=hourly', 'holdfast:period=daily']));
    expect(tags).toContain(`holdfast:run=${second?.run}`);
    expect(tags).toContain(`holdfast:profile=${second?.profile}`);
    expect(Date.parse(time)).toBe(Date.parse('2026-11-25T18:00:00Z'));
    expect(second?.files).toEqual({ new: 0, changed: 0, unmodified: 1 });
    const { first, days } = await place.client.schedule.trends({ source: 'papers', days: 30 });
    expect(first).toBe('2026-10-27');
    expect(days).toMatchObject([
      { date: '2026-11-25', runs: 2, failed: 0, missed: 0, taken: { runs: 2, filesChanged: 1, filesSeen: 2 } },
    ]);
    expect((await place.client.schedule.trends({})).days).toEqual(days);
    expect((await place.client.schedule.trends({ source: 'photos' })).days).toEqual([]);
    await expect(place.client.schedule.trends({ zone: 'Nowhere/At_all' })).rejects.toMatchObject({ code: 'BAD_USAGE' });
  });

  test('makes up for what it has slept through once, as late', async () => {
    await using place = await makeOffice();
    await place.wakeAt('2026-11-27T09:40:00Z');
    expect(shapes(await place.runs())).toEqual([['09:00', 'hourly+daily', 'complete', true]]);
  });

  test('is not doubled by a clock that goes back, nor starved by one that was ahead', async () => {
    await using place = await makeOffice();
    await place.wakeAt('13:00');
    await place.wakeAt('12:30');
    await place.wakeAt('13:00');
    await place.wakeAt('2027-11-25T13:00:00Z');
    await place.wakeAt('13:30');
    await place.wakeAt('14:00');
    const runs = await place.runs();
    expect(runs.map(({ dueAt }) => dueAt)).toEqual([
      '2026-11-25T13:00:00.000Z',
      '2027-11-25T13:00:00.000Z',
      '2026-11-25T14:00:00.000Z',
    ]);
  });

  test('waits while it or everything is paused, and says so', async () => {
    await using place = await makeOffice();
    await place.client.schedule.pause({ scope: 'source', subject: 'papers', until: null, reason: 'a move' });
    await place.client.schedule.pause({ scope: 'tenant', subject: '', until: '2026-11-25T14:30:00Z', reason: '' });
    await place.wakeAt('15:00');
    expect(await place.runs()).toEqual([]);
    const { sources, pauses } = await place.client.schedule.plan({});
    expect(sources).toMatchObject([{ source: 'papers', paused: true, pausedUntil: null, next: null }]);
    expect(pauses).toMatchObject([{ scope: 'source', reason: 'a move', by: 'test' }]);
    await place.client.schedule.resume({ scope: 'source', subject: 'papers' });
    await place.settled();
    expect(shapes(await place.runs())).toEqual([['15:00', 'hourly', 'complete', false]]);
  });

  test('waits for a password, is due all the while, and runs once it is there', async () => {
    await using place = await makeOffice();
    const [connection] = (await place.client.repositories.list({})).repositories;
    const id = connection?.id ?? '';
    await place.client.repositories.lock({ id });
    await place.wakeAt('13:00');
    expect(await place.runs()).toEqual([]);
    expect((await place.client.schedule.plan({})).sources).toMatchObject([
      { due: ['hourly'], waitsFor: expect.stringContaining('the password of') as string },
    ]);
    await place.client.repositories.unlock({ id, password: place.workspace.password, remember: true });
    await place.settled();
    expect(shapes(await place.runs())).toEqual([['13:00', 'hourly', 'complete', false]]);
  });

  test('waits for its computer, says so on each screen, is overdue meanwhile, and runs once that has ended', async () => {
    await using place = await makeOffice();
    await place.wakeAt('13:00');
    const stop = new AbortController();
    const seen: (string | null)[] = [];
    const watched = followWait(place.client, 'papers', stop.signal, (waitsFor) => seen.push(waitsFor));
    place.waitsFor = 'mains power';
    await place.wakeAt('14:00');
    await expect.poll(() => seen.at(-1)).toBe('mains power');
    await place.wakeAt('23:30');
    const [plan] = (await place.client.schedule.plan({})).sources;
    expect(plan).toMatchObject({ due: ['hourly', 'daily'], waitsFor: 'mains power', paused: false });
    expect(place.nowMs - Date.parse(plan?.newestGoodAt ?? '')).toBeGreaterThan(plan?.rpoMs ?? Infinity);
    expect(await place.runs()).toHaveLength(1);
    place.waitsFor = null;
    place.engine.conditionsChanged();
    await place.settled();
    expect(shapes(await place.runs()).at(-1)).toEqual(['23:00', 'hourly+daily', 'complete', false]);
    await expect.poll(() => seen.at(-1)).toBeNull();
    stop.abort();
    await watched;
  });

  test('is protected by hand at once, whatever its computer makes it wait for', async () => {
    await using place = await makeOffice();
    place.waitsFor = 'mains power';
    const [connection] = (await place.client.repositories.list({})).repositories;
    const repository = { id: connection?.id ?? '' };
    for await (const _event of await place.client.protection.protect({ repository, registered: 'papers' }));
    expect(shapes(await place.runs())).toEqual([[null, 'manual', 'complete', false]]);
  });

  test('takes no more than the rule for batteries allows, until its computer is on mains power', async () => {
    await using place = await makeOffice();
    const [connection] = (await place.client.repositories.list({})).repositories;
    const repository = { id: connection?.id ?? '' };
    // At that rate it would take hours.
    writeFileSync(place.workspace.path('papers', 'large'), randomBytes(16 * 1024 * 1024));
    await place.client.settings.set({ repository, key: 'impact.limits', value: 'battery write 2KiB/s' });
    place.onBattery = true;
    const run = (async () => {
      for await (const event of await place.client.protection.protect({ repository, registered: 'papers' }))
        if (event.type === 'progress' && event.progress.doneBytes > 0 && place.onBattery) {
          place.onBattery = false;
          place.engine.conditionsChanged();
        }
    })();
    await run;
    expect(shapes(await place.runs())).toEqual([[null, 'manual', 'complete', false]]);
    expect(place.onBattery).toBe(false);
  });

  test('that fails is tried again, and the history says why', async () => {
    await using place = await makeOffice();
    await place.workspace.holdfast(['--version']);
    const { rename } = await import('node:fs/promises');
    await rename(place.workspace.path('papers'), place.workspace.path('elsewhere'));
    await place.wakeAt('13:00');
    expect(await place.runs()).toMatchObject([
      { state: 'failed', snapshot: null, error: { code: expect.any(String) as string } },
    ]);
    await rename(place.workspace.path('elsewhere'), place.workspace.path('papers'));
    await place.wakeAt('13:04');
    expect(await place.runs()).toHaveLength(1);
    await place.wakeAt('13:06');
    expect(shapes(await place.runs())).toEqual([
      ['13:00', 'hourly', 'failed', false],
      ['13:00', 'hourly', 'complete', false],
    ]);
  });

  test('keeps a book of runs by hand too, which answer for no period', async () => {
    await using place = await makeOffice();
    const [connection] = (await place.client.repositories.list({})).repositories;
    const repository = { id: connection?.id ?? '' };
    for await (const _event of await place.client.protection.protect({ repository, registered: 'papers' }));
    await place.wakeAt('13:00');
    expect(shapes(await place.runs())).toEqual([
      [null, 'manual', 'complete', false],
      ['13:00', 'hourly', 'complete', false],
    ]);
  });

  test('forgets runs of more than 400 days ago', async () => {
    await using place = await makeOffice();
    await place.wakeAt('13:00');
    const [first] = await place.runs();
    expect(first?.dueAt).toBe('2026-11-25T13:00:00.000Z');
    await place.wakeAt('2027-12-31T13:00:00Z');
    const left = async () =>
      expect((await place.runs()).map(({ dueAt }) => dueAt)).toEqual(['2027-12-31T13:00:00.000Z']);
    await vi.waitFor(left, { timeout: 20_000, interval: 50 });
  });

  test('goes on where another engine has left off, and does nothing twice', async () => {
    await using place = await makeOffice();
    await place.wakeAt('13:00');
    await place.engine.close();
    await place.start();
    await place.wakeAt('13:30');
    expect(await place.runs()).toHaveLength(1);
    await place.wakeAt('14:00');
    expect(await place.runs()).toHaveLength(2);
  });
});
