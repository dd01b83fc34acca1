/** An organisation protected by command, as an operator would: a real Git server, a real repository, one process each. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitHistory } from '../../support/git-history.ts';
import { mustRun } from '../../support/processes.ts';
import { makeOrganisationScene as makeScene } from '../../support/organisation.ts';

const small = { commits: 20, refs: 4 };

test('an organisation becomes one tree of mirrors that can be cloned as they lie, and unchanged it costs nothing', async () => {
  await using scene = await makeScene();
  const { workspace, github } = scene;
  await makeGitHistory(scene.add('api'), { ...small, seed: 1 });
  await makeGitHistory(scene.add('web', 'trunk'), { ...small, seed: 2, defaultBranch: 'trunk' });
  scene.add('empty');
  github.repository('acme', 'api').touch();
  github.repository('acme', 'web').touch();
  const first = await scene.protect();
  expect(first).toMatchObject({ status: 'complete', source: 'acme', issues: [] });
  expect(first.items.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/acme/api.git', '/acme/empty.git', '/acme/web.git']),
  );
  const folder = join(workspace.home, 'holdfast', 'mirrors', 'acme');
  await mustRun('git', ['clone', '--quiet', '--no-hardlinks', join(folder, 'web.git'), workspace.path('clone')]);
  const { stdout: branch } = await mustRun('git', ['-C', workspace.path('clone'), 'branch', '--show-current']);
  expect(branch.trim()).toBe('trunk');
  const again = await scene.protect();
  expect(again).toMatchObject({ status: 'complete', files: { new: 0, changed: 0 }, addedBytes: 0 });
  await workspace.mustRestic(['check', '--read-data']);
  // Restored by the stock tool alone, it is the repository it was.
  await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('back')]);
  const { stdout: is } = await mustRun('git', ['-C', workspace.path('back', 'acme', 'api.git'), 'show-ref']);
  const { stdout: was } = await mustRun('git', ['-C', github.repository('acme', 'api').path, 'show-ref']);
  expect(is).toBe(was);
});

test('one bad repository is named and makes the run partial, and the others are there', async () => {
  await using scene = await makeScene();
  await makeGitHistory(scene.add('api'), small);
  await makeGitHistory(scene.add('web'), small);
  for (const name of ['api', 'web']) scene.github.repository('acme', name).touch();
  using _fault = scene.github.fault({ path: /acme\/web\.git/ }, { status: 500 });
  const result = await scene.protect(3);
  expect(result.status).toBe('partial');
  expect(result.issues.map(({ path }) => path)).toEqual(['/acme/web.git']);
  expect(result.items.filter(({ complete }) => !complete).map(({ path }) => path)).toEqual(['/acme/web.git']);
});

test('the token is nowhere after a run that failed', async () => {
  await using scene = await makeScene();
  await makeGitHistory(scene.add('api'), small);
  scene.github.repository('acme', 'api').touch();
  using _fault = scene.github.fault({ path: /acme\/api\.git/ }, { status: 403 });
  const { stdout, stderr } = await scene.workspace.holdfast(['protect', 'acme', '--json'], { env: scene.env });
  const secrets = [scene.token, Buffer.from(`x-access-token:${scene.token}`).toString('base64')];
  for (const secret of secrets) {
    expect(stdout + stderr).not.toContain(secret);
    expect(filesHolding(scene.workspace.root, secret)).toEqual([]);
  }
});

function filesHolding(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file).includes(text));
}
