/** A list of repositories as a source: what it is brought into, and what of it is missing. */
import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { placeOf, prepareGitSource as prepare } from '../../support/git-source.ts';
import { git, makeUpstream } from '../../support/upstream.ts';

test('each repository is mirrored, and one that fails is named and keeps no other back', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  const urls = [upstream.url, upstream.server.url('team/none.git'), 'ext::sh -c "touch hacked"', upstream.url];
  const { folder, excludes, items, issues } = await prepare(upstream, { urls });
  expect(folder).toBe(upstream.workspace.path('mirrors', 'code'));
  expect(excludes).toEqual(['/.holdfast/']);
  const place = placeOf(upstream);
  expect(items).toEqual([
    { path: `/code/${place}/team/tools.git`, complete: true },
    { path: `/code/${place}/team/none.git`, complete: false },
  ]);
  expect(issues.map(({ path, code }) => [path, code])).toEqual([
    ['ext::sh -c "touch hacked"', 'GIT_URL_REFUSED'],
    [upstream.server.url('team/none.git'), 'GIT_NOT_FOUND'],
  ]);
  expect(await git(join(folder, place, 'team', 'tools.git'), ['rev-list', '--count', 'main'])).toBe('1');
  expect(readdirSync(join(folder, place, 'team', 'tools.meta'))).toEqual(['refs.json', 'verified.json']);
});

test('what cannot be fetched again stays as it was, and is not complete', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  const other = join(upstream.bare, '..', 'other.git');
  await git(upstream.workspace.root, ['clone', '--quiet', '--bare', upstream.bare, other]);
  const urls = [upstream.url, upstream.server.url('team/other.git')];
  const before = await prepare(upstream, { urls });
  expect(before.items.map(({ complete }) => complete)).toEqual([true, true]);
  upstream.server.fail((request, response) => {
    if (request.url?.includes('tools.git') !== true) return false;
    response.writeHead(500).end();
    return true;
  });
  const after = await prepare(upstream, { urls });
  expect(after.items.map(({ complete }) => complete)).toEqual([false, true]);
  expect(after.issues).toMatchObject([{ code: 'GIT_UNREACHABLE' }]);
  const mirror = join(after.folder, placeOf(upstream), 'team', 'tools.git');
  expect(await git(mirror, ['rev-parse', 'main'])).toBe(one);
});

test('where no repository can be reached, nothing is worth a snapshot', async () => {
  await using upstream = await makeUpstream();
  const urls = ['a', 'b'].map((name) => upstream.server.url(`team/${name}.git`));
  await expect(prepare(upstream, { urls })).rejects.toMatchObject({ code: 'GIT_NOT_FOUND' });
  await expect(prepare(upstream, { urls: ['/etc'] })).rejects.toMatchObject({ code: 'GIT_URL_REFUSED' });
  await expect(prepare(upstream, { urls: [upstream.url], name: '../up' })).rejects.toMatchObject({
    code: 'PLACE_UNUSABLE',
  });
});

test('a large file that is missing makes its repository incomplete, and lost history is told', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.commit('main', { a: '2' });
  await prepare(upstream, { urls: [upstream.url] });
  const pointer = upstream.server.largeFiles.add('lost');
  upstream.server.largeFiles.lose('lost');
  await upstream.commit('main', { '.gitattributes': '*.bin filter=lfs\n', 'a.bin': pointer }, one);
  const { items, issues, notices } = await prepare(upstream, { urls: [upstream.url] });
  expect(items).toMatchObject([{ complete: false }]);
  expect(issues).toMatchObject([{ path: upstream.url, code: 'GIT_LFS_INCOMPLETE' }]);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toContain('refs/holdfast/lost/1/refs/heads/main');
});

test('cancelling ends what is under way, and no Git goes on', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  const controller = new AbortController();
  upstream.server.fail((request) => {
    if (request.method !== 'POST') return false;
    // It is not answered.
    controller.abort();
    return true;
  });
  const urls = [upstream.url];
  await expect(prepare(upstream, { urls }, { signal: controller.signal })).rejects.toMatchObject({ code: 'CANCELLED' });
  const work = upstream.workspace.path('mirrors', 'code', '.holdfast');
  expect(existsSync(work) ? readdirSync(work) : []).toEqual([]);
});

test('a few repositories are fetched at a time, never more', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  const names = Array.from({ length: 10 }, (_, index) => `copy-${index}`);
  for (const name of names) {
    await git(upstream.workspace.root, [
      'clone',
      '--quiet',
      '--bare',
      upstream.bare,
      join(upstream.bare, '..', `${name}.git`),
    ]);
  }
  const running = new Map<string, number>();
  let most = 0;
  const { items } = await prepare(
    upstream,
    { urls: names.map((name) => upstream.server.url(`team/${name}.git`)) },
    {
      onProgress: ({ currentItem, doneItems }) => {
        if (currentItem !== null) running.set(currentItem, doneItems);
        most = Math.max(most, running.size - doneItems);
      },
    },
  );
  expect(items.every(({ complete }) => complete)).toBe(true);
  expect(most).toBeLessThanOrEqual(4);
});

test('an address that is known to be gone is kept and no alarm, until it answers again', async () => {
  await using upstream = await makeUpstream();
  await upstream.commit('main', { a: '1' });
  const urls = [upstream.url];
  const at = (seconds: number): { readonly nowMs: () => number } => ({ nowMs: () => seconds * 1000 });
  await prepare(upstream, { urls }, at(1));
  const moved = `${upstream.bare}-away`;
  renameSync(upstream.bare, moved);
  await expect(prepare(upstream, { urls }, at(2))).rejects.toMatchObject({ code: 'GIT_NOT_FOUND' });
  const path = `/code/${placeOf(upstream)}/team/tools.git`;
  const exceptions = [{ part: upstream.url, reason: 'closed', acceptedAt: new Date(3000).toISOString(), until: null }];
  const { items, findings, issues } = await prepare(upstream, { urls, exceptions }, at(4));
  expect(items).toEqual([{ path, complete: false, accepted: true }]);
  expect(findings).toEqual([{ kind: 'missing', item: path, sinceMs: 1000, accepted: 'closed' }]);
  expect(issues).toMatchObject([{ path: upstream.url, code: 'GIT_NOT_FOUND' }]);
  renameSync(moved, upstream.bare);
  expect((await prepare(upstream, { urls, exceptions }, at(5))).items).toEqual([{ path, complete: true }]);
  renameSync(upstream.bare, moved);
  await expect(prepare(upstream, { urls, exceptions }, at(6))).rejects.toMatchObject({ code: 'GIT_NOT_FOUND' });
});
