/** What a mirror holds after each run: real repositories behind a real server. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git, makeUpstream } from '../../support/upstream.ts';

async function refsOf(folder: string): Promise<string> {
  const places = ['refs/heads', 'refs/tags', 'refs/notes'];
  return git(folder, ['for-each-ref', '--format=%(objectname) %(refname)', ...places]);
}

test('branches, tags and notes come, and what comes later', async () => {
  await using upstream = await makeUpstream();
  const first = await upstream.commit('main', { 'a.txt': 'one' });
  await upstream.git('tag', '--annotate', '--message=first', 'v1', first);
  await upstream.git('notes', 'add', '--message=seen', first);
  await upstream.git('update-ref', 'refs/pull/1/head', first);
  const outcome = await upstream.update();
  expect(outcome).toEqual({ head: 'refs/heads/main', refs: 3, changed: true, lost: [], problems: [] });
  expect(await refsOf(upstream.mirror)).toBe(await refsOf(upstream.bare));
  await upstream.commit('main', { 'b.txt': 'two' });
  await upstream.commit('topic/of/mine', { 'c.txt': 'three' });
  expect(await upstream.update()).toMatchObject({ refs: 4, changed: true, lost: [], problems: [] });
  expect(await refsOf(upstream.mirror)).toBe(await refsOf(upstream.bare));
  expect(await upstream.update()).toMatchObject({ refs: 4, changed: false });
  const manifest: unknown = JSON.parse(readFileSync(join(upstream.meta, 'refs.json'), 'utf8'));
  const tag = await upstream.git('rev-parse', 'v1');
  expect(manifest).toMatchObject({ version: 1, head: 'refs/heads/main' });
  expect(manifest).toHaveProperty('refs', expect.arrayContaining([['refs/tags/v1', tag, first]]));
});
