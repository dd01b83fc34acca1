import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { toTheEnd } from '../../support/client.ts';
import { expectCleanForRestic, expectDone } from '../../support/expect-clean.ts';
import { makeOffice } from '../../support/office.ts';
import { presets } from '../../../shared/model/profile-presets.ts';

/** The hourly period of the office is not due in between. */
const stepMs = 600_000;
const sitePassword = 'another password, of the site';

describe('protection', () => {
  test('moves to a site with all there is, goes on there, and comes back with what was taken meanwhile', async () => {
    await using scene = await makeScene();
    const { client, office } = scene;
    await scene.protect('one');
    expect(await scene.preview('attic')).toMatchObject({
      kind: 'failover',
      losses: [{ source: 'papers', missing: 1 }],
      checks: [
        { id: 'target', level: 'ok' },
        { id: 'origin', level: 'ok' },
        { id: 'nothing-there', level: 'warning' },
      ],
    });
    const run = await scene.move('attic');
    expect(run).toMatchObject({ state: 'done', kind: 'failover' });
    expect(await scene.held('attic')).toHaveLength(1);
    // What is protected now goes there, and builds on what is there.
    office.nowMs += stepMs;
    await scene.protect('two');
    const there = await scene.held('attic');
    expect(there).toHaveLength(2);
    expect((await client.schedule.plan({})).pauses).toEqual([]);
    const back = await scene.move(undefined);
    expect(back).toMatchObject({ state: 'done', kind: 'failback' });
    await expect(scene.preview(undefined)).rejects.toMatchObject({ code: 'NOTHING_TO_MOVE' });
    expect((await scene.held('primary')).map(({ takenAt }) => takenAt)).toEqual(there.map(({ takenAt }) => takenAt));
    office.nowMs += stepMs;
    await scene.protect('three');
    expect(await scene.held('primary')).toHaveLength(3);
    expect(await scene.held('attic')).toHaveLength(2);
    await office.engine.close();
    await expectCleanForRestic(scene.workspace);
  });

  test('moves where the primary is gone, and says exactly what is lost', async () => {
    await using scene = await makeScene();
    const { client, office, workspace } = scene;
    await scene.protect('one');
    await scene.sync();
    office.nowMs += stepMs;
    await scene.protect('two');
    renameSync(workspace.repository, `${workspace.repository}-gone`);
    const preview = await scene.preview('attic');
    expect(preview.losses).toMatchObject([{ source: 'papers', missing: 1, lossMs: stepMs }]);
    expect(preview.missing).toMatchObject([{ source: 'papers', status: 'complete' }]);
    expect(preview.checks.map(({ id, level }) => [id, level])).toEqual([
      ['target', 'ok'],
      ['origin', 'warning'],
      ['loss', 'warning'],
    ]);
    const run = await scene.move('attic');
    expect(run.state, 'not all could be copied').toBe('partial');
    const { cameFrom } = await client.failover.status({});
    expect(cameFrom?.connection).toBe(preview.from.connection);
    office.nowMs += stepMs;
    await scene.protect('three');
    expect(await scene.held('attic')).toHaveLength(2);
    await expect(client.failover.create({})).rejects.toMatchObject({ code: 'PREFLIGHT_BLOCKED' });
    // It is back: what was taken meanwhile comes there, and what only it had is still there.
    renameSync(`${workspace.repository}-gone`, workspace.repository);
    expect(await scene.move(undefined)).toMatchObject({ state: 'done', kind: 'failback' });
    expect(await scene.held('primary')).toHaveLength(3);
  });

  test('is taken back to where it was, and profiles that name a repository go along both ways', async () => {
    await using scene = await makeScene();
    const { client } = scene;
    await scene.protect('one');
    const [home] = (await client.repositories.list({})).repositories.filter(({ primary }) => primary);
    const [profile] = (await client.profiles.list({})).profiles;
    if (home === undefined || profile === undefined) throw new Error('the office has neither');
    const { name, periods } = profile;
    const definition = { ...presets.standard, name, periods: [...periods], repository: home.id };
    await client.profiles.update({ repository: { id: home.id }, id: profile.id, profile: definition });
    const target = async () => (await client.profiles.list({})).profiles[0]?.repository;
    const run = await scene.move('attic');
    expect(await target()).not.toBe(home.id);
    await toTheEnd(await client.restoreRuns.undo({ run: run.id }));
    expect(await target()).toBe(home.id);
    expect((await client.repositories.list({})).repositories.find(({ primary }) => primary)?.id).toBe(home.id);
  });

  test('goes on by itself in a new engine, which asks nobody for the password of the site', async () => {
    await using scene = await makeScene();
    const { office } = scene;
    await scene.protect('one');
    expect(await scene.move('attic')).toMatchObject({ state: 'done' });
    await office.engine.close();
    await office.start();
    // The hourly period is due, and nobody is there.
    await office.wakeAt('13:10');
    expect((await office.runs()).at(-1)).toMatchObject({ state: 'complete' });
    // How many there are is counted by the index, after the run.
    const primary = async () =>
      (await office.client.repositories.list({})).repositories.find((repository) => repository.primary);
    await expect
      .poll(primary, { timeout: 20_000 })
      .toMatchObject({ location: scene.attic, state: 'open', snapshots: 2 });
  });

  test('does not move to where another console writes', async () => {
    await using scene = await makeScene();
    await scene.protect('one');
    await scene.sync();
    const other = { env: { HOLDFAST_HOME: scene.workspace.path('other-home'), HOLDFAST_PASSWORD: sitePassword } };
    expectDone(await scene.workspace.here(['recover', '--from', scene.attic], other));
    const { checks } = await scene.preview('attic');
    expect(checks.filter(({ level }) => level === 'blocker').map(({ id: check }) => check)).toEqual(['owner']);
  });

  test('moves nowhere where nothing of it is, or where it is already', async () => {
    await using scene = await makeScene();
    await expect(scene.preview('cellar')).rejects.toMatchObject({ code: 'SITE_UNKNOWN' });
    await expect(scene.preview(undefined)).rejects.toMatchObject({ code: 'NOTHING_TO_MOVE' });
    await scene.protect('one');
    renameSync(scene.workspace.repository, `${scene.workspace.repository}-gone`);
    const { checks } = await scene.preview('attic');
    expect(checks.filter(({ level }) => level === 'blocker').map(({ id }) => id)).toEqual(['nothing-there']);
  });
});

async function makeScene() {
  const office = await makeOffice();
  const { client, workspace } = office;
  const attic = workspace.path('attic');
  const repository = { id: (await client.repositories.list({})).repositories[0]?.id ?? '' };
  await client.sites.add({ repository, name: 'attic', location: attic, password: { value: sitePassword } });
  const held = async (where: 'attic' | 'primary') => {
    const { repositories } = await client.repositories.list({});
    const found = repositories.find(({ location }) => location === (where === 'attic' ? attic : workspace.repository));
    const { snapshots } = await client.snapshots.list({ repository: { id: found?.id ?? '' } });
    return snapshots.toSorted((a, b) => (a.takenAt < b.takenAt ? -1 : 1));
  };
  return {
    workspace,
    office,
    client,
    attic,
    held,
    preview: (to: string | undefined) => client.failover.preview({ to }),
    protect: async (content: string) => {
      writeFileSync(join(workspace.path('papers'), content), content);
      const primary = (await client.repositories.list({})).repositories.find((one) => one.primary);
      await toTheEnd(await client.protection.protect({ repository: { id: primary?.id ?? '' }, registered: 'papers' }));
    },
    sync: async () => {
      await toTheEnd(await client.sync.run({ repository, to: 'attic' }));
    },
    move: async (to: string | undefined) => {
      const { run } = await client.failover.create({ to });
      await toTheEnd(await client.restoreRuns.start({ run, repository: null, aws: null })).catch(() => undefined);
      return client.restoreRuns.get({ run });
    },
    [Symbol.asyncDispose]: () => office[Symbol.asyncDispose](),
  };
}
