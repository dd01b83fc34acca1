import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

test('an organization of 10,000 repositories is listed page by page, and nothing is made on disk', async () => {
  await using place = await makeHubPlace();
  const { github, workspace } = place;
  github.createOwner('Acme');
  for (let number = 0; number < 10_000; number++) {
    github.createRepository('acme', `part-${number}`, { private: number % 2 === 0 });
  }
  const octokit = octokitOf(github, github.addToken({ scopes: 'read' }));
  const listed = await octokit.paginate(octokit.rest.repos.listForOrg, { org: 'ACME', per_page: 100 });
  expect(new Set(listed.map(({ name }) => name)).size).toBe(10_000);
  expect(github.log).toHaveLength(100);
  expect(await readdir(workspace.path('github', 'repositories'))).toEqual([]);
});

test('pages are of 30, at most of 100, and the neighbours are named by number', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  for (let number = 0; number < 250; number++) github.createRepository('acme', `part-${number}`);
  const { rest } = octokitOf(github);
  expect((await rest.repos.listForOrg({ org: 'acme' })).data).toHaveLength(30);
  const second = await rest.repos.listForOrg({ org: 'acme', per_page: 1000, page: 2 });
  expect(second.data).toHaveLength(100);
  const links = (second.headers.link ?? '').split(', ').map((link) => link.replace(/^.*organizations\/\d+/, ''));
  expect(links).toEqual([
    '/repos?per_page=1000&page=1>; rel="prev"',
    '/repos?per_page=1000&page=3>; rel="next"',
    '/repos?per_page=1000&page=3>; rel="last"',
    '/repos?per_page=1000&page=1>; rel="first"',
  ]);
  expect((await rest.repos.listForOrg({ org: 'acme', page: 99 })).data).toEqual([]);
});

test('a list holds what the one who asks may see, of the type that is asked for', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'open');
  github.createRepository('acme', 'forked', { fork: true });
  github.createRepository('acme', 'secret', { private: true });
  github.createRepository('acme', 'other', { private: true });
  const namesFor = async (token?: string, type: 'all' | 'private' | 'forks' | 'sources' = 'all') => {
    const { data } = await octokitOf(github, token).rest.repos.listForOrg({ org: 'acme', type });
    return data.map(({ name }) => name);
  };
  expect(await namesFor()).toEqual(['forked', 'open']);
  expect(await namesFor(github.addToken({ repositories: ['acme/secret'] }))).toEqual(['secret', 'forked', 'open']);
  const all = github.addToken();
  expect(await namesFor(all)).toEqual(['other', 'secret', 'forked', 'open']);
  expect(await namesFor(all, 'private')).toEqual(['other', 'secret']);
  expect(await namesFor(all, 'forks')).toEqual(['forked']);
  expect(await namesFor(all, 'sources')).toEqual(['other', 'secret', 'open']);
});

test('what a user keeps private is listed to that user alone', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('ada', 'user');
  github.createRepository('ada', 'notes', { private: true });
  github.createRepository('ada', 'site');
  const { rest } = octokitOf(github, github.addToken({ login: 'ada' }));
  expect((await rest.repos.listForUser({ username: 'ADA' })).data.map(({ name }) => name)).toEqual(['site']);
  const own = await rest.repos.listForAuthenticatedUser({ affiliation: 'owner' });
  expect(own.data.map(({ full_name: name }) => name)).toEqual(['ada/notes', 'ada/site']);
  expect((await rest.users.getAuthenticated()).data).toMatchObject({ login: 'ada', type: 'User' });
  expect((await rest.users.getByUsername({ username: 'Ada' })).data.login).toBe('ada');
  await expect(rest.orgs.get({ org: 'ada' })).rejects.toMatchObject({ status: 404 });
});

test('a repository says what it is, and when it was last pushed to', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const made = github.createRepository('acme', 'tools', {
    private: true,
    description: 'All of them',
    topics: ['tools', 'steel'],
    defaultBranch: 'trunk',
    hasWiki: false,
  });
  const octokit = octokitOf(github, github.addToken({ scopes: 'read' }));
  const { data } = await octokit.rest.repos.get({ owner: 'Acme', repo: 'Tools' });
  expect(data).toMatchObject({
    id: made.id,
    full_name: 'acme/tools',
    private: true,
    visibility: 'private',
    description: 'All of them',
    topics: ['tools', 'steel'],
    default_branch: 'trunk',
    has_wiki: false,
    archived: false,
    pushed_at: null,
    clone_url: made.cloneUrl,
    owner: { login: 'acme', type: 'Organization' },
    permissions: { admin: false, push: false, pull: true },
  });
  made.touch('2026-02-03T04:05:06Z');
  made.change({ archived: true });
  const again = await octokit.request('GET /repositories/{id}', { id: made.id });
  expect(again.data).toMatchObject({ pushed_at: '2026-02-03T04:05:06Z', archived: true });
});
