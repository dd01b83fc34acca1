/** Each part of a repository comes by itself: what is wrong with one keeps no other back, and is told until it is right. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { everyRepository } from '../../../shared/model/github-filters.ts';
import { addFilled, mirrorsOf, runSource } from '../../support/github-source.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

async function makeAcme(): Promise<HubPlace> {
  const place = await makeHubPlace();
  place.github.createOwner('acme');
  return place;
}

const acme = (place: HubPlace, ...parts: string[]): string => join(mirrorsOf(place), 'acme', ...parts);

/** Makes a commit that no Git takes over the network the newest of a branch. */
async function spoil(place: HubPlace, bare: string, branch: string): Promise<void> {
  const git = (...words: string[]): Promise<string> => place.mustGit(['--git-dir', bare, ...words]);
  const tree = await git('rev-parse', `${branch}^{tree}`);
  const file = place.workspace.path('commit');
  await writeFile(file, `tree ${tree}\ncommitter A <a@example.org> 1700000000 +0000\n\nNobody wrote this.\n`);
  const id = await git('hash-object', '-t', 'commit', '-w', '--literally', file);
  await git('update-ref', `refs/heads/${branch}`, id);
}

test('issues and releases come where the history is damaged, which is named', async () => {
  await using place = await makeAcme();
  const tools = await addFilled(place, 'tools');
  tools.addIssue({ title: 'Broken' });
  tools.addRelease('v1', [{ name: 'tool.bin', content: 'content' }]);
  await addFilled(place, 'sound');
  await spoil(place, tools.path, 'main');
  const { prepared, issues } = await runSource(place);
  expect(issues).toEqual([expect.objectContaining({ path: '/acme/tools.git', code: 'GIT_REPOSITORY_DAMAGED' })]);
  expect(prepared?.items).toEqual([
    { path: '/acme/sound.git', complete: true },
    { path: '/acme/tools.git', complete: false },
  ]);
  expect(await readFile(acme(place, 'tools.meta', 'issues.jsonl'), 'utf8')).toContain('Broken');
  expect(await readFile(acme(place, 'tools.meta', 'releases.json'), 'utf8')).toContain('tool.bin');
});

test('all else of a repository comes where its wiki is damaged, which is named in each run until it is right', async () => {
  await using place = await makeAcme();
  const tools = await addFilled(place, 'tools');
  const wiki = tools.setWiki();
  const good = await place.mustGit(['--git-dir', wiki, 'rev-parse', 'master']);
  tools.addIssue({ title: 'Broken' });
  await spoil(place, wiki, 'master');
  for (const run of ['first', 'second']) {
    const { prepared, issues } = await runSource(place);
    expect(issues, run).toEqual([expect.objectContaining({ path: '/acme/tools.git', code: 'GIT_REPOSITORY_DAMAGED' })]);
    expect(issues[0]?.message).toContain('The wiki');
    expect(prepared?.items).toEqual([{ path: '/acme/tools.git', complete: false }]);
  }
  expect(await readFile(acme(place, 'tools.meta', 'issues.jsonl'), 'utf8')).toContain('Broken');
  await place.mustGit(['--git-dir', wiki, 'update-ref', 'refs/heads/master', good]);
  expect((await runSource(place)).prepared?.items).toEqual([{ path: '/acme/tools.git', complete: true }]);
});

test('an asset is not written over by another that is called as its temporary file could be', async () => {
  await using place = await makeAcme();
  const tools = await addFilled(place, 'tools');
  const assets = ['tool-tmp', 'tool', '.tool.part'].map((name) => ({ name, content: `content of ${name}` }));
  const release = tools.addRelease('v1', assets);
  const { prepared } = await runSource(place);
  expect(prepared?.items).toEqual([{ path: '/acme/tools.git', complete: true }]);
  const folder = acme(place, 'tools.meta', 'releases', String(release));
  for (const name of ['tool-tmp', 'tool'])
    expect(await readFile(join(folder, name), 'utf8')).toBe(`content of ${name}`);
});

test('an owner of whom nothing is seen is an alarm from the first run on, and so are filters that leave nothing', async () => {
  await using place = await makeAcme();
  expect((await runSource(place)).error).toMatchObject({ code: 'SOURCE_EMPTIED' });
  expect((await runSource(place, { allowShrunk: true })).error).toBeNull();
  await addFilled(place, 'tools');
  const { prepared, issues } = await runSource(place, { filters: { ...everyRepository, include: ['tolls'] } });
  expect(issues).toEqual([expect.objectContaining({ path: 'acme', code: 'SOURCE_EMPTIED' })]);
  expect(prepared?.items).toEqual([]);
});

test('a branch is protected whatever it is called', async () => {
  await using place = await makeAcme();
  const tools = await addFilled(place, 'tools');
  const main = await place.mustGit(['--git-dir', tools.path, 'rev-parse', 'main']);
  await place.mustGit(['--git-dir', tools.path, 'update-ref', 'refs/heads/__proto__', main]);
  tools.protect('__proto__');
  await runSource(place);
  expect(await readFile(acme(place, 'tools.meta', 'protection.json'), 'utf8')).toContain('__proto__');
});
