/** Repositories that few have: of SHA-256 objects, and with refs whose names are no text. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GitProcess } from '../../../electron/engine/recovery/git/git-process.ts';
import { pushRefs } from '../../../electron/engine/recovery/git/push.ts';
import { verifyMirror } from '../../../electron/engine/sources/git/verify.ts';
import { startGitServer } from '../../support/git-server.ts';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';
import { git, makeUpstream } from '../../support/upstream.ts';

const id = /^[0-9a-f]{64}$/;

test('a repository of SHA-256 objects is mirrored, followed, and keeps what is lost, from its first copy on', async () => {
  await using upstream = await makeUpstream({ objectFormat: 'sha256' });
  expect(await upstream.update()).toMatchObject({ refs: 0, problems: [] });
  const one = await upstream.commit('main', { a: '1' });
  expect(one).toMatch(id);
  expect(await upstream.update()).toMatchObject({ refs: 1, head: 'refs/heads/main', problems: [] });
  await upstream.commit('main', { a: '2' }, null);
  const { lost } = await upstream.update();
  expect(lost).toMatchObject([{ ref: 'refs/heads/main', kind: 'forced', from: one, commits: 1 }]);
  expect(await upstream.inMirror('rev-parse', lost[0]?.keptAs ?? '')).toBe(one);
  const { signal } = new AbortController();
  expect(await verifyMirror(upstream.mirror, { full: true, signal })).toEqual({ ok: true, problems: [] });
});

/** A server that may be pushed to, with one empty repository. */
async function target(scene: GitScene, format: 'sha1' | 'sha256') {
  const root = await scene.hub.workspace.folder('target');
  const server = await startGitServer({ root, configuration: { 'http.receivepack': 'true' } });
  const bare = join(root, 'app.git');
  mkdirSync(bare);
  await git(bare, ['init', '--quiet', '--bare', '--initial-branch=main', `--object-format=${format}`, '.']);
  return { bare, url: server.url('app.git'), [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test('a repository of SHA-256 objects is looked into, and given back to a server, to folders and as a bundle', async () => {
  await using scene = await makeGitScene();
  const bare = join(scene.mirrors, 'octo', 'app.git');
  mkdirSync(bare, { recursive: true });
  await git(bare, ['init', '--quiet', '--bare', '--initial-branch=main', '--object-format=sha256', '.']);
  const tree = await git(
    bare,
    ['mktree'],
    `100644 blob ${await git(bare, ['hash-object', '-w', '--stdin'], 'one')}\tfile\n`,
  );
  const commit = await git(bare, ['commit-tree', '-m', 'First', tree]);
  await git(bare, ['update-ref', 'refs/heads/main', commit]);
  mkdirSync(join(scene.mirrors, 'octo', 'app.meta'));
  const manifest = { version: 1, head: 'refs/heads/main', refs: [['refs/heads/main', commit]] };
  writeFileSync(join(scene.mirrors, 'octo', 'app.meta', 'refs.json'), JSON.stringify(manifest));
  const snapshot = await scene.protect();
  const { client } = scene.connected;
  const at = { repository: scene.access, snapshot, path: 'octo/app', at: 'main' };
  expect((await client.git.commits(at)).commits).toMatchObject([{ id: commit, subject: 'First' }]);
  await using server = await target(scene, 'sha256');
  const done = [{ state: 'done', verified: { sound: true, otherRefs: [] } }];
  const to = { snapshot, paths: ['octo/app'] };
  expect((await scene.restore({ ...to, target: { kind: 'url', url: server.url } })).repositories).toMatchObject(done);
  expect(await git(server.bare, ['rev-parse', 'main'])).toBe(commit);
  for (const kind of ['bare', 'checkout', 'bundle'] as const) {
    const path = scene.hub.workspace.path('out', kind);
    expect((await scene.restore({ ...to, target: { kind, path } })).repositories, kind).toMatchObject(done);
  }
});

test('refs whose names are no text are given back to a server, and nothing there is overwritten unseen', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  const one = await upstream.git('rev-parse', 'HEAD');
  const two = await upstream.commit('two', '2\n');
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const names = ['refs/heads/\xff"#;', 'refs/heads/\xfe/deep', 'refs/tags/\xfd'];
  const put = (folder: string, refs: readonly (readonly [string, string])[]): Promise<string> => {
    const lines = refs.map(([name, to]) => `update ${name}\0${to}\0\0`).join('');
    return git(folder, ['update-ref', '-z', '--stdin'], Buffer.from(lines, 'latin1'));
  };
  await put(
    bare,
    names.map((name) => [name, two] as const),
  );
  const shown = names.map((name) =>
    name.replace(/[\x80-\xff]/g, (byte) => String.raw`\x${byte.charCodeAt(0).toString(16)}`),
  );
  const refs = [['refs/heads/main', two], ...shown.map((name) => [name, two])];
  writeFileSync(
    bare.replace(/\.git$/, '.meta/refs.json'),
    JSON.stringify({ version: 1, head: 'refs/heads/main', refs }),
  );
  const snapshot = await scene.protect();
  await using server = await target(scene, 'sha1');
  const theirs = await scene.upstream('theirs');
  await scene.git('-C', server.bare, 'fetch', '--quiet', theirs.folder, 'main');
  await scene.git('-C', server.bare, 'fetch', '--quiet', upstream.folder, 'main');
  const foreign = await theirs.git('rev-parse', 'HEAD');
  await put(server.bare, [
    [names[0] ?? '', one],
    [names[1] ?? '', foreign],
    ['refs/heads/\xfc', one],
  ]);
  const restore = (more: object) =>
    scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'url', url: server.url }, ...more });
  const held = await restore({});
  expect(held.repositories[0]?.refs.map(({ name, action, result }) => [name, action, result])).toEqual(
    [
      ['refs/heads/main', 'create', 'done'],
      [shown[1], 'overwrite', 'heldBack'],
      [shown[0], 'fast-forward', 'done'],
      ['refs/heads/\\xfc', 'leave', 'done'],
      [shown[2], 'create', 'done'],
    ].toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
  const all = await restore({ overwrite: true, deletes: true });
  expect(all.repositories).toMatchObject([{ state: 'done', verified: { sound: true, otherRefs: [] } }]);
  const listed = (await git(server.bare, ['for-each-ref', '--format=%(objectname)'])).split('\n');
  expect(listed).toEqual([two, two, two, two]);
  // It has moved since it was seen.
  const pushing = new GitProcess({ folder: bare, signal: new AbortController().signal });
  const outdated = { name: shown[0] ?? '', action: 'overwrite' as const, from: one, to: one };
  const { value } = await pushRefs(pushing, server.url, [outdated], null).next();
  expect(value).toEqual([{ name: shown[0], problem: expect.stringContaining('stale info') as string }]);
});
