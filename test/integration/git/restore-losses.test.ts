/** What a restore must never cost: refs of the target that nobody asked to lose, files beside its folder, a secret. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

afterEach(() => void vi.unstubAllEnvs());

function deleting(scene: GitScene, snapshot: string, url: string) {
  const target = { kind: 'url' as const, url };
  return { snapshot, paths: ['octo/app'], target, access: { token: scene.token }, deletes: true };
}

test('a ref that the snapshot names and has no objects of stays at the target, also where others are to be deleted', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const tip = await upstream.git('rev-parse', 'HEAD');
  const refs = [
    ['refs/heads/main', tip],
    ['refs/heads/release', 'a'.repeat(40)],
  ];
  writeFileSync(
    bare.replace(/\.git$/, '.meta/refs.json'),
    JSON.stringify({ version: 1, head: 'refs/heads/main', refs }),
  );
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'app').cloneUrl;
  const theirs = { cwd: upstream.folder, token: scene.token };
  await scene.hub.mustGit(['push', '--quiet', url, 'main'], theirs);
  await scene.hub.mustGit(['push', '--quiet', url, 'main:release', 'main:theirs'], theirs);
  const restored = await scene.restore(deleting(scene, snapshot, url));
  expect([...(await scene.refs(url)).keys()]).toEqual(['refs/heads/main', 'refs/heads/release']);
  expect(restored.repositories).toMatchObject([{ state: 'partial' }]);
  expect(restored.repositories[0]?.refs).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: 'refs/heads/release', result: 'failed' }),
      expect.objectContaining({ name: 'refs/heads/theirs', action: 'delete', result: 'done' }),
    ]),
  );
  expect(restored.repositories[0]?.refs).toHaveLength(3);
});

test('from a repository that has no refs in the snapshot nothing is deleted at the target', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  writeFileSync(bare.replace(/\.git$/, '.meta/refs.json'), JSON.stringify({ version: 1, head: null, refs: [] }));
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'app').cloneUrl;
  const theirs = { cwd: upstream.folder, token: scene.token };
  await scene.hub.mustGit(['push', '--quiet', url, 'main'], theirs);
  await scene.hub.mustGit(['push', '--quiet', url, 'main:theirs'], theirs);
  const restored = await scene.restore(deleting(scene, snapshot, url));
  expect([...(await scene.refs(url)).keys()]).toEqual(['refs/heads/main', 'refs/heads/theirs']);
  expect(restored.repositories).toMatchObject([{ state: 'empty', refs: [{ action: 'leave' }, { action: 'leave' }] }]);
});

test('an address with a secret in it is refused before anything remembers it', async () => {
  await using scene = await makeGitScene();
  await scene.mirror(await scene.upstream('app'), 'octo', 'app');
  const snapshot = await scene.protect();
  const { client } = scene.connected;
  const url = 'https://ada:ghp_secretInAnAddress@git.example.org/{name}.git';
  await expect(scene.restore({ snapshot, paths: null, target: { kind: 'url', url } })).rejects.toMatchObject({
    message: expect.stringContaining('holds a secret') as string,
  });
  const { jobs } = await client.jobs.list({});
  expect(JSON.stringify(jobs)).not.toContain('ghp_secretInAnAddress');
});

test('a checked-out folder holds what the snapshot holds, whatever attributes this account has', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await upstream.commit('text', 'one\ntwo\n');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const home = await scene.hub.workspace.folder('account');
  mkdirSync(join(home, '.config', 'git'), { recursive: true });
  writeFileSync(join(home, '.config', 'git', 'attributes'), '* text eol=crlf\n');
  vi.stubEnv('HOME', home);
  const path = scene.hub.workspace.path('out');
  await scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'checkout', path } });
  expect(readFileSync(join(path, 'text'), 'utf8')).toBe('one\ntwo\n');
});
