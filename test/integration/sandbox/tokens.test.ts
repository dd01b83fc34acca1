import { get } from 'node:http';
import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

const soon = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_600_000).toISOString();

test('a token that is none, has expired or was revoked is refused for everything', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'open');
  const revoked = github.addToken();
  github.revokeToken(revoked);
  for (const token of ['ghp_unknown', revoked, github.addToken({ expiresAt: '2020-01-01T00:00:00Z' })]) {
    const { rest } = octokitOf(github, token);
    const refused = { status: 401, response: { data: { message: 'Bad credentials', status: '401' } } };
    await expect(rest.repos.get({ owner: 'acme', repo: 'open' })).rejects.toMatchObject(refused);
    await expect(rest.repos.listForOrg({ org: 'acme' })).rejects.toMatchObject(refused);
    await expect(rest.users.getAuthenticated()).rejects.toMatchObject(refused);
  }
});

test('without a token one sees what is public, and is nobody', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'open');
  github.createRepository('acme', 'secret', { private: true });
  const { rest } = octokitOf(github);
  expect((await rest.repos.get({ owner: 'acme', repo: 'open' })).data.permissions?.push).toBe(false);
  await expect(rest.repos.get({ owner: 'acme', repo: 'secret' })).rejects.toMatchObject({ status: 404 });
  await expect(rest.users.getAuthenticated()).rejects.toMatchObject({ status: 401 });
  const topics = rest.repos.replaceAllTopics({ owner: 'acme', repo: 'open', names: [] });
  await expect(topics).rejects.toMatchObject({ status: 401 });
});

test('the headers say what a token is good for, and until when', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  const classic = await octokitOf(github, github.addToken({ expiresAt: soon })).rest.users.getAuthenticated();
  expect(classic.headers).toMatchObject({
    'x-oauth-scopes': 'read:org, repo',
    'github-authentication-token-expiration': soon.replace('T', ' ').replace('.000Z', ' UTC'),
    'x-github-media-type': 'github.v3; format=json',
  });
  const fine = await octokitOf(github, github.addToken({ scopes: 'read' })).rest.users.getAuthenticated();
  expect(fine.headers['x-oauth-scopes']).toBeUndefined();
  expect(fine.headers['github-authentication-token-expiration']).toBeUndefined();
});

test('a permission that is missing is named', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools', { private: true });
  const lacking = github.addToken({ missingPermissions: ['issues', 'administration=write'] });
  const { rest } = octokitOf(github, lacking);
  const tools = { owner: 'acme', repo: 'tools' };
  const refused = (permission: string) => ({
    status: 403,
    response: {
      headers: { 'x-accepted-github-permissions': permission },
      data: { message: 'Resource not accessible by personal access token' },
    },
  });
  await expect(rest.issues.listForRepo(tools)).rejects.toMatchObject(refused('issues=read'));
  await expect(rest.repos.update(tools)).rejects.toMatchObject(refused('administration=write'));
  expect((await rest.pulls.list(tools)).data).toEqual([]);
  // Comments are of issues and of pull requests: one of the two permissions is enough.
  expect((await rest.issues.listCommentsForRepo(tools)).data).toEqual([]);
});

test('a token that only reads changes nothing', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const { rest } = octokitOf(github, github.addToken({ scopes: 'read' }));
  const tools = { owner: 'acme', repo: 'tools' };
  const attempts = await Promise.allSettled([
    rest.repos.update({ ...tools, description: 'Taken over' }),
    rest.repos.replaceAllTopics({ ...tools, names: ['taken'] }),
    rest.repos.createRelease({ ...tools, tag_name: 'v1' }),
    rest.repos.createInOrg({ org: 'acme', name: 'more' }),
    rest.repos.createForAuthenticatedUser({ name: 'more' }),
    rest.repos.delete(tools),
  ]);
  for (const attempt of attempts) expect(attempt).toMatchObject({ status: 'rejected', reason: { status: 403 } });
  expect((await rest.repos.get(tools)).data).toMatchObject({ description: null, topics: [] });
});

test('a request without a user agent is refused', async () => {
  await using place = await makeHubPlace();
  const status = await new Promise((resolve, reject) => {
    const asked = get(`${place.github.api}/rate_limit`, (response) => resolve(response.resume().statusCode));
    asked.once('error', reject);
  });
  expect(status).toBe(403);
});
