/** What was, after it was lost upstream: found in the snapshots, looked at, and given back as it was. */
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene, type Upstream } from '../../support/git-scene.ts';

async function protectedTwice(scene: GitScene, change: (upstream: Upstream, bare: string) => Promise<void>) {
  const upstream = await scene.upstream('app');
  await upstream.commit('one', '1\n');
  await upstream.git('checkout', '--quiet', '-b', 'feature');
  await upstream.commit('two', '2\n');
  await upstream.commit('three', '3\n');
  await upstream.git('checkout', '--quiet', 'main');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const before = await scene.refs(bare);
  const first = await scene.protect();
  await change(upstream, bare);
  const second = await scene.protect();
  return { upstream, bare, before, first, second };
}

/** As a mirror does before it lets a ref go. */
async function keep(
  scene: GitScene,
  bare: string,
  lost: { ref: string; from: string; to: string | null; commits: number },
) {
  const keptAs = `refs/holdfast/lost/1/${lost.ref}`;
  await scene.git('-C', bare, 'update-ref', keptAs, lost.from);
  const kind = lost.to === null ? 'deleted' : 'forced';
  const line = { at: '2026-10-01T00:00:00.000Z', kind, ...lost, keptAs };
  appendFileSync(join(bare.replace(/\.git$/, '.meta'), 'history.jsonl'), `${JSON.stringify(line)}\n`);
  return keptAs;
}

async function restoreTo(scene: GitScene, snapshot: string, name: string, path = 'octo/app') {
  const url = scene.hub.github.createRepository('target', name).cloneUrl;
  const restored = await scene.restore({
    snapshot,
    paths: [path],
    target: { kind: 'url', url },
    access: { token: scene.token },
  });
  expect(restored.repositories).toMatchObject([{ state: 'done' }]);
  return scene.refs(url);
}

test('after a forced push upstream the refs are those of the day, what was lost is named, and one branch comes back alone', async () => {
  await using scene = await makeGitScene();
  let keptAs = '';
  const { before, first, second, bare } = await protectedTwice(scene, async (upstream, mirror) => {
    const from = await upstream.git('rev-parse', 'feature');
    await upstream.git('checkout', '--quiet', 'feature');
    await upstream.git('reset', '--quiet', '--hard', 'main');
    const to = await upstream.commit('instead', 'x\n');
    keptAs = await keep(scene, mirror, { ref: 'refs/heads/feature', from, to, commits: 2 });
    await scene.mirror(upstream, 'octo', 'app');
  });
  expect(await restoreTo(scene, first, 'then')).toEqual(before);
  const now = await scene.refs(bare);
  now.delete(keptAs);
  expect(await restoreTo(scene, second, 'now')).toEqual(now);

  const { client } = scene.connected;
  const at = { repository: scene.access, path: 'octo/app' };
  const compared = await client.git.compare({ ...at, snapshot: first, after: second });
  expect(compared.changes).toMatchObject([
    { name: 'refs/heads/feature', kind: 'moved', lost: { kind: 'forced', keptAs, commits: 2 } },
  ]);
  const lost = await client.git.commits({ ...at, snapshot: second, at: keptAs, lostOnly: true });
  expect(lost.commits.map(({ subject }) => subject)).toEqual(['Change three', 'Change two']);

  // Back on the repository that has gone on, beside what it has, then in its place.
  const { cloneUrl: url } = scene.hub.github.repository('target', 'now');
  const input = {
    snapshot: second,
    paths: ['octo/app'],
    target: { kind: 'url' as const, url },
    access: { token: scene.token },
  };
  await scene.restore({ ...input, refs: [{ from: keptAs, to: 'refs/heads/rescued' }] });
  expect(await scene.refs(url)).toEqual(new Map([...now, ['refs/heads/rescued', lost.at] as const]));
  const held = await scene.restore({ ...input, refs: [{ from: keptAs }] });
  expect(held.repositories[0]?.refs).toMatchObject([
    { name: 'refs/heads/feature', action: 'overwrite', result: 'heldBack' },
  ]);
  await scene.restore({ ...input, refs: [{ from: keptAs }], overwrite: true });
  expect((await scene.refs(url)).get('refs/heads/feature')).toBe(before.get('refs/heads/feature'));
});

test('after a branch was deleted and the default branch renamed upstream, both come back as they were', async () => {
  await using scene = await makeGitScene();
  const { before, first, second } = await protectedTwice(scene, async (upstream, bare) => {
    const from = await upstream.git('rev-parse', 'feature');
    await keep(scene, bare, { ref: 'refs/heads/feature', from, to: null, commits: 2 });
    await upstream.git('branch', '-D', 'feature');
    await upstream.git('branch', '--move', 'main', 'trunk');
    await scene.mirror(upstream, 'octo', 'app');
  });
  expect(await restoreTo(scene, first, 'then')).toEqual(before);
  const compared = await scene.connected.client.git.compare({
    repository: scene.access,
    snapshot: first,
    after: second,
    path: 'octo/app',
  });
  expect(compared.head).toEqual({ from: 'refs/heads/main', to: 'refs/heads/trunk' });
  expect(compared.changes.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'deleted refs/heads/feature',
    'deleted refs/heads/main',
    'created refs/heads/trunk',
  ]);
  const path = scene.hub.workspace.path('out.git');
  await scene.restore({ snapshot: second, paths: ['octo/app'], target: { kind: 'bare', path } });
  expect(await scene.git('-C', path, 'symbolic-ref', 'HEAD')).toBe('refs/heads/trunk');
  expect([...(await scene.refs(path)).keys()]).toEqual(['refs/heads/trunk']);
});

test('after a repository was deleted upstream it is in the snapshots before, whole', async () => {
  await using scene = await makeGitScene();
  const { before, first, second } = await protectedTwice(scene, async (_upstream, bare) => {
    rmSync(bare, { recursive: true });
    rmSync(bare.replace(/\.git$/, '.meta'), { recursive: true });
  });
  const { client } = scene.connected;
  const now = await client.git.repositories({ repository: scene.access, snapshot: second });
  expect(now.repositories).toEqual([]);
  expect(await restoreTo(scene, first, 'again')).toEqual(before);
});

test('after a repository was renamed upstream it is compared and given back under either name', async () => {
  await using scene = await makeGitScene();
  const { before, first, second } = await protectedTwice(scene, async (upstream, bare) => {
    rmSync(bare, { recursive: true });
    rmSync(bare.replace(/\.git$/, '.meta'), { recursive: true });
    await upstream.commit('four', '4\n');
    await scene.mirror(upstream, 'octo', 'application');
  });
  expect(await restoreTo(scene, first, 'old')).toEqual(before);
  const compared = await scene.connected.client.git.compare({
    repository: scene.access,
    snapshot: first,
    path: 'octo/app',
    after: second,
    afterPath: 'octo/application',
  });
  expect(compared.changes).toMatchObject([
    { name: 'refs/heads/main', kind: 'moved', from: before.get('refs/heads/main') },
  ]);
  expect((await restoreTo(scene, second, 'new', 'octo/application')).get('refs/heads/main')).toBe(
    compared.changes[0]?.to,
  );
});
