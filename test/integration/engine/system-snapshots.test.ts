import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { SystemSnapshot } from '../../../shared/contract/systems.ts';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import { toTheEnd } from '../../support/client.ts';
import { HookedSource } from '../../support/hooked-source.ts';

const refused = (code: ErrorCode) => expect.objectContaining({ code }) as unknown;

/** `papers` and `photos` in one repository. */
async function twoSources(): Promise<HookedSource> {
  const place = await HookedSource.make();
  await addSource(place, 'photos');
  return place;
}

async function addSource(place: HookedSource, name: string): Promise<string> {
  const folder = await place.workspace.folder(name);
  await writeFile(join(folder, 'picture'), name);
  const source = { ...place.definition({}), name, paths: [folder] };
  await place.client.sources.add({ repository: { id: place.id }, source });
  return folder;
}

async function take(place: HookedSource, sources: string[] = [], signal?: AbortSignal): Promise<SystemSnapshot> {
  const input = { repository: { id: place.id }, sources, description: 'before the update' };
  for await (const event of await place.client.systems.take(input, signal === undefined ? {} : { signal }))
    if (event.type === 'done') return event.result;
  throw new Error('a system snapshot ends with its result');
}

const states = ({ members }: SystemSnapshot) => members.map(({ source, state }) => `${source} ${state}`);

describe('a system snapshot', () => {
  test('is one record of all its sources, with the real time between them', async () => {
    await using place = await twoSources();
    const system = await take(place);
    expect(system).toMatchObject({ state: 'full', description: 'before the update', by: 'test' });
    expect(states(system)).toEqual(['papers complete', 'photos complete']);
    const ends = system.members.map(({ pointTo }) => Date.parse(pointTo ?? ''));
    expect(system.skewMs).toBe(Math.max(...ends) - Date.parse(system.takenAt));
    expect(system.skewMs).toBeGreaterThan(0);
    // Nothing of it holds still: it says within what time of the moment at which all began.
    expect(system).toMatchObject({ moment: 'within', withinMs: Math.max(...ends) - Date.parse(system.commonAt ?? '') });
    expect(await place.client.systems.list({})).toEqual({ systems: [system], more: false, older: null });
    expect(await place.client.systems.show({ system: system.id.slice(0, 6) })).toEqual(system);
    const stop = new AbortController();
    for await (const event of await place.client.live.watch({}, { signal: stop.signal })) {
      const known = JSON.stringify(event);
      // It counts as the last run of each of them.
      if (known.includes(`"lastRun":{"job":"${system.job ?? ''}","state":"done"`)) break;
    }
    stop.abort();
  });

  test('stands in the report of what ran, and in that of one of its sources', async () => {
    await using place = await twoSources();
    await take(place);
    const reported = async (source: string) => {
      const of = { kind: 'sources' as const, sources: [source] };
      const { document } = await place.client.reports.make({ report: 'backups', period: '30d', formats: [], of });
      const { rows = [] } = document.tables.find(({ key }) => key === 'systems') ?? {};
      return rows.map((cells) => cells.slice(1).map(({ text }) => text));
    };
    const row = ['before the update', 'full', expect.stringMatching(/^2 sources within /), 'papers, photos'];
    expect(await reported('papers')).toEqual([row]);
    expect(await reported('somebody else')).toEqual([]);
  });

  test('is found by its job, and by each snapshot that is part of it', async () => {
    await using place = await twoSources();
    const system = await take(place);
    const job = system.job ?? '';
    expect((await place.client.systems.list({ job })).systems).toEqual([system]);
    expect((await place.client.systems.list({ job: '0'.repeat(16) })).systems).toEqual([]);
    for (const { snapshot } of system.members) {
      const asked = { repository: { id: place.id }, snapshot: snapshot ?? '' };
      expect(await place.client.browse.snapshot(asked)).toMatchObject({ system: system.id });
    }
    await toTheEnd(await place.client.protection.protect({ repository: { id: place.id }, registered: 'photos' }));
    const { snapshots } = await place.client.browse.snapshots({ repository: { id: place.id }, source: 'photos' });
    expect(snapshots.map((one) => one.system)).toEqual([null, system.id]);
  });

  test('comes page by page, newest first, each once', async () => {
    await using place = await twoSources();
    const taken: string[] = [];
    for (const _ of [1, 2, 3]) taken.push((await take(place, ['photos'])).id);
    const listed: string[] = [];
    let before: string | null = null;
    do {
      const page = await place.client.systems.list({ limit: 1, ...(before === null ? {} : { before }) });
      listed.push(...page.systems.map(({ id }) => id));
      expect(page.more).toBe(page.older !== null);
      before = page.older;
    } while (before !== null);
    expect(listed).toEqual(taken.toReversed());
  });

  test('says how far all of it is', async () => {
    await using place = await twoSources();
    const phases = new Set<string>();
    const asked = { repository: { id: place.id }, sources: [], description: '' };
    for await (const event of await place.client.systems.take(asked))
      if (event.type === 'progress') phases.add(event.progress.phase);
    expect([...phases].every((phase) => phase.startsWith('2 sources: '))).toBe(true);
    expect([...phases]).toContain('2 sources: Storing');
  });

  test('is partial where one of its sources fails, and says which and why', async () => {
    await using place = await twoSources();
    await rename(place.folder, place.workspace.path('away'));
    const system = await take(place);
    expect(system.state).toBe('partial');
    expect(states(system)).toEqual(['papers failed', 'photos complete']);
    expect(system.members[0]?.problem).toContain('papers');
    const { jobs } = await place.client.jobs.list({});
    expect(jobs.find(({ kind }) => kind === 'system')).toMatchObject({ state: 'partial' });
  });

  test('of sources that are not registered is refused before anything is taken', async () => {
    await using place = await twoSources();
    await expect(take(place, ['papers', 'nobody'])).rejects.toEqual(refused('SOURCE_UNKNOWN'));
    await expect(place.client.systems.show({ system: 'abcd' })).rejects.toEqual(refused('SYSTEM_UNKNOWN'));
    expect((await place.client.systems.list({})).systems).toEqual([]);
  });

  test('is known again from the repository alone, also that a part of it is missing', async () => {
    await using place = await twoSources();
    const whole = await take(place);
    await rename(place.folder, place.workspace.path('away'));
    const partial = await take(place);
    await place.engine.close();
    for (const file of ['catalog.db', 'catalog.db-wal', 'catalog.db-shm'])
      await rm(join(place.workspace.home, 'holdfast', file), { force: true });
    await place.start();
    const { repository: location, password } = place.workspace;
    for await (const _event of await place.client.catalog.rebuild({ repository: { location, password } }));
    const { systems } = await place.client.systems.list({});
    expect(systems.map(({ id, state }) => [id, state])).toEqual([
      [partial.id, 'partial'],
      [whole.id, 'full'],
    ]);
    // Its snapshots state it.
    expect(systems[1]).toMatchObject({
      job: null,
      moment: 'within',
      withinMs: whole.withinMs,
      commonAt: whole.commonAt,
    });
    expect(systems[0]?.members.map(({ source, state }) => [source, state])).toEqual([
      ['photos', 'complete'],
      ['', 'missing'],
    ]);
  });

  test('is restored together', async () => {
    await using place = await twoSources();
    const system = await take(place);
    await writeFile(join(place.folder, 'letter'), 'Of later');
    await toTheEnd(await place.client.protection.protect({ repository: { id: place.id }, registered: 'papers' }));
    // A plan of it takes these points, whatever was taken since.
    const { plan } = await place.client.plans.generate({ system: system.id, name: 'all of it', latest: false });
    const points = plan.steps.flatMap(({ work }) => ('point' in work ? [work.point] : []));
    expect(points).toEqual(system.members.map(({ snapshot }) => ({ kind: 'snapshot', snapshot })));
    const target = place.workspace.path('restored');
    const selections = system.members.map(({ snapshot }) => ({ snapshot: snapshot ?? '', path: '/' }));
    const repository = { id: place.id };
    const { id: run } = await place.client.restoreRuns.create({ repository, selections, target });
    for await (const _event of await place.client.restoreRuns.start({ run, repository }));
    expect(await readFile(join(target, place.folder, 'letter'), 'utf8')).toBe('Dear all');
    expect(existsSync(join(target, place.workspace.path('photos'), 'picture'))).toBe(true);
  });
});
