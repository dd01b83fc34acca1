/** A damaged mirror is made anew without losing what only it has: from the server, else from a snapshot, else not at all. */
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { cp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readyPlace } from '../../../electron/engine/sources/git/repair.ts';
import type { PrepareContext } from '../../../electron/engine/sources/source.ts';
import { dayMs, flipByte, packsOf, placeOf, prepareGitSource } from '../../support/git-source.ts';
import { git, makeUpstream, type Upstream } from '../../support/upstream.ts';

test('a flipped byte is repaired from the server, and history that was lost there is brought over', async () => {
  await using scene = await makeScene();
  const [kept = ''] = scene.lost;
  flipByte(scene.packWith(scene.large));
  const { items, findings, notices, issues, checkedMirrors } = await scene.run(9);
  expect(checkedMirrors).toMatchObject([{ path: scene.item, repaired: true }]);
  expect(issues).toEqual([]);
  expect(items).toEqual([{ path: scene.item, complete: true }]);
  expect(findings).toMatchObject([{ kind: 'repaired', item: scene.item, takenAtMs: null, brought: 2, missing: [] }]);
  expect(notices.join()).toContain('from the server');
  await scene.mustBeSound();
  expect(await scene.inMirror('rev-parse', 'refs/holdfast/lost/1/refs/heads/topic')).toBe(kept);
  expect(await scene.inMirror('rev-parse', 'main')).toBe(await scene.upstream.git('rev-parse', 'main'));
  const aside = join(scene.root, '.holdfast', 'damaged');
  expect(readdirSync(aside)).toHaveLength(1);
  // It is done once.
  expect((await scene.run(9.1)).findings).toEqual([]);
  expect(readdirSync(join(scene.root, '.holdfast'))).toEqual(['damaged']);
});

test('of kept history all is brought that can be read, and what cannot is named', async () => {
  await using scene = await makeScene();
  const [, second = ''] = scene.lost;
  await scene.removeObject(`${second}:file-2`);
  const { findings, checkedMirrors } = await scene.run(9);
  expect(checkedMirrors).toMatchObject([{ repaired: true }]);
  const missing = ['refs/holdfast/lost/2/refs/heads/other'];
  expect(findings).toMatchObject([{ kind: 'repaired', brought: 1, missing }]);
  await scene.mustBeSound();
  expect(await scene.inMirror('for-each-ref', '--format=%(refname)', 'refs/holdfast')).toBe(
    'refs/holdfast/lost/1/refs/heads/topic',
  );
});

test('what the damaged one can no longer give comes from a snapshot that has it', async () => {
  await using scene = await makeScene();
  const inSnapshots = await scene.asInSnapshot();
  const [, second = ''] = scene.lost;
  await scene.removeObject(`${second}:file-2`);
  const { findings } = await scene.run(9, { inSnapshots });
  expect(findings).toMatchObject([{ kind: 'repaired', takenAtMs: null, brought: 2, missing: [] }]);
  await scene.mustBeSound();
  expect(await scene.inMirror('rev-parse', 'refs/holdfast/lost/2/refs/heads/other')).toBe(second);
});

test('what was lost on the server since, and lies in the damaged one alone, is kept as any lost history', async () => {
  await using scene = await makeScene();
  const before = await scene.upstream.git('rev-parse', 'main');
  await scene.upstream.git('tag', '--annotate', '--message=one', 'v1', 'main');
  await scene.run(1);
  // Refs cannot be listed without it.
  await scene.removeObject('v1');
  const root = await scene.upstream.git('rev-list', '--max-parents=0', 'main');
  await scene.upstream.commit('main', { other: '1' }, root);
  const { findings } = await scene.run(2);
  expect(findings).toMatchObject([
    { kind: 'repaired', brought: 3, missing: [] },
    { kind: 'historyLost', ref: 'refs/heads/main', how: 'forced', keptAs: 'refs/holdfast/lost/3/refs/heads/main' },
  ]);
  await scene.mustBeSound();
  expect(await scene.inMirror('rev-parse', 'refs/holdfast/lost/3/refs/heads/main')).toBe(before);
  const lines = readFileSync(join(scene.meta, 'history.jsonl'), 'utf8');
  expect(lines).toContain('refs/holdfast/lost/3/refs/heads/main');
});

test('history that a run finds lost just before it finds the damage is told all the same', async () => {
  await using scene = await makeScene();
  await scene.removeObject('main:first');
  const root = await scene.upstream.git('rev-list', '--max-parents=0', 'main');
  await scene.upstream.commit('main', { other: '1' }, root);
  expect((await scene.run(2)).findings).toMatchObject([
    { kind: 'repaired', brought: 3, missing: [] },
    { kind: 'historyLost', keptAs: 'refs/holdfast/lost/3/refs/heads/main' },
  ]);
  await scene.mustBeSound();
});

test('where the server has it no more, it is made from the newest snapshot that is sound', async () => {
  await using scene = await makeScene();
  const sound = await scene.asInSnapshot('older');
  flipByte(scene.packWith(scene.large));
  const bad = await scene.asInSnapshot('newer');
  rmSync(scene.upstream.bare, { recursive: true });
  const inSnapshots: PrepareContext['inSnapshots'] = async function* (path) {
    yield* bad(path);
    yield* sound(path);
  };
  const { findings, notices, items } = await scene.run(9, { inSnapshots });
  expect(findings).toMatchObject([{ kind: 'repaired', takenAtMs: 5, missing: [] }]);
  expect(notices.join()).toContain('from the snapshot older');
  // The server does not answer, which is told as ever.
  expect(items.find(({ path }) => path === scene.item)?.complete).toBe(false);
  await scene.mustBeSound();
});

test('where nobody can give it, it stays as it is, and is named in every run', async () => {
  await using scene = await makeScene();
  flipByte(scene.packWith(scene.large));
  const before = filesIn(scene.mirror);
  rmSync(scene.upstream.bare, { recursive: true });
  for (const days of [9, 9.5]) {
    const { findings, issues } = await scene.run(days);
    expect(findings).toMatchObject([{ kind: 'damaged', item: scene.item }]);
    expect(issues.map(({ code }) => code).toSorted()).toEqual(['GIT_MIRROR_DAMAGED', 'GIT_NOT_FOUND']);
  }
  expect(filesIn(scene.mirror)).toEqual(before);
  expect(existsSync(join(scene.root, '.holdfast', 'damaged'))).toBe(false);
});

test('damage that a run meets while it fetches is repaired in that run', async () => {
  await using scene = await makeScene();
  // Nothing can be read of it any more.
  for (const pack of packsOf(scene.mirror)) rmSync(pack);
  const { items, findings, issues } = await scene.run(1);
  expect(issues).toEqual([]);
  expect(items).toEqual([{ path: scene.item, complete: true }]);
  const missing = ['refs/holdfast/lost/1/refs/heads/topic', 'refs/holdfast/lost/2/refs/heads/other'];
  expect(findings).toMatchObject([{ kind: 'repaired', brought: 0, missing }]);
  await scene.mustBeSound();
});

test('a repair that was killed between putting aside and putting in place is brought to its end', async () => {
  await using scene = await makeScene();
  const [kept = ''] = scene.lost;
  const work = join(scene.root, '.holdfast');
  flipByte(scene.packWith(scene.large));
  await scene.run(9);
  // As it is in between: the new one is whole, and the place is free.
  const [name = ''] = readdirSync(join(work, 'damaged'));
  expect(name).toContain('tools-');
  await rename(scene.mirror, scene.ready);
  const { findings } = await scene.run(9.1);
  expect(findings).toEqual([]);
  expect(existsSync(scene.ready)).toBe(false);
  expect(await scene.inMirror('rev-parse', 'refs/holdfast/lost/1/refs/heads/topic')).toBe(kept);
});

function filesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted((a, b) => (a < b ? -1 : 1))
    .join('\n');
}

async function makeScene() {
  const upstream: Upstream = await makeUpstream();
  const large = randomBytes(20_000).toString('hex');
  const base = await upstream.commit('main', { first: '1' });
  const topic = await upstream.commit('topic', { 'file-1': randomBytes(500).toString('hex') }, base);
  const other = await upstream.commit('other', { 'file-2': randomBytes(500).toString('hex') }, base);
  const root = upstream.workspace.path('mirrors', 'code');
  const item = `/code/${placeOf(upstream)}/team/tools.git`;
  const mirror = upstream.workspace.path('mirrors', item);
  const meta = mirror.replace(/\.git$/, '.meta');
  const run = (days: number, context: Partial<PrepareContext> = {}) =>
    // A second one that is well, so that the run as a whole does not fail.
    prepareGitSource(upstream, { urls: [upstream.url, ...others] }, { nowMs: () => days * dayMs, ...context });
  const others: string[] = [];
  await run(0);
  await upstream.git('update-ref', '-d', 'refs/heads/topic');
  await run(0);
  await upstream.git('update-ref', '-d', 'refs/heads/other');
  await upstream.commit('main', { large });
  await run(0);
  const inMirror = (...words: string[]): Promise<string> => git(mirror, words);
  return {
    upstream,
    root,
    item,
    mirror,
    meta,
    large,
    lost: [topic, other],
    run: async (days: number, context: Partial<PrepareContext> = {}) => {
      if (!existsSync(upstream.bare) && others.length === 0) {
        const well = join(upstream.bare, '..', 'well.git');
        await git(upstream.workspace.root, ['init', '--quiet', '--bare', well]);
        others.push(upstream.server.url('team/well.git'));
      }
      return run(days, context);
    },
    inMirror,
    /** The one that is large. */
    packWith: (content: string): string =>
      packsOf(mirror).toSorted((a, b) => readFileSync(b).length - readFileSync(a).length)[0] ?? content,
    /** One object, named as `<commit>:<path>`, is gone; all others are there. */
    removeObject: async (name: string): Promise<void> => {
      const id = await inMirror('rev-parse', name);
      const packs = packsOf(mirror).map((pack) => readFileSync(pack));
      rmSync(join(mirror, 'objects', 'pack'), { recursive: true });
      for (const pack of packs) await git(mirror, ['unpack-objects', '-q'], pack);
      rmSync(join(mirror, 'objects', id.slice(0, 2), id.slice(2)));
    },
    asInSnapshot: async (name = 'snapshot'): Promise<PrepareContext['inSnapshots']> => {
      const copy = upstream.workspace.path('copies', name);
      await cp(mirror, copy, { recursive: true });
      return async function* (path) {
        if (path !== item) return;
        yield { snapshot: name, takenAtMs: 5, bringTo: (folder) => cp(copy, folder, { recursive: true }) };
      };
    },
    mustBeSound: async (): Promise<void> => {
      await git(mirror, ['fsck', '--full', '--strict']);
      expect(JSON.parse(readFileSync(join(meta, 'verified.json'), 'utf8'))).toMatchObject({ problems: [] });
    },
    ready: readyPlace({ folder: mirror, work: join(root, '.holdfast') }),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}
