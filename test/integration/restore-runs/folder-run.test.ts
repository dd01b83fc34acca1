import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { openBackend } from '../../../electron/engine/repository/backend/open-backend.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { connect, toTheEnd, type Connected } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

type Scene = {
  readonly workspace: Workspace;
  readonly source: string;
  readonly snapshot: string;
  readonly access: { readonly location: string; readonly password: string };
};

async function prepare(): Promise<Scene> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  mkdirSync(join(source, 'letters'));
  writeFileSync(join(source, 'letters', 'one'), 'first letter');
  writeFileSync(join(source, 'letters', 'two'), 'second letter');
  writeFileSync(join(source, 'figures'), '1 2 3');
  symlinkSync('figures', join(source, 'link'));
  workspace.init();
  const { snapshot } = expectDone(await workspace.here(['protect', source, '--json'])).json(protectResultSchema);
  return { workspace, source, snapshot, access: { location: workspace.repository, password: workspace.password } };
}

async function createAndStart(
  { client }: Connected,
  { access, snapshot }: Scene,
  where: { target: string | null; overwrite?: 'never' | 'if-changed' | 'always' },
) {
  const created = await client.restoreRuns.create({ repository: access, selections: [{ snapshot }], ...where });
  const { result } = await toTheEnd(await client.restoreRuns.start({ run: created.id, repository: access }));
  return result.result;
}

describe('a restore run of a folder', () => {
  test('is previewed without changing anything, with checks and the same in restic words', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const target = scene.workspace.path("it's new");
    const { result } = await toTheEnd(
      await connected.client.restoreRuns.preview({
        repository: scene.access,
        selections: [{ snapshot: scene.snapshot.slice(0, 8), path: `${scene.source}/letters` }],
        target,
      }),
    );
    const preview = result.result;
    expect(preview).toMatchObject({ files: 2, bytes: 25, conflicts: { total: 0 } });
    expect(preview.checks.filter(({ level }) => level === 'blocker')).toEqual([]);
    expect(preview.selections[0]?.takenAt).toMatch(/^\d{4}-\d\d-\d\dT/);
    const [restic = ''] = preview.commands.restic;
    expect(restic).toContain(`restic -r ${scene.workspace.repository} restore ${scene.snapshot}`);
    expect(restic).toContain(String.raw`/it'\''s new'`);
    expect(existsSync(target)).toBe(false);
  });

  test('comes into no part of the home by way of the folder that drills have there', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const home = join(scene.workspace.home, 'holdfast');
    mkdirSync(join(home, 'drills'), { recursive: true });
    mkdirSync(join(home, 'cache'), { recursive: true });
    symlinkSync(join(home, 'cache'), join(home, 'drills', 'link'));
    for (const target of [`${home}/drills/../cache/x`, join(home, 'drills', 'link', 'x')]) {
      const wanted = { repository: scene.access, selections: [{ snapshot: scene.snapshot }], target };
      const failure = await toTheEnd(await client.restoreRuns.preview(wanted)).then(
        ({ result }) => JSON.stringify(result.result.checks.filter(({ level }) => level === 'blocker')),
        String,
      );
      expect(failure, target).toContain('the home of Holdfast');
      await createAndStart(connected, scene, { target }).catch(() => null);
      expect(existsSync(join(home, 'cache', 'x')), target).toBe(false);
    }
  });

  test('names what blocks it, and is not begun', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const target = join(scene.workspace.repository, 'inside');
    const { client } = connected;
    const run = await client.restoreRuns.create({
      repository: scene.access,
      selections: [{ snapshot: 'latest' }],
      target,
    });
    await expect(
      toTheEnd(await client.restoreRuns.start({ run: run.id, repository: scene.access })),
    ).rejects.toMatchObject({ code: 'PREFLIGHT_BLOCKED' });
    expect(await client.restoreRuns.get({ run: run.id })).toMatchObject({
      state: 'failed',
      steps: [{ id: 'preflight', state: 'failed' }, { state: 'waiting' }, {}, {}, {}],
    });
    expect(existsSync(target)).toBe(false);
  });

  test('is not begun in the home of Holdfast, where it could change who may do what', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const target = join(scene.workspace.home, 'holdfast', 'deep', 'inside');
    await expect(createAndStart(connected, scene, { target })).rejects.toMatchObject({ code: 'PREFLIGHT_BLOCKED' });
    expect(existsSync(target)).toBe(false);
  });

  test('restores, verifies, reports, and is undone to the last file it made', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const target = scene.workspace.path('a', 'b');
    const run = await createAndStart(connected, scene, { target });
    expect(run.state).toBe('done');
    expect(run.steps.map(({ id, state }) => [id, state])).toEqual(
      ['preflight', 'target', 'write', 'verify', 'report'].map((id) => [id, 'done']),
    );
    expect(readFileSync(join(target, scene.source, 'letters', 'one'), 'utf8')).toBe('first letter');
    const report = await client.restoreRuns.report({ run: run.id });
    expect(report).toMatchObject({ files: 3, verifiedFiles: 3, verifiedBytes: 30, kept: 0, exceptionCount: 0 });
    const jobs = await client.jobs.list({ all: true });
    expect(jobs.jobs.find(({ id }) => id === run.job)).toMatchObject({ kind: 'restore', run: run.id, state: 'done' });

    const planned = await client.restoreRuns.undoPreview({ run: run.id });
    expect(planned).toMatchObject({ removed: 4, putBack: 0, left: 0 });
    expect(existsSync(join(target, scene.source, 'figures'))).toBe(true);
    const { result } = await toTheEnd(await client.restoreRuns.undo({ run: run.id }));
    expect(result.result).toMatchObject({ removed: 4, putBack: 0, left: 0 });
    expect(existsSync(scene.workspace.path('a')), 'folders it made are gone too').toBe(false);
    const undone = await client.restoreRuns.get({ run: run.id });
    expect(undone.state).toBe('undone');
    expect(undone.closedAt).not.toBe(null);
  });

  test('is stopped while it still waits for the repository, and is begun by one at a time', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const { access, workspace, snapshot } = scene;
    const lock = { time: new Date().toISOString(), exclusive: true, hostname: 'elsewhere', username: 'x', pid: 1 };
    const repository = await openRepository(await openBackend(access.location), access.password);
    const { name, sealed } = repository.seal(Buffer.from(JSON.stringify(lock)));
    await repository.backend.save({ type: 'locks', name }, sealed);
    const pruning = await client.upkeep.prune({ repository: access, waitMs: 8000 });
    // It waits for that lock to go, and keeps the repository for itself meanwhile.
    for (let waits = false; !waits;) {
      const step = await pruning.next();
      waits = step.done === true || step.value.type === 'notice';
    }
    const target = workspace.path('out');
    const run = await client.restoreRuns.create({ repository: access, selections: [{ snapshot }], target });
    const events = await client.restoreRuns.start({ run: run.id, repository: access });
    expect((await events.next()).value).toMatchObject({ type: 'job' });
    const { jobs } = await client.jobs.list({});
    expect(jobs.find(({ run: of }) => of === run.id)?.state).toBe('queued');
    const second = toTheEnd(await client.restoreRuns.start({ run: run.id, repository: access }));
    await expect(second).rejects.toMatchObject({ code: 'RUN_BUSY' });
    expect((await client.restoreRuns.stop({ run: run.id })).state).toBe('cancelled');
    await expect(toTheEnd(events)).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(existsSync(target)).toBe(false);
    // And can be begun all the same later.
    await repository.backend.remove({ type: 'locks', name });
    await toTheEnd(pruning);
    const { result } = await toTheEnd(await client.restoreRuns.start({ run: run.id, repository: access }));
    expect(result.result.state).toBe('done');
  });

  test('undo leaves what somebody has changed since, and says so first', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const target = scene.workspace.path('out');
    const run = await createAndStart(connected, scene, { target });
    const changed = join(target, scene.source, 'letters', 'one');
    await appendFile(changed, ' and more');
    const stranger = join(target, 'stranger');
    writeFileSync(stranger, 'not ours');
    const planned = await client.restoreRuns.undoPreview({ run: run.id });
    expect(planned.left).toBe(1);
    expect(planned.items[0]).toMatchObject({ path: changed, action: 'leave' });
    expect(planned.items[0]?.reason).toContain('changed since');
    const { result } = await toTheEnd(await client.restoreRuns.undo({ run: run.id }));
    expect(result.result.items[0]?.path).toBeDefined();
    expect(readFileSync(changed, 'utf8')).toBe('first letter and more');
    expect(readFileSync(stranger, 'utf8')).toBe('not ours');
    expect(existsSync(join(target, scene.source, 'letters', 'two'))).toBe(false);
    expect((await client.restoreRuns.get({ run: run.id })).closedAt).toBe(null);
  });

  test('keeps what it replaces until it is closed, and puts it back when it is undone', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const figures = join(scene.source, 'figures');
    const link = join(scene.source, 'link');
    writeFileSync(figures, 'new figures, better ones');
    await rm(link);
    symlinkSync('letters', link);
    const before = statSync(figures);
    const run = await createAndStart(connected, scene, { target: null, overwrite: 'always' });
    expect(run.state).toBe('done');
    expect(readFileSync(figures, 'utf8')).toBe('1 2 3');
    await toTheEnd(await client.restoreRuns.undo({ run: run.id }));
    expect(readFileSync(figures, 'utf8')).toBe('new figures, better ones');
    expect(statSync(figures)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
    expect(readdirSync(scene.source).toSorted()).toEqual(['figures', 'letters', 'link']);

    const again = await createAndStart(connected, scene, { target: null, overwrite: 'if-changed' });
    expect(readdirSync(scene.source).some((name) => name.startsWith('.holdfast-replaced-'))).toBe(true);
    await client.restoreRuns.close({ run: again.id });
    expect(readdirSync(scene.source).toSorted()).toEqual(['figures', 'letters', 'link']);
    expect(readFileSync(figures, 'utf8')).toBe('1 2 3');
    await expect(client.restoreRuns.undoPreview({ run: again.id })).rejects.toMatchObject({ code: 'RUN_OVER' });
  });

  test('with something in the way that stays it is partial, and that is not taken for damage', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    writeFileSync(join(scene.source, 'figures'), 'other');
    const run = await createAndStart(connected, scene, { target: null });
    expect(run.state).toBe('partial');
    const report = await connected.client.restoreRuns.report({ run: run.id });
    expect(report).toMatchObject({ kept: 1, replaced: 0, exceptionCount: 0, verifiedFiles: 2 });
    expect(readFileSync(join(scene.source, 'figures'), 'utf8')).toBe('other');
  });

  test('of another tenant is not seen', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const run = await createAndStart(connected, scene, { target: scene.workspace.path('out') });
    await connected.client.tenants.add({ tenant: 'other', title: 'Other' });
    await connected[Symbol.asyncDispose]();
    await using other = await connect(scene.workspace, 'other');
    await expect(other.client.restoreRuns.get({ run: run.id })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    expect(await other.client.restoreRuns.list({})).toEqual({ runs: [], more: false });
  });
});

describe('an open restore run', () => {
  test('holds its snapshot against forget until it is closed', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    writeFileSync(join(scene.source, 'figures'), '4 5 6');
    expectDone(await scene.workspace.here(['protect', scene.source]));
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const run = await client.restoreRuns.create({
      repository: scene.access,
      selections: [{ snapshot: scene.snapshot }],
      target: scene.workspace.path('out'),
    });
    const forget = async () =>
      toTheEnd(await client.upkeep.forget({ repository: scene.access, snapshots: [scene.snapshot] }));
    await expect(forget()).rejects.toMatchObject({ code: 'SNAPSHOT_HELD' });
    await client.restoreRuns.close({ run: run.id });
    expect((await forget()).result.result.removed).toEqual([scene.snapshot]);
  });

  test('that has begun and not ended keeps prune away', async () => {
    const scene = await prepare();
    await using _ = scene.workspace;
    await using connected = await connect(scene.workspace);
    const { client } = connected;
    const run = await client.restoreRuns.create({
      repository: scene.access,
      selections: [{ snapshot: scene.snapshot }],
      target: scene.workspace.path('out'),
    });
    for await (const event of await client.restoreRuns.start({ run: run.id, repository: scene.access })) {
      if (event.type === 'run' && event.run.steps[0]?.state === 'running')
        await client.restoreRuns.pause({ run: run.id });
    }
    const paused = await client.restoreRuns.get({ run: run.id });
    expect(paused.state).toBe('paused');
    expect(paused.steps[0]?.state).toBe('done');
    const prune = async () => toTheEnd(await client.upkeep.prune({ repository: scene.access }));
    await expect(prune()).rejects.toMatchObject({ code: 'RECOVERY_UNDER_WAY' });
    const { result } = await toTheEnd(await client.restoreRuns.start({ run: run.id, repository: scene.access }));
    expect(result.result.state).toBe('done');
    await prune();
  });
});
