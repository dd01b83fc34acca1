/** What was measured to go wrong when Git repositories are given back: one test for each. */
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

function to(scene: GitScene, snapshot: string, url: string, path = 'octo/app') {
  return { snapshot, paths: [path], target: { kind: 'url' as const, url }, access: { token: scene.token } };
}

test('branches that only the target has stay, since nothing is ever pushed as a mirror', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'app').cloneUrl;
  await scene.hub.mustGit(['push', '--quiet', url, 'main:theirs'], { cwd: upstream.folder, token: scene.token });
  const restored = await scene.restore(to(scene, snapshot, url));
  expect(restored.repositories[0]?.refs).toMatchObject([
    { name: 'refs/heads/main', action: 'create', result: 'done' },
    { name: 'refs/heads/theirs', action: 'leave' },
  ]);
  expect([...(await scene.refs(url)).keys()]).toEqual(['refs/heads/main', 'refs/heads/theirs']);
});

test('refs of pull requests and those that are kept here are not pushed, where a server would refuse them all', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const tip = await upstream.git('rev-parse', 'HEAD');
  await scene.git('-C', bare, 'update-ref', 'refs/pull/7/head', tip);
  await scene.git('-C', bare, 'update-ref', 'refs/holdfast/lost/1/refs/heads/main', tip);
  const list = bare.replace(/\.git$/, '.meta/refs.json');
  const refs = [
    ['refs/heads/main', tip],
    ['refs/holdfast/lost/1/refs/heads/main', tip],
    ['refs/pull/7/head', tip],
  ];
  writeFileSync(list, JSON.stringify({ version: 1, head: 'refs/heads/main', refs }));
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'app').cloneUrl;
  const restored = await scene.restore(to(scene, snapshot, url));
  expect(restored.repositories).toMatchObject([{ state: 'done', refs: [{ name: 'refs/heads/main' }] }]);
  expect([...(await scene.refs(url)).keys()]).toEqual(['refs/heads/main']);
  const path = scene.hub.workspace.path('out.git');
  await scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'bare', path } });
  expect([...(await scene.refs(path)).keys()]).toEqual(['refs/heads/main', 'refs/pull/7/head']);
});

test('a ref that moved on the target after it was looked at is not overwritten', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const repository = scene.hub.github.createRepository('target', 'app');
  await upstream.git('checkout', '--quiet', '--orphan', 'other');
  const theirs = await upstream.commit('x', 'x\n');
  // It arrives between the list that the plan is made of and the push.
  const { github } = scene.hub;
  using _held = github.fault({ path: /service=git-receive-pack/ }, { delayMs: 2000, times: 1 });
  const restoring = scene.restore({ ...to(scene, snapshot, repository.cloneUrl), overwrite: true });
  await vi.waitUntil(() => github.log.some(({ path }) => path.includes('service=git-receive-pack')), {
    timeout: 60_000,
  });
  repository.pushLocally(upstream.folder, ['+other:refs/heads/main']);
  const restored = await restoring;
  expect(restored.repositories).toMatchObject([{ state: 'partial', refs: [{ result: 'failed' }] }]);
  expect((await scene.refs(repository.cloneUrl)).get('refs/heads/main')).toBe(theirs);
});

test('large files are at the target before the refs that name them, and what is missing of them is said', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await upstream.git('lfs', 'install', '--local');
  await upstream.git('lfs', 'track', '*.bin');
  await upstream.commit('one.bin', 'first large content');
  await upstream.commit('two.bin', 'second large content');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  cpSync(join(upstream.folder, '.git', 'lfs', 'objects'), join(bare, 'lfs', 'objects'), { recursive: true });
  const whole = await scene.protect();
  const repository = scene.hub.github.createRepository('target', 'app');
  const restored = await scene.restore(to(scene, whole, repository.cloneUrl));
  expect(restored.repositories).toMatchObject([{ state: 'done', lfsObjects: 2 }]);
  const asked = scene.hub.github.log.map(({ method, path }) => `${method} ${path.split('?')[0]}`);
  const lastUpload = asked.findLastIndex((request) => request.startsWith('PUT /storage/lfs/'));
  expect(lastUpload).toBeGreaterThan(-1);
  expect(lastUpload).toBeLessThan(asked.indexOf('POST /target/app.git/git-receive-pack'));

  const checkout = scene.hub.workspace.path('work');
  await scene.restore({ snapshot: whole, paths: ['octo/app'], target: { kind: 'checkout', path: checkout } });
  expect(readFileSync(join(checkout, 'two.bin'), 'utf8')).toBe('second large content');

  const [folder = ''] = readdirSync(join(bare, 'lfs', 'objects'));
  rmSync(join(bare, 'lfs', 'objects', folder), { recursive: true });
  const lacking = await scene.protect();
  const other = scene.hub.github.createRepository('target', 'other').cloneUrl;
  const partial = await scene.restore(to(scene, lacking, other));
  expect(partial.repositories).toMatchObject([{ state: 'partial' }]);
  expect(partial.result.issues).toMatchObject([{ code: 'GIT_LFS_LEFT_OUT' }]);
  expect((await scene.refs(other)).size).toBe(1);
});

test('a damaged pack is never given back as if it were whole', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await upstream.commit('large', Array.from({ length: 20_000 }, (_, line) => `line ${line * 7919}\n`).join(''));
  const bare = await scene.mirror(upstream, 'octo', 'app');
  await scene.git('-C', bare, 'repack', '-a', '-d', '--quiet');
  const packs = join(bare, 'objects', 'pack');
  const pack = readdirSync(packs).find((name) => name.endsWith('.pack')) ?? '';
  chmodSync(join(packs, pack), 0o644);
  const content = readFileSync(join(packs, pack));
  content.fill(0, content.length >> 1, (content.length >> 1) + 100);
  writeFileSync(join(packs, pack), content);
  // The list of refs is as it should be.
  expect(await scene.git('-C', bare, 'show-ref')).toContain('refs/heads/main');
  const snapshot = await scene.protect();
  const url = scene.hub.github.createRepository('target', 'app').cloneUrl;
  const pushed = await scene.restore(to(scene, snapshot, url));
  expect(pushed.repositories[0]?.state).not.toBe('done');
  expect((await scene.refs(url)).size).toBe(0);
  const path = scene.hub.workspace.path('out.git');
  const made = await scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'bare', path } });
  expect(['failed', 'partial']).toContain(made.repositories[0]?.state);
});

test('a token goes to the host of the target alone, not to where that leads on', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const seen: (string | undefined)[] = [];
  const elsewhere = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => elsewhere.once('listening', resolve));
  const { port } = elsewhere.address() as AddressInfo;
  const leading = createServer((request, response) => {
    response.writeHead(301, { location: `http://127.0.0.1:${port}${request.url ?? ''}` }).end();
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => leading.once('listening', resolve));
  const url = `http://127.0.0.1:${(leading.address() as AddressInfo).port}/target/app.git`;
  const restored = await scene.restore(to(scene, snapshot, url));
  expect(restored.result.issues).toMatchObject([{ code: 'GIT_TARGET_REFUSED' }]);
  expect(seen).toEqual([]);
  elsewhere.close();
  leading.close();
});

test('a branch that the server protects is named as refused, and the others are restored', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await upstream.git('branch', 'free');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const repository = scene.hub.github.createRepository('target', 'app');
  await upstream.git('checkout', '--quiet', '--orphan', 'other');
  await upstream.commit('x', 'x\n');
  repository.pushLocally(upstream.folder, ['+other:refs/heads/main']);
  mkdirSync(join(repository.path, 'hooks'), { recursive: true });
  writeFileSync(join(repository.path, 'hooks', 'update'), '#!/bin/sh\ntest "$1" != refs/heads/main\n', { mode: 0o755 });
  const restored = await scene.restore({ ...to(scene, snapshot, repository.cloneUrl), overwrite: true });
  expect(restored.repositories[0]).toMatchObject({
    state: 'partial',
    refs: [
      { name: 'refs/heads/free', result: 'done' },
      { name: 'refs/heads/main', result: 'failed' },
    ],
  });
  expect(restored.repositories[0]?.refs[1]?.problem).toContain('hook declined');
});
