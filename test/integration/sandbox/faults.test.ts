import { expect, test, vi } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { describePeer } from '../../support/peers.ts';
import { makeHubPlace, pushCommit } from '../../support/sandbox-github.ts';

const tools = { owner: 'acme', repo: 'tools' };

test('a scripted fault is answered as often as it is to be', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const { rest } = octokitOf(github, github.addToken());
  github.fault({ path: /\/repos\/acme\/tools$/, method: 'GET' }, { status: 502, times: 2 });
  await expect(rest.repos.get(tools)).rejects.toMatchObject({ status: 502 });
  expect((await rest.repos.listForOrg({ org: 'acme' })).status).toBe(200);
  await expect(rest.repos.get(tools)).rejects.toMatchObject({ status: 502 });
  expect((await rest.repos.get(tools)).status).toBe(200);
});

test('a fault lasts until it is taken back, with the headers and the body it was given', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const { rest } = octokitOf(github);
  {
    using _ = github.fault(
      { path: /tools/ },
      { status: 403, headers: { 'retry-after': '3' }, body: { message: 'Not now' } },
    );
    for (let time = 0; time < 3; time++) {
      await expect(rest.repos.get(tools)).rejects.toMatchObject({
        status: 403,
        response: { headers: { 'retry-after': '3' }, data: { message: 'Not now' } },
      });
    }
  }
  expect((await rest.repos.get(tools)).status).toBe(200);
});

test('a connection can be reset, and an answer made to wait', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const { rest } = octokitOf(github);
  {
    using _ = github.fault({ path: /tools/ }, 'reset');
    await expect(rest.repos.get(tools)).rejects.toMatchObject({ status: 500, cause: expect.anything() as unknown });
  }
  {
    using _ = github.fault({ path: /tools/ }, { resetAfterBytes: 50 });
    await expect(rest.repos.get(tools)).rejects.toMatchObject({ status: 500, cause: expect.anything() as unknown });
  }
  github.fault({ path: /tools/ }, { delayMs: 20, times: 1 });
  expect((await rest.repos.get(tools)).data.name).toBe('tools');
});

test('what waits ends with the sandbox', async () => {
  const place = await makeHubPlace();
  const { github } = place;
  github.fault({ path: /rate_limit/ }, { delayMs: 3_600_000 });
  const asked = octokitOf(github)
    .rest.rateLimit.get()
    .catch((error: unknown) => error);
  await vi.waitFor(() => expect(github.log).toHaveLength(1));
  await place[Symbol.asyncDispose]();
  expect(await asked).toMatchObject({ status: 500 });
});

test('a redirect to another host can be scripted, and who follows it is seen there', async () => {
  await using place = await makeHubPlace();
  await using other = await makeHubPlace();
  const headers = { location: `${other.github.api}/rate_limit` };
  place.github.fault({ path: /rate_limit/ }, { status: 302, headers });
  await octokitOf(place.github, place.github.addToken()).rest.rateLimit.get();
  expect(other.github.log).toEqual([{ method: 'GET', path: '/api/v3/rate_limit', authorization: null }]);
});

test.each([
  ['dmca', 451],
  ['tos', 403],
] as const)('a repository blocked for %s answers %i, and its neighbours as ever', async (reason, status) => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const blocked = github.createRepository('acme', 'tools');
  github.createRepository('acme', 'other');
  const { rest } = octokitOf(github, github.addToken());
  blocked.block(reason);
  await expect(rest.repos.get(tools)).rejects.toMatchObject({
    status,
    response: { data: { message: 'Repository access blocked', block: { reason } } },
  });
  const clone = await fetch(`${blocked.cloneUrl}/info/refs?service=git-upload-pack`);
  expect(clone.status).toBe(status);
  expect((await rest.repos.listForOrg({ org: 'acme' })).data).toHaveLength(2);
  expect((await rest.repos.get({ owner: 'acme', repo: 'other' })).status).toBe(200);
  blocked.block(null);
  expect((await rest.repos.get(tools)).status).toBe(200);
});

describePeer('git', 'a clone', () => {
  test('meets faults like everything else, also in its middle', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const repository = github.createRepository('acme', 'tools');
    await pushCommit(place, repository.cloneUrl, github.addToken());
    const clone = (name: string) => place.git(['clone', '--quiet', repository.cloneUrl, name]);
    {
      using _ = github.fault({ path: /git-upload-pack/ }, { status: 500 });
      expect((await clone('one')).stderr).toContain('500');
    }
    {
      using _ = github.fault({ path: /\/git-upload-pack$/, method: 'POST' }, { resetAfterBytes: 100 });
      expect((await clone('two')).code).toBe(128);
    }
    expect((await clone('three')).code).toBe(0);
  });
});
