/** Git repositories given back to GitHub: made through its API, pushed, with their default branch. */
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

async function trunk(scene: GitScene) {
  const upstream = await scene.upstream('app');
  await upstream.git('branch', '--move', 'main', 'trunk');
  await upstream.git('branch', 'another');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  await scene.mirror(upstream, 'octo', 'tools');
  return { upstream, bare, snapshot: await scene.protect() };
}

function github(scene: GitScene, name?: string) {
  return { kind: 'github' as const, api: scene.hub.github.api, owner: 'target', ...(name !== undefined && { name }) };
}

test('all of a snapshot go to repositories that are made for them, private, with their default branch', async () => {
  await using scene = await makeGitScene();
  const { bare, snapshot } = await trunk(scene);
  const input = { snapshot, paths: null, target: github(scene), access: { token: scene.token } };
  const planned = await scene.restore({ ...input, dryRun: true });
  expect(planned.repositories.map(({ name, state, created }) => [name, state, created])).toEqual([
    ['octo/app', 'planned', true],
    ['octo/tools', 'planned', true],
  ]);
  expect(() => scene.hub.github.repository('target', 'app')).toThrow('there is no repository');

  const restored = await scene.restore(input);
  expect(restored.result).toMatchObject({ issues: [], repositories: { done: 2 } });
  expect(restored.repositories).toMatchObject([
    { state: 'done', created: true, head: { name: 'refs/heads/trunk', set: true } },
    { state: 'done', created: true },
  ]);
  const { cloneUrl, path } = scene.hub.github.repository('target', 'app');
  expect(await scene.refs(cloneUrl)).toEqual(await scene.refs(bare));
  expect(await scene.git('-C', path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  expect((await scene.hub.git(['ls-remote', cloneUrl])).code).not.toBe(0);
});

test('a repository that is there is used, and its default branch set to that of the snapshot', async () => {
  await using scene = await makeGitScene();
  const { upstream, bare, snapshot } = await trunk(scene);
  const repository = scene.hub.github.createRepository('target', 'again');
  repository.pushLocally(upstream.folder, ['+another:refs/heads/another']);
  expect(await scene.git('-C', repository.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/another');
  const input = { snapshot, paths: ['octo/app'], access: { token: scene.token } };
  const restored = await scene.restore({ ...input, target: github(scene, 'again') });
  expect(restored.repositories).toMatchObject([{ state: 'done', created: false, head: { set: true } }]);
  expect(await scene.git('-C', repository.path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  expect(await scene.refs(repository.cloneUrl)).toEqual(await scene.refs(bare));
});

test('a token that may not make repositories is refused in words, and nothing is made', async () => {
  await using scene = await makeGitScene();
  const { snapshot } = await trunk(scene);
  const access = { token: scene.hub.github.addToken({ scopes: 'read' }) };
  const restored = await scene.restore({ snapshot, paths: ['octo/app'], target: github(scene), access });
  expect(restored.repositories).toMatchObject([{ state: 'failed' }]);
  expect(restored.result.issues[0]?.code).toMatch(/^GITHUB_/);
  expect(() => scene.hub.github.repository('target', 'app')).toThrow('there is no repository');
  const without = scene.restore({ snapshot, paths: ['octo/app'], target: github(scene) });
  await expect(without).rejects.toThrow('GitHub asks for a token');
});
