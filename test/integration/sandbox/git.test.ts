import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

describePeer('git', 'a repository over HTTP', () => {
  test('is cloned as it was pushed, and says that it was pushed to', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools', { private: true });
    expect(repository.pushedAt).toBeNull();
    const work = await pushCommit(place, repository.cloneUrl, github.addToken());
    expect(repository.pushedAt).not.toBeNull();
    const token = github.addToken({ scopes: 'read' });
    await place.mustGit(['clone', '--quiet', repository.cloneUrl, 'clone'], { token });
    expect(await place.mustGit(['-C', 'clone', 'rev-parse', 'HEAD'])).toBe(
      await place.mustGit(['-C', work, 'rev-parse', 'HEAD']),
    );
  });

  test('is cloned without its ending, in any case, from a user name of any kind', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    github.createRepository('acme', 'tools', { private: true });
    const token = github.addToken();
    const address = (login: string, path: string) => github.web.replace('//', `//${login}@`) + path;
    for (const [login, path] of [
      [`x-access-token:${token}`, '/acme/tools.git'],
      [`anybody:${token}`, '/ACME/Tools'],
      [`${token}:x-oauth-basic`, '/acme/tools.git'],
    ] as const) {
      expect((await place.git(['ls-remote', address(login, path)])).code, path).toBe(0);
    }
  });

  test('is, when private, there for those who may see it only', async () => {
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
    expect((await listed(github.addToken({ missingPermissions: ['contents'] }))).stderr).toContain('403');
    expect((await listed(github.addToken({ repositories: ['ACME/Tools'] }))).code).toBe(0);
  });

  test('takes no push from a token that only reads, nor when it is archived', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    const { cloneUrl } = repository;
    await expect(pushCommit(place, cloneUrl, github.addToken({ scopes: 'read' }))).rejects.toThrow('403');
    repository.change({ archived: true });
    await expect(pushCommit(place, cloneUrl, github.addToken())).rejects.toThrow('read-only');
    expect(repository.pushedAt).toBeNull();
  });

  test('speaks protocol version 2, takes large pushes and gives parts of a history', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { cloneUrl } = github.createRepository('acme', 'tools');
    const token = github.addToken();
    const cwd = await pushCommit(place, cloneUrl, token);
    await writeFile(join(cwd, 'large.bin'), randomBytes(3_000_000));
    await place.mustGit(['add', 'large.bin'], { cwd });
    await place.mustGit(['commit', '--quiet', '--message=Large'], { cwd });
    // More than git sends at once: it comes in chunks, without a length.
    await place.mustGit(['push', '--quiet', cloneUrl, 'main'], { cwd, token });
    const traced = await place.git(['ls-remote', cloneUrl], { env: { GIT_TRACE_PACKET: '1' } });
    expect(traced.stderr).toContain('version 2');
    await place.mustGit(['clone', '--quiet', '--depth=1', '--filter=blob:none', '--no-checkout', cloneUrl, 'part']);
    expect(await place.mustGit(['-C', 'part', 'rev-list', '--count', 'HEAD'])).toBe('1');
    expect(await place.mustGit(['-C', 'part', 'rev-list', '--objects', '--missing=print', 'HEAD'])).toMatch(/^\?/m);
  });

  test('has no address for git of old', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { cloneUrl } = github.createRepository('acme', 'tools');
    expect((await fetch(`${cloneUrl}/info/refs`)).status).toBe(403);
    expect((await fetch(`${cloneUrl}/HEAD`)).status).toBe(404);
    expect((await fetch(`${github.web}/acme/..%2f..%2fetc/info/refs?service=git-upload-pack`)).status).toBe(401);
  });

  test('has the first branch that arrives as its default one, and keeps it', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools', { defaultBranch: 'trunk' });
    const token = github.addToken();
    const cwd = await pushCommit(place, repository.cloneUrl, token);
    expect(repository.defaultBranch).toBe('main');
    await place.mustGit(['push', '--quiet', repository.cloneUrl, 'main:another', 'main:trunk'], { cwd, token });
    expect(repository.defaultBranch).toBe('main');
    repository.change({ defaultBranch: 'trunk' });
    const heads = await place.mustGit(['ls-remote', '--symref', repository.cloneUrl, 'HEAD']);
    expect(heads).toContain('ref: refs/heads/trunk\tHEAD');
  });

  test('is pushed to on the spot, too', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const one = github.createRepository('acme', 'one');
    const other = github.createRepository('acme', 'other');
    await pushCommit(place, one.cloneUrl, github.addToken());
    other.pushLocally(one.path);
    expect(other.pushedAt).not.toBeNull();
    expect(other.git(['rev-parse', 'main'])).toBe(one.git(['rev-parse', 'main']));
    expect((await octokitOf(github).rest.repos.listBranches({ owner: 'acme', repo: 'other' })).data).toMatchObject([
      { name: 'main', commit: { sha: one.git(['rev-parse', 'main']) }, protected: false },
    ]);
  });
});

describePeer('git', 'a protected branch', () => {
  test('says so, and takes nothing by force', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    const token = github.addToken();
    const cwd = await pushCommit(place, repository.cloneUrl, token);
    await place.mustGit(['push', '--quiet', repository.cloneUrl, 'main:feature/x'], { cwd, token });
    repository.protect('main', { requiredApprovals: 2 });
    const { rest } = octokitOf(github, token);
    const main = { owner: 'acme', repo: 'tools', branch: 'main' };
    expect((await rest.repos.getBranchProtection(main)).data).toMatchObject({
      required_pull_request_reviews: { required_approving_review_count: 2 },
      allow_force_pushes: { enabled: false },
    });
    expect((await rest.repos.getBranch(main)).data.protected).toBe(true);
    await expect(rest.repos.getBranchProtection({ ...main, branch: 'feature/x' })).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('Branch not protected') as string,
    });
    await place.mustGit(['commit', '--quiet', '--allow-empty', '--amend', '--message=Other'], { cwd });
    const push = (...refspecs: string[]) => place.git(['push', repository.cloneUrl, ...refspecs], { cwd, token });
    expect((await push('+main')).stderr).toContain('GH006: Protected branch update failed for refs/heads/main.');
    expect((await push(':main')).code).toBe(1);
    expect((await push('+main:feature/x')).code).toBe(0);
    await place.mustGit(['fetch', '--quiet', repository.cloneUrl, 'main'], { cwd });
    await place.mustGit(['reset', '--quiet', '--hard', 'FETCH_HEAD'], { cwd });
    await place.mustGit(['commit', '--quiet', '--allow-empty', '--message=Next'], { cwd });
    expect((await push('main')).code).toBe(0);
  });
});

describePeer('git', 'a wiki', () => {
  test('is there to clone and push once it has a page', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools', { private: true });
    const token = github.addToken();
    const cwd = await pushCommit(place, repository.cloneUrl, token);
    const { pushedAt } = repository;
    expect((await place.git(['push', repository.wikiUrl, 'main:master'], { cwd, token })).stderr).toContain(
      'not found',
    );
    repository.setWiki({ 'Home.md': 'Welcome\n', 'How to "quote".md': 'Like this\n' });
    repository.setWiki({ 'Home.md': 'Welcome again\n' });
    await place.mustGit(['clone', '--quiet', repository.wikiUrl, 'wiki'], { token });
    expect(await place.mustGit(['-C', 'wiki', 'ls-files', '-z'])).toBe('Home.md\0How to "quote".md\0');
    expect(await place.mustGit(['-C', 'wiki', 'show', 'HEAD:Home.md'])).toBe('Welcome again');
    await place.mustGit(['push', '--quiet', repository.wikiUrl, 'main:notes'], { cwd, token });
    expect(repository.pushedAt).toBe(pushedAt);
    expect((await place.git(['ls-remote', repository.wikiUrl])).code).toBe(128);
    repository.change({ hasWiki: false });
    expect((await place.git(['ls-remote', repository.wikiUrl], { token })).stderr).toContain('not found');
  });
});
