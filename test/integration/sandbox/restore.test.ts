import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

test('a repository is made in an organization and below the account that asks', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createOwner('ada', 'user');
  const { rest } = octokitOf(github, github.addToken({ login: 'ada' }));
  const inOrg = await rest.repos.createInOrg({ org: 'acme', name: 'new tools!', private: true, has_wiki: false });
  expect(inOrg.data).toMatchObject({ full_name: 'acme/new-tools-', private: true, has_wiki: false, pushed_at: null });
  const own = await rest.repos.createForAuthenticatedUser({ name: 'notes', description: 'Mine' });
  expect(own.data).toMatchObject({ full_name: 'ada/notes', private: false, description: 'Mine' });
  await expect(rest.repos.createInOrg({ org: 'acme', name: 'NEW-tools-' })).rejects.toMatchObject({
    status: 422,
    response: { data: { errors: [{ message: 'name already exists on this account' }] } },
  });
  await expect(rest.repos.createInOrg({ org: 'acme', name: '..' })).rejects.toMatchObject({ status: 422 });
  await expect(rest.repos.createInOrg({ org: 'nobody', name: 'x' })).rejects.toMatchObject({ status: 404 });
});

test('settings and topics are changed, but not of what is archived', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  github.createRepository('acme', 'taken');
  const { rest } = octokitOf(github, github.addToken());
  const tools = { owner: 'acme', repo: 'tools' };
  const changed = { description: 'Better', homepage: 'https://example.com', has_wiki: false, private: true };
  expect((await rest.repos.update({ ...tools, ...changed })).data).toMatchObject(changed);
  expect((await rest.repos.replaceAllTopics({ ...tools, names: ['steel'] })).data.names).toEqual(['steel']);
  expect((await rest.repos.getAllTopics(tools)).data.names).toEqual(['steel']);
  await expect(rest.repos.replaceAllTopics({ ...tools, names: ['No Topic'] })).rejects.toMatchObject({ status: 422 });
  await expect(rest.repos.update({ ...tools, name: 'Taken' })).rejects.toMatchObject({ status: 422 });
  expect((await rest.repos.update({ ...tools, name: 'gear' })).data.full_name).toBe('acme/gear');
  await rest.repos.update({ ...tools, repo: 'gear', archived: true });
  const gear = { owner: 'acme', repo: 'gear' };
  await expect(rest.repos.update({ ...gear, description: 'More' })).rejects.toMatchObject({ status: 403 });
  await expect(rest.repos.replaceAllTopics({ ...gear, names: [] })).rejects.toMatchObject({ status: 403 });
  expect((await rest.repos.update({ ...gear, archived: false })).data.archived).toBe(false);
});

test('what is no JSON, or of another shape, is refused', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const headers = { authorization: `Bearer ${github.addToken()}` };
  const patch = async (body: string) =>
    (await fetch(`${github.api}/repos/acme/tools`, { method: 'PATCH', headers, body })).status;
  expect(await patch('{')).toBe(400);
  expect(await patch('{"private":"yes"}')).toBe(422);
  expect(await patch('[]')).toBe(422);
  expect(await patch(`{"description":"${'x'.repeat(2_000_000)}"}`)).toBe(413);
  expect(await patch('')).toBe(200);
});

describePeer('git', 'a default branch', () => {
  test('is one that was pushed', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    const token = github.addToken();
    const cwd = await pushCommit(place, repository.cloneUrl, token);
    await place.mustGit(['push', '--quiet', repository.cloneUrl, 'main:trunk'], { cwd, token });
    const { rest } = octokitOf(github, token);
    const tools = { owner: 'acme', repo: 'tools' };
    await expect(rest.repos.update({ ...tools, default_branch: 'missing' })).rejects.toMatchObject({ status: 422 });
    expect((await rest.repos.update({ ...tools, default_branch: 'trunk' })).data.default_branch).toBe('trunk');
    expect(repository.git(['symbolic-ref', 'HEAD'])).toBe('refs/heads/trunk');
  });
});
