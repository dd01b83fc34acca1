import { expect, test } from 'vitest';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

/** A working repository with one commit, which is pushed. */
async function pushedTo(place: HubPlace, url: string, token: string): Promise<string> {
  const folder = await place.workspace.folder('work');
  await place.mustGit(['init', '--quiet', '--initial-branch=main'], { cwd: folder });
  await place.mustGit(['commit', '--quiet', '--allow-empty', '--message=First'], { cwd: folder });
  await place.mustGit(['push', '--quiet', url, 'main'], { cwd: folder, token });
  return folder;
}

test('what is pushed with a token is cloned with one', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools', { private: true });
  expect(repository.pushedAt).toBeNull();
  const work = await pushedTo(place, repository.cloneUrl, github.addToken());
  expect(repository.pushedAt).not.toBeNull();
  await place.mustGit(['clone', '--quiet', repository.cloneUrl, 'clone'], {
    token: github.addToken({ scopes: 'read' }),
  });
  expect(await place.mustGit(['-C', 'clone', 'rev-parse', 'HEAD'])).toBe(
    await place.mustGit(['-C', work, 'rev-parse', 'HEAD']),
  );
});

test('a private repository is there for those who may see it only', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const { cloneUrl } = github.createRepository('acme', 'tools', { private: true });
  github.createRepository('acme', 'site');
  const listed = (token?: string) => place.git(['ls-remote', cloneUrl], token === undefined ? {} : { token });
  expect((await listed()).stderr).toContain('could not read Username');
  expect((await listed('ghp_unknown')).code).toBe(128);
  expect((await listed(github.addToken({ repositories: ['acme/site'] }))).stderr).toContain('not found');
  expect((await listed(github.addToken({ expiresAt: '2020-01-01T00:00:00Z' }))).code).toBe(128);
  expect((await listed(github.addToken({ repositories: ['ACME/Tools'] }))).code).toBe(0);
});

test('a token that only reads does not push', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools');
  await expect(pushedTo(place, repository.cloneUrl, github.addToken({ scopes: 'read' }))).rejects.toThrow('403');
  expect(repository.pushedAt).toBeNull();
});
