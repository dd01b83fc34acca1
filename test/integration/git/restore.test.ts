/** Git repositories of snapshots, given back over HTTP and to folders; compared with what they were. */
import { existsSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

/** A repository with branches, tags, a merge and notes, mirrored and protected. */
async function rich(scene: GitScene) {
  const upstream = await scene.upstream('app');
  await upstream.commit('a/one', '1\n');
  await upstream.git('tag', 'light');
  await upstream.git('checkout', '--quiet', '-b', 'feature/x');
  await upstream.commit('two', '2\n');
  await upstream.git('checkout', '--quiet', 'main');
  await upstream.commit('three', '3\n');
  await upstream.git('merge', '--quiet', '--no-ff', '--message=Merge', 'feature/x');
  await upstream.git('tag', '--annotate', '--message=First', 'v1');
  await upstream.git('notes', 'add', '--message=Seen', 'HEAD');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const before = await scene.refs(bare);
  const snapshot = await scene.protect();
  return { upstream, bare, before, snapshot };
}

function urlOf(scene: GitScene, name: string): string {
  return scene.hub.github.createRepository('target', name, { private: true }).cloneUrl;
}

test('a repository is given back to a server with every branch, tag and note, and a fresh clone of it is sound', async () => {
  await using scene = await makeGitScene();
  const { snapshot, before } = await rich(scene);
  const url = urlOf(scene, 'app');
  const restored = await scene.restore({
    snapshot,
    paths: ['octo/app'],
    target: { kind: 'url', url },
    access: { token: scene.token },
  });
  expect(restored.result).toMatchObject({ issues: [], repositories: { done: 1, partial: 0, failed: 0 } });
  expect(restored.repositories[0]).toMatchObject({
    name: 'octo/app',
    state: 'done',
    head: { name: 'refs/heads/main', set: true },
    verified: { otherRefs: [], sound: true, connectivityOnly: false },
  });
  expect(await scene.refs(url)).toEqual(before);
});

test('a dry run says what would become of each ref, and writes nothing', async () => {
  await using scene = await makeGitScene();
  const { upstream, snapshot, before } = await rich(scene);
  const url = urlOf(scene, 'app');
  await upstream.git('branch', 'old', 'main~1');
  const push = ['push', '--quiet', url, 'old:refs/heads/main', 'old:refs/heads/mine', 'light:refs/tags/light'];
  await scene.hub.mustGit([...push], { cwd: upstream.folder, token: scene.token });
  await upstream.git('checkout', '--quiet', '--orphan', 'other');
  await upstream.commit('elsewhere', 'x');
  await scene.hub.mustGit(['push', '--quiet', url, 'other:refs/heads/feature/x'], {
    cwd: upstream.folder,
    token: scene.token,
  });
  const seen = await scene.refs(url);
  const input = {
    snapshot,
    paths: ['octo/app'],
    target: { kind: 'url' as const, url },
    access: { token: scene.token },
  };
  const planned = await scene.restore({ ...input, dryRun: true });
  const actions = Object.fromEntries(planned.repositories[0]?.refs.map(({ name, action }) => [name, action]) ?? []);
  expect(actions).toEqual({
    'refs/heads/feature/x': 'overwrite',
    'refs/heads/main': 'fast-forward',
    'refs/heads/mine': 'leave',
    'refs/notes/commits': 'create',
    'refs/tags/light': 'unchanged',
    'refs/tags/v1': 'create',
  });
  expect(await scene.refs(url)).toEqual(seen);

  const held = await scene.restore(input);
  expect(held.repositories[0]).toMatchObject({ state: 'partial' });
  expect(held.result.issues).toMatchObject([{ code: 'GIT_REF_HELD_BACK' }]);
  const afterwards = await scene.refs(url);
  expect(afterwards.get('refs/heads/feature/x')).toBe(seen.get('refs/heads/feature/x'));
  expect(afterwards.get('refs/heads/main')).toBe(before.get('refs/heads/main'));

  const forced = await scene.restore({ ...input, overwrite: true });
  expect(forced.result).toMatchObject({ issues: [], refs: { overwrite: 1, leave: 1 } });
  const mine = await scene.refs(url);
  expect(mine.get('refs/heads/mine')).toBe(seen.get('refs/heads/mine'));
  mine.delete('refs/heads/mine');
  expect(mine).toEqual(before);

  const cleaned = await scene.restore({ ...input, deletes: true });
  expect(cleaned.result.refs).toMatchObject({ delete: 1, leave: 0 });
  expect(await scene.refs(url)).toEqual(before);
});

test('a bare folder, a checked-out folder and a bundle hold the refs of the snapshot', async () => {
  await using scene = await makeGitScene();
  const { snapshot, before } = await rich(scene);
  const { workspace } = scene.hub;
  for (const kind of ['bare', 'checkout', 'bundle'] as const) {
    const path = workspace.path('out', kind);
    const restored = await scene.restore({ snapshot, paths: ['octo/app'], target: { kind, path } });
    expect(restored.repositories[0]).toMatchObject({ state: 'done', verified: { sound: true, otherRefs: [] } });
    expect(await scene.refs(path)).toEqual(before);
  }
  expect(readFileSync(workspace.path('out', 'checkout', 'a', 'one'), 'utf8')).toBe('1\n');
  expect(await scene.hub.mustGit(['status', '--porcelain'], { cwd: workspace.path('out', 'checkout') })).toBe('');
  expect(readdirSync(workspace.path('out')).toSorted()).toEqual(['bare', 'bundle', 'checkout']);
  const again = scene.restore({
    snapshot,
    paths: ['octo/app'],
    target: { kind: 'bare', path: workspace.path('out', 'bare') },
  });
  expect((await again).result.issues).toMatchObject([{ code: 'TARGET_UNUSABLE' }]);
});

test('a repository comes into no folder of the home, also where a link leads there', async () => {
  await using scene = await makeGitScene();
  const { snapshot } = await rich(scene);
  const { workspace } = scene.hub;
  const link = workspace.path('link');
  symlinkSync(join(workspace.home, 'holdfast'), link);
  for (const kind of ['checkout', 'bundle'] as const) {
    const path = join(link, kind);
    const restored = await scene.restore({ snapshot, paths: ['octo/app'], target: { kind, path } });
    expect(restored.result.issues, kind).toMatchObject([{ code: 'TARGET_UNUSABLE' }]);
    expect(existsSync(path)).toBe(false);
  }
});

test('an empty repository is given back empty, and of it no bundle is promised', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('empty');
  const bare = await scene.mirror(upstream, 'octo', 'empty');
  for (const name of (await scene.refs(bare)).keys()) await scene.git('-C', bare, 'update-ref', '-d', name);
  writeFileSync(
    join(scene.mirrors, 'octo', 'empty.meta', 'refs.json'),
    JSON.stringify({ version: 1, head: 'refs/heads/main', refs: [] }),
  );
  const snapshot = await scene.protect();
  const bundled = await scene.restore({
    snapshot,
    paths: null,
    target: { kind: 'bundle', path: scene.hub.workspace.path('all') },
  });
  expect(bundled.repositories[0]).toMatchObject({ state: 'empty' });
  expect(bundled.repositories[0]?.problem).toContain('a bundle of nothing cannot be made');
  expect(existsSync(scene.hub.workspace.path('all'))).toBe(false);
  const folder = scene.hub.workspace.path('bare.git');
  const made = await scene.restore({ snapshot, paths: ['octo/empty'], target: { kind: 'bare', path: folder } });
  expect(made.repositories[0]).toMatchObject({ state: 'empty' });
  expect(await scene.git('-C', folder, 'rev-parse', '--is-bare-repository')).toBe('true');
  const url = urlOf(scene, 'empty');
  const pushed = await scene.restore({
    snapshot,
    paths: ['octo/empty'],
    target: { kind: 'url', url },
    access: { token: scene.token },
  });
  expect(pushed.repositories[0]).toMatchObject({ state: 'empty' });
});
