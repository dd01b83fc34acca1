/** What is known to go wrong with mirrors, each measured on real Git. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gitOn } from '../../../electron/engine/sources/git/mirror-git.ts';
import { repackMirror } from '../../../electron/engine/sources/git/repack.ts';
import { verifyMirror } from '../../../electron/engine/sources/git/verify.ts';
import { git, makeUpstream, type Upstream } from '../../support/upstream.ts';

const { signal } = new AbortController();

function packsOf({ mirror }: Upstream): readonly string[] {
  return readdirSync(join(mirror, 'objects', 'pack')).filter((name) => name.endsWith('.pack'));
}

test('refs of ours survive every fetch, and history that no ref of the server leads to survives every repack', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const lost = await upstream.commit('main', { a: '2' });
  await upstream.update();
  await upstream.inMirror('update-ref', 'refs/holdfast/of-ours', one);
  await upstream.commit('main', { a: '3' }, one);
  await upstream.update();
  // Not even a ref of ours leads to it now.
  await upstream.inMirror('update-ref', '-d', 'refs/holdfast/lost/1/refs/heads/main');
  await repackMirror(gitOn({ folder: upstream.mirror, signal }), { isForced: true });
  await upstream.commit('main', { a: '4' });
  await upstream.update();
  expect(await upstream.inMirror('cat-file', '-t', lost)).toBe('commit');
  expect(await upstream.inMirror('rev-parse', 'refs/holdfast/of-ours')).toBe(one);
});

test('each fetch adds one pack, and packs are joined now and then', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '0' });
  await upstream.update();
  let most = 0;
  for (let run = 1; run <= 22; run += 1) {
    await upstream.commit('main', { a: `${run}` });
    await upstream.update();
    most = Math.max(most, packsOf(upstream).length);
  }
  expect(most).toBeGreaterThan(10);
  expect(packsOf(upstream).length).toBeLessThan(10);
  expect(readdirSync(join(upstream.mirror, 'objects')).filter((name) => name.length === 2)).toEqual([]);
  expect(await verifyMirror(upstream.mirror, { full: true, signal })).toEqual({ ok: true, problems: [] });
  expect(await upstream.inMirror('rev-list', '--count', 'main')).toBe('23');
});

test('the default branch follows a rename, also where an API has to name it', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.update();
  await upstream.git('branch', '--move', 'main', 'trunk');
  await upstream.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
  expect((await upstream.update()).head).toBe('refs/heads/trunk');
  expect(readFileSync(join(upstream.mirror, 'HEAD'), 'utf8')).toBe('ref: refs/heads/trunk\n');
  // The refs are as they were.
  await upstream.git('update-ref', 'refs/heads/stable', one);
  await upstream.update();
  await upstream.git('symbolic-ref', 'HEAD', 'refs/heads/stable');
  expect(await upstream.update()).toMatchObject({ head: 'refs/heads/stable', changed: true });
  expect(await upstream.inMirror('rev-parse', 'HEAD')).toBe(one);
  writeFileSync(join(upstream.bare, 'HEAD'), `${one}\n`);
  expect((await upstream.update({ head: 'trunk' })).head).toBe('refs/heads/trunk');
  expect((await upstream.update()).head).toBeNull();
});

test('an empty repository is mirrored, with no refs, and so is one that becomes empty', async () => {
  await using upstream = await makeUpstream();
  const nothing = { head: null, refs: 0, lost: [], problems: [] };
  expect(await upstream.update()).toEqual({ ...nothing, changed: true });
  expect(await upstream.update()).toEqual({ ...nothing, changed: false });
  const one = await upstream.commit('main', { a: '1' });
  expect(await upstream.update()).toMatchObject({ head: 'refs/heads/main', refs: 1 });
  await upstream.git('update-ref', '-d', 'refs/heads/main');
  expect(await upstream.update()).toMatchObject({ refs: 0, lost: [{ from: one, commits: 1 }] });
});

test('a damaged pack is found by the check after the next fetch, though all refs can be listed', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: 'x'.repeat(5_000) });
  await upstream.update();
  const pack = join(upstream.mirror, 'objects', 'pack', packsOf(upstream)[0] ?? '');
  const bytes = readFileSync(pack);
  bytes.fill(0, 12, bytes.length - 20);
  rmSync(pack);
  writeFileSync(pack, bytes);
  expect(await upstream.inMirror('show-ref')).toContain('refs/heads/main');
  expect(await verifyMirror(upstream.mirror, { full: false, signal })).toMatchObject({ ok: false });
  expect(await verifyMirror(upstream.mirror, { full: true, signal })).toMatchObject({ ok: false });
  await upstream.commit('other', { b: '1' }, null);
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_MIRROR_DAMAGED' });
});

test('a mirror without its head is damaged, and nothing is done to a repository around it', async () => {
  await using upstream = await makeUpstream();
  await git(upstream.workspace.root, ['init', '--quiet']);
  await upstream.commit('main', { a: '1' });
  await upstream.update();
  rmSync(join(upstream.mirror, 'HEAD'));
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_MIRROR_DAMAGED' });
  expect(await git(upstream.workspace.root, ['for-each-ref'])).toBe('');
});

test.runIf(process.getuid?.() === 0)(
  'a mirror that belongs to another account is read and written all the same',
  async () => {
    await using upstream = await makeUpstream();
    await upstream.commit('main', { a: '1' });
    await upstream.update();
    for (const name of ['', 'HEAD', 'config', 'objects', 'refs']) chownSync(join(upstream.mirror, name), 65534, 65534);
    await expect(upstream.inMirror('show-ref')).rejects.toThrow('dubious ownership');
    await upstream.commit('main', { a: '2' });
    expect(await upstream.update()).toMatchObject({ changed: true, problems: [] });
  },
);

test('a first copy that fails leaves nothing, and an outage leaves what is there', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const breakOff = (): void =>
    upstream.server.fail((request, response) => {
      if (request.method !== 'POST') return false;
      response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-result' });
      response.write('0011shallow: ');
      response.destroy();
      return true;
    });
  breakOff();
  await expect(upstream.update()).rejects.toMatchObject({ code: expect.stringMatching(/^GIT_/) as string });
  expect(existsSync(upstream.mirror)).toBe(false);
  expect(readdirSync(upstream.work)).toEqual([]);
  upstream.server.fail(null);
  await upstream.update();
  await upstream.commit('main', { a: '2' });
  breakOff();
  await expect(upstream.update()).rejects.toMatchObject({ code: expect.stringMatching(/^GIT_/) as string });
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(one);
  renameSync(upstream.bare, `${upstream.bare}.away`);
  upstream.server.fail(null);
  await expect(upstream.update()).rejects.toMatchObject({ code: 'GIT_NOT_FOUND' });
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(one);
});

test('locks and half files that a killed run has left keep no later one back, and go', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  await upstream.update();
  const left = [
    'packed-refs.lock',
    'HEAD.lock',
    'refs/heads/main.lock',
    'objects/pack/tmp_pack_x',
    'objects/pack/pack-x.keep',
  ];
  const paths = [...left.map((name) => join(upstream.mirror, name)), join(upstream.meta, 'refs.json-tmp-0123456789ab')];
  for (const path of paths) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
  }
  const two = await upstream.commit('main', { a: '2' });
  expect(await upstream.update()).toMatchObject({ changed: true, problems: [] });
  expect(await upstream.inMirror('rev-parse', 'main')).toBe(two);
  expect(paths.filter((path) => existsSync(path))).toEqual([]);
});

test('a mirror can be cloned as it lies', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.commit('main', { a: '2' });
  await upstream.update();
  await upstream.commit('main', { a: '3' }, one);
  await upstream.update();
  const clone = upstream.workspace.path('clone');
  await git(upstream.workspace.root, ['clone', '--quiet', upstream.mirror, clone]);
  expect(readFileSync(join(clone, 'a'), 'utf8')).toBe('3');
  expect(await git(clone, ['for-each-ref', '--format=%(refname)', 'refs/holdfast'])).toBe('');
});

test('where all refs are equal, the server is asked for them, and for nothing else', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  await upstream.update();
  const before = upstream.server.asked.length;
  await upstream.update();
  const asked = upstream.server.asked.slice(before).map(({ method, url }) => `${method} ${url}`);
  expect([...new Set(asked)].toSorted()).toEqual([
    'GET /team/tools.git/info/refs?service=git-upload-pack',
    'POST /team/tools.git/git-upload-pack',
  ]);
  expect(packsOf(upstream)).toHaveLength(1);
});

test('pull requests come where they are asked for, and stay when they are no longer', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.git('update-ref', 'refs/pull/1/head', one);
  expect((await upstream.update()).refs).toBe(1);
  expect((await upstream.update({ pullRefs: true })).refs).toBe(2);
  expect(await upstream.update()).toMatchObject({ refs: 2, lost: [] });
});

test('what an account without rights may not write is said as it is', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  await upstream.workspace.folder('mirrors');
  chmodSync(upstream.workspace.path('mirrors'), 0o500);
  writeFileSync(join(upstream.workspace.root, 'file'), '');
  const meta = join(upstream.workspace.root, 'file', 'tools.meta');
  await expect(upstream.update({ meta })).rejects.toMatchObject({ code: 'PLACE_UNUSABLE' });
});
