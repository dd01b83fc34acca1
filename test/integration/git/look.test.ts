/** The browser of Git repositories in snapshots: lists, refs, commits, folders and files, of bytes that may be anything. */
import { chmodSync, existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';
import { mustRun } from '../../support/processes.ts';

function at(scene: GitScene, snapshot: string, path = 'octo/app') {
  return { repository: scene.access, snapshot, path };
}

test('repositories and their refs are listed without unpacking anything', async () => {
  await using scene = await makeGitScene();
  const { client } = scene.connected;
  const upstream = await scene.upstream('app');
  await upstream.git('tag', '--annotate', '--message=One', 'v1');
  await upstream.git('branch', 'feature/x');
  for (const name of ['app', 'tools', 'site']) await scene.mirror(upstream, name === 'site' ? 'other' : 'octo', name);
  const snapshot = await scene.protect();
  const listed = await client.git.repositories({ repository: scene.access, snapshot: 'latest', source: 'mirrors' });
  expect(listed).toMatchObject({ snapshot, total: 3, matching: 3, whole: true });
  expect(listed.repositories.map(({ name, head, branches, tags, lost }) => [name, head, branches, tags, lost])).toEqual(
    [
      ['octo/app', 'refs/heads/main', 2, 1, 0],
      ['octo/tools', 'refs/heads/main', 2, 1, 0],
      ['other/site', 'refs/heads/main', 2, 1, 0],
    ],
  );
  const second = await client.git.repositories({
    repository: scene.access,
    snapshot,
    from: 1,
    limit: 1,
    filter: 'OCTO',
  });
  expect(second).toMatchObject({ total: 3, matching: 2, repositories: [{ name: 'octo/tools' }] });
  const refs = await client.git.refs(at(scene, snapshot, 'other/site'));
  expect(refs.refs.map(({ name }) => name)).toEqual(['refs/heads/feature/x', 'refs/heads/main', 'refs/tags/v1']);
  expect(refs.head).toBe('refs/heads/main');
  expect(existsSync(scene.hub.workspace.path('home', 'holdfast', 'cache', 'git'))).toBe(false);

  await expect(client.git.refs(at(scene, snapshot, 'octo/none'))).rejects.toThrow('no repository octo/none');
  await expect(client.git.refs(at(scene, snapshot, 'p'))).rejects.toThrow('no repository p');
});

test('commits are shown page by page, also those whose words and names are no UTF-8', async () => {
  await using scene = await makeGitScene();
  const { client } = scene.connected;
  const upstream = await scene.upstream('app');
  for (let number = 1; number <= 5; number++) await upstream.commit('count', `${number}\n`);
  const [tree, parent] = [await upstream.git('rev-parse', 'HEAD^{tree}'), await upstream.git('rev-parse', 'HEAD')];
  const who = '<zoe@example.com> 1700000000 +0200';
  // `git commit` would mend it.
  const raw = `tree ${tree}\nparent ${parent}\nauthor Zo\xeb ${who}\ncommitter Zo\xc3\xab ${who}\n\ncaf\xe9\n\nbody one\nbody two\n`;
  const input = Buffer.from(raw, 'latin1');
  const { stdout } = await mustRun('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    cwd: upstream.folder,
    input,
  });
  await upstream.git('update-ref', 'refs/heads/main', stdout.trim());
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const first = await client.git.commits({ ...at(scene, snapshot), at: 'main', limit: 3 });
  expect(first.more).toBe(true);
  expect(first.commits[0]).toMatchObject({
    author: { name: 'Zo\\xeb', email: 'zoe@example.com', at: '2023-11-15T00:13:20+02:00' },
    committer: { name: 'Zo\u00eb' },
    subject: 'caf\\xe9',
    body: 'body one\nbody two',
  });
  const rest = await client.git.commits({ ...at(scene, snapshot), at: first.at, from: 3 });
  expect(rest.more).toBe(false);
  expect(rest.commits).toHaveLength(4);
  expect(rest.commits.at(-1)?.parents).toEqual([]);
  expect(first.commits[2]?.parents[0]).toBe(rest.commits[0]?.id);
  for (const unknown of ['nowhere', 'a'.repeat(40), '--output=/tmp/x', 'main:count', ':/Change']) {
    await expect(client.git.commits({ ...at(scene, snapshot), at: unknown })).rejects.toThrow('The repository has no');
  }
});

test('folders and files are shown, whatever they are called and hold', async () => {
  await using scene = await makeGitScene();
  const { client } = scene.connected;
  const upstream = await scene.upstream('app');
  await upstream.commit('docs/guide.md', '# Guide\n');
  writeFileSync(join(upstream.folder, 'run.sh'), '#!/bin/sh\n');
  chmodSync(join(upstream.folder, 'run.sh'), 0o755);
  symlinkSync('docs/guide.md', join(upstream.folder, 'link'));
  writeFileSync(join(upstream.folder, 'picture.png'), Buffer.from([0x89, 0x50, 0, 1, 2]));
  writeFileSync(join(upstream.folder, 'long.txt'), 'é line of text\n'.repeat(100_000));
  const oid = 'ab'.repeat(32);
  writeFileSync(
    join(upstream.folder, 'model.bin'),
    `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 1234\n`,
  );
  writeFileSync(Buffer.concat([Buffer.from(`${upstream.folder}/`), Buffer.from([0x66, 0xff, 0x0a])]), 'odd\n');
  await upstream.commit('a', 'a\n');
  const inner = await upstream.git('rev-parse', 'HEAD');
  await upstream.git('update-index', '--add', '--cacheinfo', `160000,${inner},module`);
  await upstream.git('commit', '--quiet', '--message=Module');
  await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const look = { ...at(scene, snapshot), at: 'HEAD' };
  const top = await client.git.tree(look);
  expect(top.entries.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'folder docs',
    'file README',
    'file a',
    'file f\\xff\\x0a',
    'symlink link',
    'file long.txt',
    'file model.bin',
    'submodule module',
    'file picture.png',
    'executable run.sh',
  ]);
  expect((await client.git.tree({ ...look, folder: 'docs' })).entries).toMatchObject([{ name: 'guide.md', size: 8 }]);
  expect((await client.git.tree({ ...look, from: 1, limit: 1 })).entries).toMatchObject([{ name: 'README' }]);
  const read = (file: string) => client.git.file({ ...look, file });
  expect(await read('docs/guide.md')).toMatchObject({ text: '# Guide\n', binary: false, cut: false, lfs: null });
  expect(await read('f\\xff\\x0a')).toMatchObject({ text: 'odd\n' });
  expect(await read('picture.png')).toMatchObject({ binary: true, text: null, size: 5 });
  expect(await read('model.bin')).toMatchObject({ lfs: { id: oid, size: 1234, stored: false } });
  const long = await read('long.txt');
  expect(long).toMatchObject({ cut: true, size: 1_600_000 });
  expect(long.text?.length).toBeLessThanOrEqual(1024 * 1024);
  expect(long.text?.endsWith('é line of text\n')).toBe(true);
  for (const nothing of ['none', 'docs', '../README', 'docs/guide.md/x', 'module'])
    await expect(read(nothing)).rejects.toThrow('holds nothing at');
});

test('a repository of many refs and commits is listed and given back', async () => {
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  const tip = await upstream.git('rev-parse', 'HEAD');
  const history = Array.from({ length: 3000 }, (_, number) => {
    const seconds = 1_700_000_000 + number;
    const parent = number === 0 ? tip : `:${number}`;
    return `commit refs/heads/long\nmark :${number + 1}\ncommitter A <a@example.com> ${seconds} +0000\ndata 1\nx\nfrom ${parent}\n`;
  });
  await mustRun('git', ['fast-import', '--quiet', '--force'], { cwd: upstream.folder, input: history.join('\n') });
  const refs = Array.from({ length: 2000 }, (_, number) => `create refs/tags/t/${number} ${tip}\n`).join('');
  await mustRun('git', ['update-ref', '--stdin'], { cwd: upstream.folder, input: refs });
  const bare = await scene.mirror(upstream, 'octo', 'app');
  const snapshot = await scene.protect();
  const { client } = scene.connected;
  const listed = await client.git.refs({ ...at(scene, snapshot), from: 1000, limit: 1000 });
  expect(listed).toMatchObject({ total: 2002, matching: 2002 });
  expect(listed.refs).toHaveLength(1000);
  const last = await client.git.commits({ ...at(scene, snapshot), at: 'long', from: 2990, limit: 50 });
  expect(last.commits).toHaveLength(11);
  const path = scene.hub.workspace.path('out.git');
  const restored = await scene.restore({ snapshot, paths: ['octo/app'], target: { kind: 'bare', path } });
  expect(restored.repositories).toMatchObject([{ state: 'done' }]);
  expect(await scene.refs(path)).toEqual(await scene.refs(bare));
});
