import { request } from 'node:http';
import { Octokit } from 'octokit';
import { expect, test, vi } from 'vitest';
import { octokitOf } from '../../support/octokit.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

test('calls are counted down, but for those about the limit', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.limit({ remaining: 2, resetInMs: 3_600_000 });
  const { rest } = octokitOf(github, github.addToken());
  const first = await rest.users.getAuthenticated();
  expect(first.headers).toMatchObject({ 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '1' });
  expect((await rest.rateLimit.get()).data.rate).toMatchObject({ limit: 5000, remaining: 1, used: 4999 });
  await rest.users.getAuthenticated();
  await expect(rest.users.getAuthenticated()).rejects.toMatchObject({
    status: 403,
    response: {
      headers: { 'x-ratelimit-remaining': '0' },
      data: { message: expect.stringContaining('API rate limit exceeded') as string },
    },
  });
  expect((await rest.rateLimit.get()).data.rate.remaining).toBe(0);
});

test('after the reset there is all of the limit again', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.limit({ remaining: 0, resetInMs: -1 });
  const again = await octokitOf(github, github.addToken()).rest.users.getAuthenticated();
  expect(again.headers['x-ratelimit-remaining']).toBe('4999');
});

test('what has not changed is not sent again, and not counted', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  const repository = github.createRepository('acme', 'tools');
  const octokit = octokitOf(github, github.addToken());
  const ask = (etag?: string) =>
    octokit.request('GET /repos/{owner}/{repo}', {
      owner: 'acme',
      repo: 'tools',
      headers: etag === undefined ? {} : { 'if-none-match': etag },
    });
  const first = await ask();
  const { etag = '' } = first.headers;
  const { used } = (await octokit.rest.rateLimit.get()).data.rate;
  await expect(ask(etag)).rejects.toMatchObject({ status: 304 });
  expect((await octokit.rest.rateLimit.get()).data.rate.used).toBe(used);
  repository.change({ description: 'Another' });
  expect((await ask(etag)).data.description).toBe('Another');
});

test('octokit sees the limits as those of GitHub, and waits as long as it is told', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  const seen: string[] = [];
  const octokit = new Octokit({
    baseUrl: github.api,
    auth: github.addToken(),
    retry: { enabled: false },
    throttle: {
      onRateLimit: (seconds: number) => void seen.push(`primary ${seconds > 3000}`),
      onSecondaryRateLimit: (seconds: number) => void seen.push(`secondary ${seconds}`),
    },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
  });
  github.limit({ secondaryEvery: 1, retryAfterSeconds: 7 });
  await expect(octokit.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 403 });
  github.limit({ secondaryEvery: null, remaining: 0, resetInMs: 3_600_000, status: 429 });
  await expect(octokit.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 429 });
  expect(seen).toEqual(['secondary 7', 'primary true']);
});

test('the secondary limit can leave open for how long', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.limit({ secondaryEvery: 2, retryAfterSeconds: null, status: 429 });
  const { rest } = octokitOf(github, github.addToken());
  await rest.users.getAuthenticated();
  const refused: unknown = await rest.users.getAuthenticated().catch((error: unknown) => error);
  expect(refused).toMatchObject({ status: 429, message: expect.stringContaining('secondary rate limit') as string });
  expect(refused).not.toHaveProperty('response.headers.retry-after');
  await rest.users.getAuthenticated();
});

test('more than a hundred calls at once meet the secondary limit', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  github.createRepository('acme', 'tools');
  const token = github.addToken();
  const headers = { authorization: `Bearer ${token}`, 'user-agent': 'test', 'content-length': 2 };
  // A hundred that are not told to the end, so that they stay open.
  const open = Array.from({ length: 100 }, () => {
    const asked = request(`${github.api}/repos/acme/tools`, { method: 'PATCH', headers });
    asked.on('error', () => undefined);
    asked.flushHeaders();
    return asked;
  });
  await vi.waitFor(() => expect(github.log).toHaveLength(100), { timeout: 20_000 });
  const { rest } = octokitOf(github, token);
  await expect(rest.users.getAuthenticated()).rejects.toThrow('secondary rate limit');
  for (const asked of open) asked.destroy();
  await vi.waitFor(() => rest.users.getAuthenticated(), { timeout: 20_000 });
});
