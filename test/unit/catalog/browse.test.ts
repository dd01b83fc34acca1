import { describe, expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import type { FoundSnapshot } from '../../../electron/engine/catalog/snapshots.ts';
import type { Caller } from '../../../shared/contract/common.ts';
import type { JobState } from '../../../shared/model/job-states.ts';
import { lastDays } from '../../../shared/model/days.ts';
import { alice, bob, makeCatalogHome } from '../../support/catalog-home.ts';

const repository = 'ab'.repeat(32);
let made = 0;

function snapshot(takenAt: string, more: Partial<FoundSnapshot> = {}): FoundSnapshot {
  return {
    snapshot: (made++).toString(16).padStart(64, '0'),
    source: 'home',
    hostname: 'here',
    takenAtMs: Date.parse(takenAt),
    tree: 'f'.repeat(64),
    status: 'complete',
    actor: 'alice',
    files: 1,
    bytes: 10,
    suspicion: null,
    consistency: null,
    consistencyProblem: null,
    labels: null,
    ...more,
  };
}

async function fill(catalog: Catalog, found: readonly FoundSnapshot[], caller: Caller = alice, id = repository) {
  await catalog.write('repositories.see', caller, { repository: id, location: '/backups' });
  await catalog.write('snapshots.add', caller, { repository: id, found, others: [] });
}

async function saveRun(catalog: Catalog, caller: Caller, job: string, title: string, state: JobState, at: string) {
  const endedAt = Date.parse(at);
  const row = {
    job,
    ...caller,
    kind: 'protect',
    title,
    state,
    priority: 'normal' as const,
    queuedAt: endedAt - 1000,
    startedAt: endedAt - 900,
    endedAt,
    progress: null,
    summary: null,
    errorCode: null,
    errorMessage: null,
    run: null,
  };
  await catalog.write('jobs.save', caller, { engine: 'test', saved: [{ row, lines: [] }] });
}

describe('what came on which day', () => {
  test('follows the clocks of the place through the night in which they go back', async () => {
    await using place = await makeCatalogHome();
    const catalog = place.open();
    await fill(catalog, [
      snapshot('2026-10-24T21:59:59.999Z'),
      // The 25th of October has 25 hours in Berlin: from here…
      snapshot('2026-10-24T22:00:00Z', { status: 'partial' }),
      snapshot('2026-10-25T00:30:00Z', { status: 'completeWithExceptions' }),
      snapshot('2026-10-25T01:30:00Z', { status: 'unknown' }),
      // … to here.
      snapshot('2026-10-25T22:59:59.999Z'),
      snapshot('2026-10-25T23:00:00Z', { status: 'partial' }),
      snapshot('2026-10-26T23:00:00Z'),
      snapshot('2026-10-20T12:00:00Z'),
    ]);
    const { first = '', bounds = [] } = lastDays(Date.parse('2026-10-26T12:00:00Z'), 3, 'Europe/Berlin') ?? {};
    expect(first).toBe('2026-10-24');
    const query = { keys: ['home', 'other'], bounds, ownHostname: 'here' };
    const none = { complete: 0, completeWithExceptions: 0, partial: 0, failed: 0 };
    expect(await catalog.read('browse.days', alice, query)).toEqual({
      home: [
        { ...none, day: 0, complete: 1 },
        { ...none, day: 1, complete: 2, completeWithExceptions: 1, partial: 1 },
        { ...none, day: 2, partial: 1 },
      ],
    });
  });

  test('tells machines, tenants and repositories apart as a screen does, and counts runs that failed', async () => {
    await using place = await makeCatalogHome();
    const catalog = place.open();
    const noon = '2026-05-05T12:00:00Z';
    await fill(catalog, [snapshot(noon), snapshot(noon, { hostname: 'there' }), snapshot(noon, { hostname: '' })]);
    await fill(catalog, [snapshot(noon)], alice, 'cd'.repeat(32));
    await fill(catalog, [snapshot(noon, { source: 'bobs' })], bob);
    await saveRun(catalog, alice, 'a'.repeat(16), 'home', 'failed', noon);
    await saveRun(catalog, alice, 'b'.repeat(16), 'home', 'done', noon);
    await saveRun(catalog, alice, 'c'.repeat(16), 'never worked', 'failed', noon);
    await saveRun(catalog, bob, 'd'.repeat(16), 'home', 'failed', noon);
    const { bounds = [] } = lastDays(Date.parse(noon), 1, 'UTC') ?? {};
    const keys = ['home', 'home@there', 'never worked', 'bobs'];
    const days = await catalog.read('browse.days', alice, { keys, bounds, ownHostname: 'here' });
    const none = { day: 0, complete: 0, completeWithExceptions: 0, partial: 0, failed: 0 };
    expect(days).toEqual({
      home: [{ ...none, complete: 3, failed: 1 }],
      'home@there': [{ ...none, complete: 1 }],
      'never worked': [{ ...none, failed: 1 }],
    });
  });
});

describe('pages of snapshots', () => {
  test('go through all machines of a source, newest first, each once', async () => {
    await using place = await makeCatalogHome();
    const catalog = place.open();
    const found = Array.from({ length: 25 }, (_, at) =>
      snapshot(new Date(Date.UTC(2026, 0, 1, at)).toISOString(), { hostname: at % 3 === 0 ? 'there' : 'here' }),
    );
    await fill(catalog, [...found, snapshot('2026-01-01T00:30:00Z', { source: 'other' })]);
    const seen: string[] = [];
    for (let before: number | undefined; ;) {
      const query = { repository, source: 'home', limit: 4, ...(before !== undefined && { before }) };
      const { snapshots, total } = await catalog.read('browse.page', alice, query);
      expect(total).toBe(25);
      seen.push(...snapshots.map((one) => one.snapshot));
      if (snapshots.length < 4) break;
      before = snapshots.at(-1)?.position;
    }
    expect(seen).toEqual(found.map((one) => one.snapshot).toReversed());
    const there = await catalog.read('browse.page', alice, { repository, source: 'home', hostname: 'there', limit: 1 });
    expect(there).toMatchObject({ total: 9, snapshots: [{ hostname: 'there', takenAtMs: Date.UTC(2026, 0, 2) }] });
  });

  test('belong to the tenant, and so does what is known of one snapshot', async () => {
    await using place = await makeCatalogHome();
    const catalog = place.open();
    const [old, newest] = [
      snapshot('2026-01-01T00:00:00Z'),
      snapshot('2026-01-02T00:00:00Z', { tree: 'e'.repeat(64) }),
    ];
    await fill(catalog, [old, newest]);
    const query = { repository, snapshot: old.snapshot };
    expect(await catalog.read('browse.one', alice, query)).toMatchObject({
      own: { snapshot: old.snapshot, tree: old.tree, hold: null },
      newest: { snapshot: newest.snapshot, tree: newest.tree },
    });
    expect(await catalog.read('browse.one', bob, query)).toBeNull();
    expect(await catalog.read('browse.page', bob, { repository, limit: 5 })).toEqual({ snapshots: [], total: 0 });
    const picture = await catalog.read('browse.timeline', alice, { repository, limit: 1 });
    expect(picture).toMatchObject({ ids: [newest.snapshot], more: true });
    expect((await catalog.read('browse.timeline', bob, { repository, limit: 1 })).ids).toEqual([]);
  });
});
