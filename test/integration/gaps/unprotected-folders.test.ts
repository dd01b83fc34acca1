/** Folders of a machine that no source has: found in the usual places, counted for a moment, and put aside by whoever says so. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unprotectedFolders } from '../../../electron/engine/sources/folder/unprotected-folders.ts';
import { noHooks } from '../../../shared/model/hooks.ts';
import type { PlaceRule } from '../../../shared/model/unprotected-places.ts';
import { makeOffice } from '../../support/office.ts';
import { mustRun } from '../../support/processes.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const identity = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };

test('the usual places are looked at, one by one, and what a source has, or nobody would miss, is not named', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const root = await workspace.folder('machine');
  const rules: readonly PlaceRule[] = [
    { kind: 'home', path: join(root, 'home', '*'), each: true, title: 'In a home folder', hint: null },
    { kind: 'service', path: join(root, 'srv'), each: true, title: 'Data of a service', hint: null },
    { kind: 'database', path: join(root, 'pg'), each: false, title: 'PostgreSQL', hint: 'Dump it.' },
  ];
  const file = async (...parts: string[]): Promise<void> => {
    await mkdir(join(root, ...parts, '..'), { recursive: true });
    await writeFile(join(root, ...parts), '12345');
  };
  await file('home', 'ada', 'Documents', 'letter');
  await file('home', 'ada', 'Pictures', 'one');
  await file('home', 'ada', 'Pictures', 'deep', 'two');
  await file('home', 'ada', 'Downloads', 'again');
  await file('home', 'ada', '.cache', 'x');
  await file('home', 'bob', 'Work', 'shop', 'x');
  await file('srv', 'shop', 'x');
  await file('pg', 'base');
  await mkdir(join(root, 'srv', 'empty'));
  await symlink(join(root, 'srv', 'shop'), join(root, 'srv', 'a-link'));
  const git = (folder: string, ...args: string[]) =>
    mustRun('git', ['-C', folder, ...args], { env: { ...identity, HOME: workspace.home } });
  const copy = join(root, 'home', 'bob', 'Work', 'app');
  await mkdir(copy);
  await git(copy, 'init', '--quiet', '--initial-branch=main');
  await git(copy, 'commit', '--quiet', '--allow-empty', '--message=one');
  const at = (...parts: string[]) => join(root, ...parts);
  const found = async (protectedPaths: readonly string[]) => {
    const { places, notLooked } = await unprotectedFolders({ protectedPaths, leftOut: [], rules });
    expect(notLooked).toEqual([]);
    return places.filter(({ path }) => path.startsWith(`${root}/`));
  };
  const all = await found([at('home', 'ada', 'Pictures', 'deep')]);
  expect(all.map(({ kind, path, files, bytes }) => [kind, path, files, bytes])).toEqual(
    expect.arrayContaining([
      ['home', at('home', 'ada', 'Documents'), 1, 5],
      ['home', at('home', 'ada', 'Pictures'), 2, 10],
      ['service', at('srv', 'shop'), 1, 5],
      ['database', at('pg'), 1, 5],
      ['git', copy, null, null],
    ]),
  );
  const names = all.map(({ path }) => path);
  for (const none of ['Downloads', '.cache']) expect(names).not.toContain(at('home', 'ada', none));
  expect(names).not.toContain(at('srv', 'empty'));
  expect(names).not.toContain(at('srv', 'a-link'));
  expect(all.find(({ path }) => path.endsWith('Pictures'))?.inside).toEqual([at('home', 'ada', 'Pictures', 'deep')]);
  expect(all.find(({ kind }) => kind === 'database')?.hint).toBe('Dump it.');

  // A remote that has it all is as good as a copy.
  const { stdout } = await git(copy, 'rev-parse', 'HEAD');
  await git(copy, 'update-ref', 'refs/remotes/origin/main', stdout.trim());
  const left = await found([at('home', 'ada'), at('srv')]);
  expect(left.map(({ path }) => path)).toEqual([at('home', 'bob', 'Work'), at('pg')]);
});

test('a folder with more than can be counted in a moment says so, and nothing waits for it', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const root = await workspace.folder('many');
  for (let at = 0; at < 3_200; at++) await writeFile(join(root, `${at}`), '');
  const rules = [{ kind: 'service' as const, path: root, each: false, title: 'Data', hint: null }];
  const { places } = await unprotectedFolders({ protectedPaths: [], leftOut: [], rules });
  expect(places.find(({ path }) => path === root)).toMatchObject({ more: true });
});

test('gaps of all kinds are in one list, and one that was put aside says by whom', { timeout: 120_000 }, async () => {
  await using office = await makeOffice();
  const { client } = office;
  const [repository] = (await client.repositories.list({})).repositories;
  const bare = {
    kind: 'folder' as const,
    name: 'unscheduled',
    paths: [await office.workspace.folder('unscheduled')],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
    commands: noHooks,
    tags: [],
    rpoMs: null,
  };
  await client.sources.add({ repository: { id: repository?.id ?? '' }, source: bare });
  const gaps = async () => new Map((await client.gaps.list({})).gaps.map((gap) => [gap.name, gap]));
  const before = await gaps();
  expect(before.get('/etc')).toMatchObject({ kind: 'settings', source: null, dismissed: null });
  expect(before.get('unscheduled')).toMatchObject({ kind: 'source', source: 'unscheduled', dismissed: null });
  await client.gaps.dismiss({ gap: 'settings:/etc', reason: 'made by a script' });
  expect((await gaps()).get('/etc')).toMatchObject({ dismissed: { by: 'test', reason: 'made by a script' } });
  const report = JSON.stringify(await client.reports.make({ report: 'gaps', period: 'last-7-days' }));
  expect(report).not.toContain('"/etc"');
  await client.gaps.restore({ gap: 'settings:/etc' });
  expect((await gaps()).get('/etc')).toMatchObject({ dismissed: null });
});
