import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { everyRepository } from '../../../shared/model/github-filters.ts';
import { addFilled, allParts, mirrorsOf, pushTo, runSource, watchGit } from '../../support/github-source.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const acme = (place: HubPlace, ...parts: string[]): string => join(mirrorsOf(place), 'acme', ...parts);
const headOf = (place: HubPlace, name: string): Promise<string> =>
  place.mustGit(['--git-dir', acme(place, `${name}.git`), 'rev-parse', 'HEAD']);
const organisation = async (place: HubPlace): Promise<{ repositories: Record<string, unknown>[] }> =>
  JSON.parse(await readFile(acme(place, 'organisation.json'), 'utf8')) as { repositories: Record<string, unknown>[] };
const stateOf = async (place: HubPlace, name: string): Promise<unknown> =>
  (await organisation(place)).repositories.find((repository) => repository['name'] === name)?.['state'];

async function makeAcme(): Promise<HubPlace> {
  const place = await makeHubPlace();
  place.github.createOwner('acme');
  return place;
}

describe('a run', () => {
  test('mirrors every repository so that it can be cloned as it lies, an empty one too', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools', { private: true });
    await addFilled(place, 'web');
    place.github.createRepository('acme', 'empty');
    tools.setWiki({ 'Home.md': 'hello' });
    const { prepared, error, issues, progress } = await runSource(place);
    expect(error).toBe(null);
    expect(issues).toEqual([]);
    expect(prepared).toEqual({
      folder: acme(place),
      excludes: ['/.holdfast/'],
      checkedMirrors: [],
      items: ['empty', 'tools', 'web'].map((name) => ({ path: `/acme/${name}.git`, complete: true })),
    });
    expect((await readdir(acme(place))).filter((name) => name.endsWith('.git'))).toEqual([
      'empty.git',
      'tools.git',
      'tools.wiki.git',
      'web.git',
    ]);
    const clone = place.workspace.path('clone');
    await place.mustGit(['clone', '--quiet', acme(place, 'tools.git'), clone]);
    expect(await place.mustGit(['log', '--format=%s'], { cwd: clone })).toBe('tools');
    expect(progress.at(-1)).toMatchObject({ doneItems: 3, totals: { items: 3 } });
    expect(progress.some(({ currentItem }) => currentItem === 'acme/web')).toBe(true);
    expect(await stateOf(place, 'empty')).toBe('ok');
  });

  test('for a wiki that is not there, no process of Git is started', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    using watched = await watchGit(place);
    const { issues } = await runSource(place);
    expect(issues).toEqual([]);
    expect(place.github.log.map(({ path }) => path)).toContainEqual(
      expect.stringContaining('/tools.wiki.git/info/refs'),
    );
    expect((await watched.starts()).join('\n')).toMatch(/tools\.git/);
    expect((await watched.starts()).join('\n')).not.toMatch(/wiki/);
  });

  test('an unchanged repository starts no process of Git, and its files stay as they are', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    await addFilled(place, 'web');
    tools.addIssue({ title: 'Broken', createdAt: '2026-01-01T00:00:00Z' });
    await runSource(place);
    await runSource(place);
    const before = await Promise.all(
      ['organisation.json', 'tools.meta/issues.jsonl'].map((name) => readFile(acme(place, name))),
    );
    using watched = await watchGit(place);
    const asked = place.github.log.length;
    const { prepared, issues } = await runSource(place);
    expect(prepared?.items).toHaveLength(2);
    expect(issues).toEqual([]);
    expect(await watched.starts()).toEqual([]);
    const paths = place.github.log.slice(asked).map(({ path }) => path.replace(/\?.*/, ''));
    // Of several repositories at once, in whichever order they come.
    expect(paths.toSorted()).toEqual([
      '/api/v3/orgs/acme/repos',
      '/api/v3/repos/acme/tools/issues',
      '/api/v3/repos/acme/tools/releases',
      '/api/v3/repos/acme/web/issues',
      '/api/v3/repos/acme/web/releases',
      '/api/v3/users/acme',
    ]);
    const after = await Promise.all(
      ['organisation.json', 'tools.meta/issues.jsonl'].map((name) => readFile(acme(place, name))),
    );
    expect(after).toEqual(before);
    await pushTo(place, tools, 'more', '2026-01-03T00:00:00Z');
    await runSource(place);
    const starts = (await watched.starts()).join('\n');
    expect(starts).not.toContain('web.git');
    expect(await headOf(place, 'tools')).toBe(tools.git(['rev-parse', 'main']).trim());
  });

  test('a push within the same second as the one before is not passed over', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    await pushTo(place, tools, 'second', at);
    await runSource(place);
    await pushTo(place, tools, 'third', at);
    await runSource(place);
    expect(await headOf(place, 'tools')).toBe(tools.git(['rev-parse', 'main']).trim());
  });

  test('HEAD follows a default branch that was renamed', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    await runSource(place);
    tools.git(['branch', '-m', 'main', 'trunk']);
    tools.change({ defaultBranch: 'trunk' });
    await runSource(place);
    expect(await readFile(acme(place, 'tools.git', 'HEAD'), 'utf8')).toBe('ref: refs/heads/trunk\n');
  });

  test('a mirror that is gone from the disk is made again', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    await runSource(place);
    await runSource(place);
    await rm(acme(place, 'tools.git'), { recursive: true });
    await runSource(place);
    expect(await headOf(place, 'tools')).toBe(tools.git(['rev-parse', 'main']).trim());
  });

  test('a GitHub App reads by its installation', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools', { private: true });
    const { appId, installationId, privateKeyPem } = place.github.addApp({ owner: 'acme' });
    const credential = { kind: 'app', appId, installationId, privateKey: privateKeyPem } as const;
    const { error, issues } = await runSource(place, { credential });
    expect(error).toBe(null);
    expect(issues).toEqual([]);
    expect(await headOf(place, 'tools')).toMatch(/^[0-9a-f]{40}$/);
  });

  test('what the filters leave out is not fetched, and what they left in before stays', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    await addFilled(place, 'web');
    await runSource(place, { filters: { ...everyRepository, exclude: ['web'] } });
    expect((await readdir(acme(place))).includes('web.git')).toBe(false);
    const { prepared } = await runSource(place, { filters: { ...everyRepository, include: ['web'] } });
    expect(prepared?.items).toEqual([{ path: '/acme/web.git', complete: true }]);
    expect((await readdir(acme(place))).includes('tools.git')).toBe(true);
  });
});

describe('one bad repository never stops the rest', () => {
  test('a blocked one (451, 403) is named and incomplete, the others are fetched', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b', 'c']) await addFilled(place, name);
    place.github.repository('acme', 'a').block('dmca');
    place.github.repository('acme', 'b').block('tos');
    const { prepared, issues } = await runSource(place);
    expect(prepared?.items).toEqual([
      { path: '/acme/a.git', complete: false },
      { path: '/acme/b.git', complete: false },
      { path: '/acme/c.git', complete: true },
    ]);
    expect(issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['/acme/a.git', '/acme/b.git']));
    expect(await stateOf(place, 'a')).toBe('failed');
    expect(await stateOf(place, 'c')).toBe('ok');
    place.github.repository('acme', 'a').block(null);
    const again = await runSource(place);
    expect(again.prepared?.items[0]).toEqual({ path: '/acme/a.git', complete: true });
    expect(await stateOf(place, 'a')).toBe('ok');
  });

  test('a missing permission is told once for all repositories', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b', 'c']) (await addFilled(place, name)).protect('main');
    const token = place.github.addToken({ scopes: 'read', missingPermissions: ['administration'] });
    const { prepared, issues } = await runSource(place, { token });
    expect(prepared?.items.every(({ complete }) => complete)).toBe(true);
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ path: 'acme', code: 'GITHUB_FORBIDDEN' });
    expect(issues[0]?.message).toMatch(/^Not read in 3 repositories: protection of branches\..*administration=read/);
  });

  test('a repository that is not listed any more is named, and its mirror stays', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b', 'c']) await addFilled(place, name);
    await runSource(place);
    const head = await headOf(place, 'a');
    place.github.remove('acme', 'a');
    const { prepared, issues, findings } = await runSource(place);
    expect(findings).toEqual([expect.objectContaining({ kind: 'missing', item: '/acme/a.git' })]);
    expect(prepared?.items).toContainEqual({ path: '/acme/a.git', complete: false });
    expect(issues).toEqual([expect.objectContaining({ path: '/acme/a.git', code: 'GITHUB_NOT_FOUND' })]);
    expect(await headOf(place, 'a')).toBe(head);
    expect(await stateOf(place, 'a')).toBe('missing');
  });
});

describe('what outlives a run', () => {
  test('when the token ends is found at each run, and nothing of one that does not end', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    const expiresAt = '2030-05-01T00:00:00.000Z';
    const token = place.github.addToken({ scopes: 'read', expiresAt });
    const { findings } = await runSource(place, { token });
    expect(findings).toEqual([{ kind: 'expires', atMs: Date.parse(expiresAt) }]);
    expect((await runSource(place)).findings).toEqual([]);
  });

  test('history that a push by force has taken away there is found once, with what keeps it here', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    await runSource(place);
    const lost = await headOf(place, 'tools');
    await pushTo(place, tools, 'rewritten', '2026-01-03T00:00:00Z');
    await place.mustGit(['--git-dir', tools.path, 'update-ref', 'refs/heads/main', await rootless(place, tools.path)]);
    tools.touch('2026-01-04T00:00:00Z');
    const { findings } = await runSource(place);
    const [found] = findings;
    expect(found).toMatchObject({
      kind: 'historyLost',
      item: '/acme/tools.git',
      ref: 'refs/heads/main',
      how: 'forced',
    });
    const keptAs = found?.kind === 'historyLost' ? found.keptAs : '';
    expect(await place.mustGit(['--git-dir', acme(place, 'tools.git'), 'rev-parse', keptAs])).toBe(lost);
    expect((await runSource(place)).findings).toEqual([]);
  });
});

/** A commit that nothing led to before. */
async function rootless(place: HubPlace, repository: string): Promise<string> {
  const tree = await place.mustGit(['--git-dir', repository, 'rev-parse', 'refs/heads/main^{tree}']);
  return place.mustGit(['--git-dir', repository, 'commit-tree', tree, '-m', 'Another beginning']);
}

describe('where nothing can be fetched', () => {
  test('a refused token ends the run and leaves the mirrors as they are', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    const token = place.github.addToken();
    await runSource(place, { token });
    const head = await headOf(place, 'tools');
    place.github.revokeToken(token);
    const { error } = await runSource(place, { token });
    expect(error).toMatchObject({ code: 'GITHUB_REFUSED' });
    expect(await headOf(place, 'tools')).toBe(head);
  });

  test('an outage of all repositories ends the run with what failed', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b']) await addFilled(place, name);
    using _outage = place.github.fault({ path: /info\/refs/ }, { status: 502 });
    const { error, issues } = await runSource(place);
    expect(error?.code).toMatch(/^GIT_/);
    expect(issues).toHaveLength(2);
  });

  test('a shrunken list ends the run before anything is moved', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b']) await addFilled(place, name);
    await runSource(place);
    for (const name of ['a', 'b']) place.github.remove('acme', name);
    const names = await readdir(acme(place));
    expect((await runSource(place)).error).toMatchObject({ code: 'SOURCE_EMPTIED' });
    expect(await readdir(acme(place))).toEqual(names);
    const allowed = await runSource(place, { allowShrunk: true });
    expect(allowed.prepared?.items.map(({ complete }) => complete)).toEqual([false, false]);
  });

  test('the folder of another owner is not touched', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    place.github.createOwner('other');
    await runSource(place);
    expect((await runSource(place, { owner: 'other' })).error).toMatchObject({ code: 'MIRRORS_TAKEN' });
    expect((await runSource(place, { name: '../acme' })).error).toMatchObject({ code: 'BAD_USAGE' });
  });
});

describe('names', () => {
  test('a renamed repository takes its folders along, and a new one with the old name gets its own', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    tools.setWiki({ 'Home.md': 'hello' });
    await runSource(place);
    const head = await headOf(place, 'tools');
    place.github.rename('acme', 'tools', 'gadgets');
    const fresh = await addFilled(place, 'tools');
    await pushTo(place, fresh, 'of the new one', '2026-01-05T00:00:00Z');
    const { issues } = await runSource(place);
    expect(issues).toEqual([]);
    expect(await headOf(place, 'gadgets')).toBe(head);
    expect(await headOf(place, 'tools')).toBe(fresh.git(['rev-parse', 'main']).trim());
    expect(await readdir(acme(place))).toEqual(expect.arrayContaining(['gadgets.wiki.git', 'gadgets.meta']));
    expect((await organisation(place)).repositories).toContainEqual(
      expect.objectContaining({ name: 'gadgets', formerNames: ['tools'] }),
    );
  });

  test('the mirror of a deleted repository is kept beside that of a new one with its name', async () => {
    await using place = await makeAcme();
    const old = await addFilled(place, 'tools');
    for (const name of ['a', 'b']) await addFilled(place, name);
    await runSource(place);
    const head = await headOf(place, 'tools');
    place.github.remove('acme', 'tools');
    const fresh = await addFilled(place, 'tools');
    await pushTo(place, fresh, 'of the new one', '2026-01-05T00:00:00Z');
    const { issues } = await runSource(place);
    expect(issues).toEqual([expect.objectContaining({ path: `/acme/tools~${old.id}.git` })]);
    expect(await headOf(place, `tools~${old.id}`)).toBe(head);
    expect(await headOf(place, 'tools')).toBe(fresh.git(['rev-parse', 'main']).trim());
  });
});

describe('the state', () => {
  test('when it is damaged, it is begun anew from what lies there and no mirror is lost', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    await runSource(place);
    const head = await headOf(place, 'tools');
    await writeFile(acme(place, '.holdfast', 'state.json'), '{"version":1,"repositories":[{"id":');
    place.github.rename('acme', 'tools', 'gadgets');
    const { error, notices } = await runSource(place);
    expect(error).toBe(null);
    expect(notices).toEqual(['What was known of earlier runs is damaged: everything is looked at again.']);
    expect(await headOf(place, 'gadgets')).toBe(head);
  });

  test('a run that is cut off is taken up again by the next', async () => {
    await using place = await makeAcme();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']) await addFilled(place, name);
    const stop = new AbortController();
    const nowMs = (): number => {
      if (place.github.log.filter(({ path }) => path.includes('info/refs')).length >= 3) stop.abort();
      return Date.now();
    };
    const cut = await runSource(place, { signal: stop.signal, nowMs, parts: { ...allParts, wiki: false } });
    expect(cut.error).toMatchObject({ code: 'CANCELLED' });
    const { error, issues } = await runSource(place, { parts: { ...allParts, wiki: false } });
    expect(error).toBe(null);
    expect(issues).toEqual([]);
    for (const name of ['a', 'j']) expect(await headOf(place, name)).toMatch(/^[0-9a-f]{40}$/);
  });
});
