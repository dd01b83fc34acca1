/** Restores from a site by its name, and restores whose place goes away: before they begin, and in the middle. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restore } from '../../../electron/engine/recovery/restore.ts';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { Donors } from '../../../electron/engine/repository/repair/donors.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { recoveryPointSchema } from '../../../shared/contract/points.ts';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { restoreResultSchema } from '../../../shared/contract/recovery.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { connect, toTheEnd } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeLocalPlace } from '../../support/local-place.ts';
import { noise } from '../../support/odd-tree.ts';
import { damageFile, fileOn, filesOf, makeRepairScene, scenePassword } from '../../support/repair-scene.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const sitePassword = 'another password altogether';

beforeAll(() => {
  process.env['TEST_SITE_PASSWORD'] = sitePassword;
});
afterAll(() => {
  delete process.env['TEST_SITE_PASSWORD'];
});

/** A source in the repository and at a site, under other keys. */
async function withCopy(workspace: Workspace): Promise<{ readonly folder: string; readonly snapshot: string }> {
  const folder = await workspace.folder('papers');
  writeFileSync(join(folder, 'letter'), 'Dear all');
  writeFileSync(join(folder, 'noise'), noise(3_000_000, 'noise'));
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'papers', '--set', `path=${folder}`]));
  const { snapshot } = expectDone(await workspace.here(['protect', 'papers', '--json'])).json(protectResultSchema);
  const place = workspace.path('berlin');
  createRepository(place, { password: sitePassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  expectDone(await workspace.here(['site', 'add', 'berlin', place, '--secret', 'password=env:TEST_SITE_PASSWORD']));
  expectDone(await workspace.here(['sync', 'run', '--to', 'berlin']));
  return { folder, snapshot };
}

test('a point says where it is and what is known of it, and comes back from the site when the repository is gone', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const { folder, snapshot } = await withCopy(workspace);
  const listed = expectDone(await workspace.here(['points', 'papers', '--json'])).json(recoveryPointSchema.array());
  expect(listed).toHaveLength(1);
  expect(listed[0]).toMatchObject({ id: snapshot, source: 'papers', status: 'complete', verified: null });
  expect(listed[0]?.places.map(({ kind, name }) => [kind, name])).toEqual([
    ['primary', expect.any(String)],
    ['site', 'berlin'],
  ]);
  const shown = expectDone(await workspace.here(['points', 'show', snapshot.slice(0, 8), '--closely'])).stdout;
  expect(shown).toContain('--from berlin');
  expect(shown.match(/nothing known to be damaged/g)).toHaveLength(2);

  // By the id that it has where it was taken.
  const target = workspace.path('from-site');
  const restored = await workspace.here([
    'restore',
    snapshot.slice(0, 10),
    '--from',
    'berlin',
    '--to',
    target,
    '--json',
  ]);
  expect(expectDone(restored).json(restoreResultSchema)).toMatchObject({ files: 2, issues: [], elsewhere: [] });
  expect(readFileSync(join(target, folder, 'letter'), 'utf8')).toBe('Dear all');

  renameSync(workspace.repository, `${workspace.repository}.away`);
  const lost = await workspace.here(['restore', 'latest', '--to', workspace.path('lost'), '--json']);
  expect(lost.code).toBe(1);
  expect(lost.error().message).toContain('It can be restored from elsewhere: --from berlin.');
  const again = workspace.path('again');
  expectDone(await workspace.here(['restore', 'latest', '--from', 'berlin', '--to', again]));
  expect(readFileSync(join(again, folder, 'noise')).equals(noise(3_000_000, 'noise'))).toBe(true);
  const places = (await workspace.here(['points', 'show', snapshot.slice(0, 8)])).stdout;
  expect(places).toMatch(/1\. berlin, about .*\(--from berlin\)/);
  expect(places).toMatch(/2\. .*, not now/);
  expect(places).toContain('as measured by the last');
  const unknown = await workspace.here(['restore', 'latest', '--from', 'nowhere', '--to', again, '--json']);
  expect(unknown.error().code).toBe('SITE_UNKNOWN');
});

test('a point whose stored files are damaged says how much of it is, and that another copy is whole', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const { folder, snapshot } = await withCopy(workspace);
  const packs = filesOf(workspace.repository, 'data').map((file) => join(workspace.repository, file));
  for (const pack of packs)
    if (readFileSync(pack).length > 1_000_000) damageFile(pack, 'flipped bit', { below: (end) => Math.floor(end / 2) });
  expect((await workspace.here(['scrub', '--all'])).code).toBe(1);
  const listed = await workspace.here(['points', 'papers']);
  expect(listed.stdout).toContain('damage known at');
  const shown = (await workspace.here(['points', 'show', snapshot.slice(0, 8), '--closely'])).stdout;
  expect(shown).toMatch(/ \d\d % of what it needs lies in \d damaged stored files?/);
  expect(shown.match(/nothing known to be damaged/g)).toHaveLength(1);
  expect(shown).toContain('known to be damaged there');

  const target = workspace.path('out');
  const restored = expectDone(await workspace.here(['restore', 'latest', '--to', target, '--json']));
  const { elsewhere, issues } = restored.json(restoreResultSchema);
  expect(issues).toEqual([]);
  expect(elsewhere).toMatchObject([{ from: 'berlin' }]);
  expect(readFileSync(join(target, folder, 'noise')).equals(noise(3_000_000, 'noise'))).toBe(true);
});

test('a run that was created goes on from the site when its repository has gone, and its record says so', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const { folder, snapshot } = await withCopy(workspace);
  await using console = await connect(workspace);
  const { client } = console;
  const access = { location: workspace.repository, password: workspace.password };
  const connected = await client.repositories.connect({ name: 'here', ...access });
  const repository = { id: connected.repository.id };
  const target = workspace.path('out');
  const run = await client.restoreRuns.create({ repository, selections: [{ snapshot }], target });
  const { places } = await client.points.places({ snapshots: [snapshot] });
  expect(places.map(({ place: { kind }, usable }) => [kind, usable])).toEqual([
    ['primary', true],
    ['site', true],
  ]);
  renameSync(workspace.repository, `${workspace.repository}.away`);
  const { result, events } = await toTheEnd(await client.restoreRuns.start({ run: run.id, repository }));
  expect(result.result.state).toBe('done');
  expect(JSON.stringify(events)).toContain('The run goes on from berlin');
  expect(readFileSync(join(target, folder, 'letter'), 'utf8')).toBe('Dear all');
  const report = await client.restoreRuns.report({ run: run.id });
  expect(report).toMatchObject({ from: 'berlin', elsewhere: [], files: 2, verifiedFiles: 2 });
  const { records } = await client.evidence.list({ subject: run.id });
  const record = await client.evidence.show({ id: records[0]?.id ?? '' });
  expect(record.record.notes).toContain('Read from berlin.');
  const point = await client.points.find({ snapshot });
  expect(point.verified).toMatchObject({ how: 'restore' });
});

test('a restore whose line is cut in the middle goes on with what a replica has, and counts it', async () => {
  await using place = await makeLocalPlace();
  const scene = await makeRepairScene(place.root);
  mkdirSync(join(place.root, 'home'));
  const donors = new Donors(await scene.replicas(['replica-1']), () => undefined);
  let loads = 0;
  const cut = withFaults(new LocalBackend(scene.location), {
    before: (call) => {
      if (call.operation !== 'load' || call.handle.type !== 'data') return;
      loads += 1;
      if (loads > 8) throw new HoldfastError('REPOSITORY_UNREACHABLE', 'The line is cut.');
    },
  });
  const repository = await openRepository(cut, scenePassword);
  const asked: (string | undefined)[] = [];
  repository.rescue = (type, id, why) => {
    asked.push(why);
    return donors.load(type, id);
  };
  const notices: string[] = [];
  const result = await restore({
    repository,
    home: join(place.root, 'home'),
    selections: ['latest'],
    source: undefined,
    target: join(place.root, 'target'),
    overwrite: 'never',
    dryRun: false,
    verify: true,
    ignoreFreeSpace: false,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: (text) => notices.push(text),
    say: () => Promise.resolve(),
  });
  await donors.close();
  expect(result.issues).toEqual([]);
  expect(new Set(asked)).toEqual(new Set(['REPOSITORY_UNREACHABLE']));
  expect(result.elsewhere).toMatchObject([{ from: 'replica-1' }]);
  const pieces = result.elsewhere[0]?.pieces ?? 0;
  expect(pieces).toBeGreaterThan(0);
  // It was not asked for each of them again.
  expect(loads).toBeLessThan(8 + pieces);
  expect(notices.filter((text) => text.includes('does not answer any more'))).toHaveLength(1);
  for (let folder = 0; folder < 4; folder++)
    for (let file = 0; file < 5; file++) {
      const restored = readFileSync(join(place.root, 'target', `folder-${folder}`, `file-${file}`));
      expect(restored.equals(fileOn(5, folder, file))).toBe(true);
    }
});
