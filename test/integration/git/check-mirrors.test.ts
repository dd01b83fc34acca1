/** Every mirror is looked through as a whole now and then, and damage to one keeps nothing from the others. */
import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { PrepareContext } from '../../../electron/engine/sources/source.ts';
import { parseCheckNote } from '../../../shared/model/mirror-checks.ts';
import { dayMs, flipByte, packsOf, placeOf, prepareGitSource } from '../../support/git-source.ts';
import { git, makeUpstream, type Upstream } from '../../support/upstream.ts';

const startMs = Date.parse('2026-11-01T00:00:00Z');

test('a mirror is looked through once a week, whether anything was pushed or not', async () => {
  await using scene = await makeScene(['one']);
  expect((await scene.run(0)).checkedMirrors).toEqual([]);
  expect(scene.note('one')).toEqual({ at: new Date(startMs).toISOString(), how: 'received', problems: [] });
  expect((await scene.run(5)).checkedMirrors).toEqual([]);
  const { checkedMirrors } = await scene.run(6);
  const at = new Date(startMs + 6 * dayMs).toISOString();
  expect(checkedMirrors).toEqual([{ path: scene.path('one'), at, how: 'full', problems: [], repaired: false }]);
  expect(scene.note('one')).toEqual({ at, how: 'full', problems: [] });
  expect((await scene.run(7)).checkedMirrors).toEqual([]);
  expect((await scene.run(9, { verifyEveryMs: dayMs })).checkedMirrors).toHaveLength(1);
});

test('a run looks through a share of all, the oldest first, so that all are in time', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
  await using scene = await makeScene(names);
  await scene.run(0);
  const first = await scene.run(6);
  expect(first.checkedMirrors).toHaveLength(2);
  const second = await scene.run(6.25);
  expect(second.checkedMirrors).toHaveLength(2);
  const third = await scene.run(6.9);
  const checked = [first, second, third].flatMap(({ checkedMirrors }) => checkedMirrors.map(({ path }) => path));
  expect(new Set(checked).size).toBe(7);
  const rest = await scene.run(7);
  expect(new Set([...checked, ...rest.checkedMirrors.map(({ path }) => path)]).size).toBe(8);
});

test('damage that no list of refs shows is found, named, and keeps no other mirror back', async () => {
  await using scene = await makeScene(['one', 'two']);
  await scene.run(0);
  // In the middle of the file, which nothing reads to follow a server.
  flipByte(packsOf(scene.mirror('one'))[0] ?? '');
  scene.loseUpstream('one');
  await scene.run(6);
  const { items, issues, findings, checkedMirrors } = await scene.run(8);
  const isSound = new Map(checkedMirrors.map(({ path, problems }) => [path, problems.length === 0]));
  expect(isSound.get(scene.path('one'))).toBe(false);
  expect(items).toEqual([
    { path: scene.path('one'), complete: false },
    { path: scene.path('two'), complete: true },
  ]);
  const damaged = issues.filter(({ code }) => code === 'GIT_MIRROR_DAMAGED');
  expect(damaged.map(({ path }) => path)).toEqual([scene.path('one')]);
  expect(findings).toMatchObject([{ kind: 'damaged', item: scene.path('one') }]);
  expect(scene.note('one')?.problems).not.toEqual([]);
  expect(scene.note('two')).toMatchObject({ how: 'full', problems: [] });
  // It is told for as long as it is so.
  expect((await scene.run(8.1)).findings).toMatchObject([{ kind: 'damaged' }]);
});

type Scene = AsyncDisposable & {
  readonly run: (
    days: number,
    options?: { readonly verifyEveryMs?: number },
    context?: Partial<PrepareContext>,
  ) => ReturnType<typeof prepareGitSource>;
  readonly path: (name: string) => string;
  readonly mirror: (name: string) => string;
  readonly note: (name: string) => ReturnType<typeof parseCheckNote>;
  readonly loseUpstream: (name: string) => void;
};

async function makeScene(names: readonly string[]): Promise<Scene> {
  const upstream: Upstream = await makeUpstream();
  await upstream.commit('main', { large: randomBytes(20_000).toString('hex') });
  const bareOf = (name: string): string => join(upstream.bare, '..', `${name}.git`);
  for (const name of names)
    await git(upstream.workspace.root, ['clone', '--quiet', '--bare', upstream.bare, bareOf(name)]);
  const urls = names.map((name) => upstream.server.url(`team/${name}.git`));
  const place = `code/${placeOf(upstream)}/team`;
  return {
    run: (days, options = {}, context = {}) =>
      prepareGitSource(upstream, { urls, ...options }, { nowMs: () => startMs + days * dayMs, ...context }),
    path: (name) => `/${place}/${name}.git`,
    mirror: (name) => upstream.workspace.path('mirrors', place, `${name}.git`),
    note: (name) =>
      parseCheckNote(readFileSync(upstream.workspace.path('mirrors', place, `${name}.meta`, 'verified.json'), 'utf8')),
    loseUpstream: (name) => rmSync(bareOf(name), { recursive: true }),
    [Symbol.asyncDispose]: () => upstream[Symbol.asyncDispose](),
  };
}
