import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { connect, toTheEnd, type Connected } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

type Scene = {
  readonly workspace: Workspace;
  readonly letter: string;
  readonly snapshot: string;
  readonly access: { readonly location: string; readonly password: string };
};

async function prepare(): Promise<Scene> {
  const workspace = await makeWorkspace({ inMemory: true });
  const source = await workspace.folder('papers');
  const letter = join(source, 'letter');
  writeFileSync(letter, 'as it was');
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'papers', '--set', `path=${source}`]));
  const { snapshot } = expectDone(await workspace.here(['protect', 'papers', '--json'])).json(protectResultSchema);
  writeFileSync(letter, 'as an incident has left it');
  return { workspace, letter, snapshot, access: { location: workspace.repository, password: workspace.password } };
}

async function rollBack({ client }: Connected, { access, snapshot }: Scene) {
  const asked = { repository: access, selections: [{ snapshot }], target: null, overwrite: 'always' as const };
  const { id } = await client.restoreRuns.create({ ...asked, protectFirst: true });
  return { id, events: await client.restoreRuns.start({ run: id, repository: access }) };
}

test('what is rolled back was protected before, and can be had again once nothing can be undone any more', async () => {
  const scene = await prepare();
  await using _ = scene.workspace;
  await using connected = await connect(scene.workspace);
  const { client } = connected;
  const { id, events } = await rollBack(connected, scene);
  const { result } = (await toTheEnd(events)).result;
  expect(result.state).toBe('done');
  expect(readFileSync(scene.letter, 'utf8')).toBe('as it was');
  const safety = result.steps.find((step) => step.id === 'safety');
  expect(safety?.detail).toMatch(/^Snapshot [0-9a-f]{8} of papers, complete$/);
  await client.restoreRuns.close({ run: id });

  const [kept] = (safety?.result?.['snapshots'] ?? []) as string[];
  const target = scene.workspace.path('back');
  const asked = { repository: scene.access, selections: [`${kept}:${scene.letter}`], target };
  await toTheEnd(await client.recovery.restore(asked));
  expect(readFileSync(join(target, scene.letter), 'utf8')).toBe('as an incident has left it');
});

test('where nothing is there any more, nothing keeps the restore from being made', async () => {
  const scene = await prepare();
  await using _ = scene.workspace;
  rmSync(scene.letter);
  await using connected = await connect(scene.workspace);
  const { result } = (await toTheEnd((await rollBack(connected, scene)).events)).result;
  expect(result.steps.find((step) => step.id === 'safety')).toMatchObject({ detail: 'Nothing there of papers' });
  expect(readFileSync(scene.letter, 'utf8')).toBe('as it was');
});

test('what could not be protected is not written to', async () => {
  const scene = await prepare();
  await using _ = scene.workspace;
  const hooks = ['--set', 'before=/bin/false', '--set', 'hooks-required=yes'];
  expectDone(await scene.workspace.here(['source', 'set', 'papers', ...hooks]));
  await using connected = await connect(scene.workspace);
  const { id, events } = await rollBack(connected, scene);
  await expect(toTheEnd(events)).rejects.toMatchObject({ code: 'HOOK_FAILED' });
  expect(readFileSync(scene.letter, 'utf8')).toBe('as an incident has left it');
  expect(await connected.client.restoreRuns.get({ run: id })).toMatchObject({ state: 'failed' });
});

test('a command does the same, of the original place alone', async () => {
  const scene = await prepare();
  await using _ = scene.workspace;
  const restore = ['restore', 'latest', '--source', 'papers', '--overwrite', 'always', '--protect-first'];
  expect(await scene.workspace.here([...restore, '--to', scene.workspace.path('out')])).toMatchObject({ code: 2 });
  const done = expectDone(await scene.workspace.here([...restore, '--in-place']));
  expect(done.stderr).toMatch(/Snapshot [0-9a-f]{8} of papers, complete\./);
  expect(readFileSync(scene.letter, 'utf8')).toBe('as it was');
  mkdirSync(scene.workspace.path('later'));
  const later = scene.workspace.path('later');
  expectDone(await scene.workspace.here(['restore', 'latest', '--source', 'papers', '--to', later]));
  expect(readFileSync(join(later, scene.letter), 'utf8')).toBe('as an incident has left it');
});
