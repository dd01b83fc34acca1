/** What the server loses, the mirror keeps, and says so. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LostHistory } from '../../../electron/engine/sources/git/lost-history.ts';
import { gitOn } from '../../../electron/engine/sources/git/mirror-git.ts';
import { readLocalRefs } from '../../../electron/engine/sources/git/refs.ts';
import { makeUpstream, type Upstream } from '../../support/upstream.ts';

function historyOf({ meta }: Upstream): readonly LostHistory[] {
  const lines = readFileSync(join(meta, 'history.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as LostHistory);
}

/** `main` with three commits, and one on `topic`; mirrored. */
async function withHistory(upstream: Upstream): Promise<readonly [string, string, string]> {
  const one = await upstream.commit('main', { a: '1' });
  const two = await upstream.commit('main', { a: '2' });
  const three = await upstream.commit('main', { a: '3' });
  await upstream.update();
  return [one, two, three];
}

test('a force-push moves the branch, and what it lost is kept and named', async () => {
  await using upstream = await makeUpstream();
  const [one, , three] = await withHistory(upstream);
  const other = await upstream.commit('main', { b: '1' }, one);
  const { lost, changed } = await upstream.update();
  const at = '2026-11-29T12:00:00.000Z';
  const keptAs = 'refs/holdfast/lost/1/refs/heads/main';
  expect(lost).toEqual([{ at, ref: 'refs/heads/main', kind: 'forced', from: three, to: other, keptAs, commits: 2 }]);
  expect(changed).toBe(true);
  expect(historyOf(upstream)).toEqual(lost);
  expect(await upstream.inMirror('rev-parse', 'main', keptAs)).toBe(`${other}\n${three}`);
  expect(readFileSync(join(upstream.meta, 'refs.json'), 'utf8')).not.toContain('holdfast');
  expect((await upstream.update()).lost).toEqual([]);
});

test('the same history, lost twice, is told twice, and is there once for each', async () => {
  await using upstream = await makeUpstream();
  const [one, , three] = await withHistory(upstream);
  for (const tip of [one, three, one]) {
    await upstream.git('update-ref', 'refs/heads/main', tip);
    await upstream.update();
  }
  expect(historyOf(upstream).map(({ keptAs, from, to }) => [keptAs, from, to])).toEqual([
    ['refs/holdfast/lost/1/refs/heads/main', three, one],
    ['refs/holdfast/lost/2/refs/heads/main', three, one],
  ]);
});

test('a deleted branch goes, its history stays; nothing more is lost where others lead to all of it', async () => {
  await using upstream = await makeUpstream();
  const [, two, three] = await withHistory(upstream);
  const own = await upstream.commit('topic', { c: '1' }, three);
  await upstream.git('update-ref', 'refs/heads/merged', two);
  await upstream.update();
  await upstream.git('update-ref', '-d', 'refs/heads/topic');
  await upstream.git('update-ref', '-d', 'refs/heads/merged');
  const { lost } = await upstream.update();
  expect(lost.map(({ ref, kind, from, to, commits }) => [ref, kind, from, to, commits])).toEqual([
    ['refs/heads/merged', 'deleted', two, null, 0],
    ['refs/heads/topic', 'deleted', own, null, 1],
  ]);
  expect(await upstream.inMirror('for-each-ref', '--format=%(refname)', 'refs/heads')).toBe('refs/heads/main');
  expect(await upstream.inMirror('cat-file', '-t', own)).toBe('commit');
});

test('a tag that moves forward has lost what it said', async () => {
  await using upstream = await makeUpstream();
  const [one, , three] = await withHistory(upstream);
  await upstream.git('tag', '--annotate', '--message=first', 'v1', one);
  await upstream.update();
  const first = await upstream.git('rev-parse', 'v1');
  await upstream.git('tag', '--force', '--annotate', '--message=moved', 'v1', three);
  const { lost } = await upstream.update();
  expect(lost).toMatchObject([{ ref: 'refs/tags/v1', kind: 'forced', from: first, commits: 0 }]);
  expect(await upstream.inMirror('cat-file', '-t', first)).toBe('tag');
});

test('a branch that stands where another had a folder is taken, and the other way round', async () => {
  await using upstream = await makeUpstream();
  const [one, two] = await withHistory(upstream);
  await upstream.git('update-ref', 'refs/heads/a/b', one);
  await upstream.update();
  await upstream.git('update-ref', '-d', 'refs/heads/a/b');
  await upstream.git('update-ref', 'refs/heads/a', two);
  expect((await upstream.update()).lost).toMatchObject([{ ref: 'refs/heads/a/b', kind: 'deleted' }]);
  await upstream.git('update-ref', '-d', 'refs/heads/a');
  await upstream.git('update-ref', 'refs/heads/a/b', two);
  expect((await upstream.update()).lost).toMatchObject([{ ref: 'refs/heads/a', kind: 'deleted' }]);
  expect(await upstream.inMirror('rev-parse', 'refs/heads/a/b')).toBe(two);
});

test('what GitHub makes anew for each pull request is nobody’s history, what was pushed for it is', async () => {
  await using upstream = await makeUpstream();
  const [one, two, three] = await withHistory(upstream);
  const pulled = await upstream.commit('refs/pull/7/head', { p: '1' }, one);
  await upstream.git('update-ref', 'refs/pull/7/merge', three);
  await upstream.update({ pullRefs: true });
  expect(await upstream.inMirror('rev-parse', 'refs/pull/7/head')).toBe(pulled);
  await upstream.git('update-ref', 'refs/pull/7/head', two);
  await upstream.git('update-ref', 'refs/pull/7/merge', pulled);
  const { lost } = await upstream.update({ pullRefs: true });
  expect(lost.map(({ ref }) => ref)).toEqual(['refs/pull/7/head']);
});

test('history that was kept by a run which was killed before it could say so is told by the next', async () => {
  await using upstream = await makeUpstream();
  const [one, , three] = await withHistory(upstream);
  // As it is after the refs have moved, and before the line is written.
  await upstream.inMirror('update-ref', 'refs/holdfast/lost/4/refs/heads/main', three);
  await upstream.inMirror('update-ref', 'refs/heads/main', one);
  await upstream.git('update-ref', 'refs/heads/main', one);
  writeFileSync(join(upstream.meta, 'history.jsonl'), '{"at":"2026-01-01T00:00:00.000Z","ref":"refs/he');
  const { lost } = await upstream.update();
  expect(lost).toMatchObject([{ from: three, to: one, kind: 'forced', commits: 2 }]);
  expect(lost[0]?.keptAs).toBe('refs/holdfast/lost/4/refs/heads/main');
  expect(historyOf(upstream)).toEqual(lost);
  // As it is when it was kept, and the ref did not move.
  await upstream.inMirror('update-ref', 'refs/holdfast/lost/5/refs/heads/main', one);
  expect((await upstream.update()).lost).toEqual([]);
  expect(await upstream.inMirror('for-each-ref', '--format=%(refname)', 'refs/holdfast/lost/5')).toBe('');
});

test('a mirror may keep more refs than any server has', async () => {
  await using upstream = await makeUpstream();
  const one = await upstream.commit('main', { a: '1' });
  await upstream.update();
  const kept = Array.from({ length: 500_001 }, (_, at) => `${one} refs/holdfast/lost/${at + 1}/refs/heads/gone`);
  const lines = [`${one} refs/heads/main`, ...kept.toSorted()];
  const head = '# pack-refs with: peeled fully-peeled sorted ';
  writeFileSync(join(upstream.mirror, 'packed-refs'), `${head}\n${lines.join('\n')}\n`);
  const place = { folder: upstream.mirror, signal: new AbortController().signal };
  expect((await readLocalRefs(gitOn(place))).ids.size).toBe(500_002);
});
