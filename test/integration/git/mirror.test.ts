/** What a mirror holds after each run: real repositories behind a real server. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
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

test('what the first copy is found to have is what Git says of it later: tags of tags, names that are no text', async () => {
  await using upstream = await makeUpstream();
  const commit = await upstream.commit('main', { 'a.txt': 'one' });
  await upstream.git('tag', '--annotate', '--message=first', 'v1', commit);
  await upstream.git('tag', '--annotate', '--message=of a tag', 'v1-signed-off', 'v1');
  const odd = Buffer.concat([Buffer.from(`create refs/heads/na`), Buffer.from([0xef]), Buffer.from(`ve ${commit}\n`)]);
  execFileSync('git', ['update-ref', '--stdin'], { cwd: upstream.bare, input: odd });
  await upstream.update();
  const file = join(upstream.meta, 'refs.json');
  const first = readFileSync(file, 'utf8');
  rmSync(file);
  await upstream.update();
  expect(readFileSync(file, 'utf8')).toBe(first);
  const tag = await upstream.git('rev-parse', 'v1-signed-off');
  expect((JSON.parse(first) as { refs: unknown }).refs).toContainEqual(['refs/tags/v1-signed-off', tag, commit]);
});
