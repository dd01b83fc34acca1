import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

const tools = { owner: 'acme', repo: 'tools' };

/** Not followed. */
async function answerOf({ github }: HubPlace, url: string, token?: string) {
  const headers = { 'user-agent': 'test', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { redirect: 'manual', headers });
  await response.arrayBuffer();
  return { status: response.status, location: response.headers.get('location')?.replace(github.web, '') ?? null };
}

test('a name that a repository had leads to its number, until another has the name', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { id } = github.createRepository('acme', 'tools');
  github.rename('acme', 'tools', 'gear');
  const old = `${github.api}/repos/Acme/Tools`;
  expect(await answerOf(place, old)).toEqual({ status: 301, location: `/api/v3/repositories/${id}` });
  expect(await answerOf(place, `${old}/branches?per_page=5`)).toEqual({
    status: 301,
    location: `/api/v3/repositories/${id}/branches?per_page=5`,
  });
  const { rest } = octokitOf(github, github.addToken());
  expect((await rest.repos.get(tools)).data.full_name).toBe('acme/gear');
  const other = github.createRepository('acme', 'tools');
  expect((await rest.repos.get(tools)).data.id).toBe(other.id);
});

test('a repository that goes to another owner is found by the old name too', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createOwner('umbrella');
  const { id } = github.createRepository('acme', 'tools');
  github.transfer('acme', 'tools', 'umbrella');
  const { rest } = octokitOf(github);
  expect((await rest.repos.get(tools)).data).toMatchObject({ id, full_name: 'umbrella/tools' });
  expect((await rest.repos.listForOrg({ org: 'acme' })).data).toEqual([]);
  expect((await rest.repos.listForOrg({ org: 'umbrella' })).data).toMatchObject([{ id }]);
});

test('what is gone, and what is hidden, is not found under any name', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { id } = github.createRepository('acme', 'tools');
  const secret = github.createRepository('acme', 'secret', { private: true });
  github.rename('acme', 'secret', 'hidden');
  github.rename('acme', 'tools', 'gear');
  github.remove('acme', 'gear');
  for (const path of ['acme/tools', 'acme/gear', 'acme/secret', 'acme/hidden']) {
    expect(await answerOf(place, `${github.api}/repos/${path}`), path).toEqual({ status: 404, location: null });
  }
  for (const number of [id, secret.id, 'x']) {
    expect((await answerOf(place, `${github.api}/repositories/${number}`)).status).toBe(404);
  }
});

describePeer('git', 'the address that a repository was cloned from', () => {
  test('leads to the new one, for those who may see it', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { cloneUrl: before } = github.createRepository('acme', 'tools', { private: true });
    github.rename('acme', 'tools', 'gear');
    const token = github.addToken({ scopes: 'read' });
    const asked = `${before}/info/refs?service=git-upload-pack`;
    expect((await answerOf(place, asked)).status).toBe(401);
    expect(await answerOf(place, asked, token)).toEqual({
      status: 301,
      location: '/acme/gear.git/info/refs?service=git-upload-pack',
    });
    expect((await place.git(['ls-remote', before], { token })).code).toBe(0);
    const strict = await place.git(['-c', 'http.followRedirects=false', 'ls-remote', before], { token });
    expect(strict.stderr).toContain('301');
  });
});
