/** Owners of ten thousand repositories: listed within GitHub's limits, in bounded memory, and no list without an end. */
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { everyRepository } from '../../../shared/model/github-filters.ts';
import { startThread, stopThread } from '../../../electron/engine/platform/threads.ts';
import { discover } from '../../../electron/engine/sources/github/discovery.ts';
import { heldPages } from '../../../electron/engine/sources/github/lists.ts';
import { findOwner } from '../../../electron/engine/sources/github/listing.ts';
import { clientOf, serveHttp, type HttpPlace } from '../../support/github-client.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

test('10,000 repositories are listed whole though both limits are met on the way, and no page is asked for in vain', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  for (let number = 0; number < 10_000; number += 1) github.createRepository('acme', `part-${number}`);
  const waits: number[] = [];
  const { client, notices } = await clientOf(github.api, github.addToken(), {
    sleep: async (ms) => {
      waits.push(ms);
      // The secondary limit is met once, then the hourly one, which is over after that.
      github.limit(waits.length === 1 ? { remaining: 40, secondaryEvery: null } : { remaining: 5_000 });
    },
  });
  const owner = await findOwner(client, 'acme');
  const asked = github.log.length;
  github.limit({ remaining: 30, resetInMs: 1_800_000, secondaryEvery: 20, retryAfterSeconds: 45 });
  const state = { api: github.api, owner, repositories: new Map() };
  const listed = { isApp: false, keepsSettings: false };
  const options = { client, owner, ...listed, filters: everyRepository, state, allowShrunk: false };
  const { selected } = await discover({ ...options, nowMs: Date.parse('2026-06-30T00:00:00Z') });
  expect(new Set(selected.map(({ id }) => id)).size).toBe(10_000);
  expect(github.log.length - asked).toBe(100 + waits.length);
  expect(waits).toHaveLength(2);
  expect(waits[0]).toBe(45_000);
  expect(waits[1]).toBeGreaterThan(1_700_000);
  expect(waits[1]).toBeLessThanOrEqual(1_803_000);
  expect(notices).toEqual([
    'GitHub is asked again in 45 seconds: it was asked too much at once.',
    expect.stringMatching(/^GitHub is asked again in \d\d minutes: the hourly limit of requests is used up\.$/),
  ]);
});

/** Pages of a hundred repositories, each row as large as it is told to be; with `pages`, the last one leads nowhere. */
function serveOwner(row: (id: number) => object, pages = Number.POSITIVE_INFINITY): Promise<HttpPlace> {
  const owner = { id: 5, login: 'acme', type: 'Organization' };
  return serveHttp((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/users/acme') return void response.end(JSON.stringify(owner));
    const page = Number(/[?&]page=(\d+)/.exec(request.url ?? '')?.[1] ?? '1');
    const host = `http://${request.headers.host}`;
    if (page < pages) response.setHeader('link', `<${host}/orgs/acme/repos?page=${page + 1}>; rel="next"`);
    const rows = Array.from({ length: 100 }, (_, at) => {
      const id = (page - 1) * 100 + at + 1;
      return { id, name: `part-${id}`, owner, private: false, fork: false, ...row(id) };
    });
    response.end(JSON.stringify(rows));
  });
}

/** What a thread with no more memory than that finds. */
async function found(server: HttpPlace, maxMib: number): Promise<unknown> {
  const thread = startThread(new URL('../../support/discover-owner.ts', import.meta.url), {
    data: { api: server.origin },
    resourceLimits: { maxOldGenerationSizeMb: maxMib },
  });
  const [answer] = (await once(thread, 'message')) as [unknown];
  await stopThread(thread);
  return answer;
}

test('of each repository no more is held than is used, however much GitHub says of it', async () => {
  // 200 MB in all.
  await using server = await serveOwner(() => ({ description: 'x'.repeat(20_000) }), 100);
  expect(await found(server, 96)).toBe(10_000);
});

test('a list that would fill the memory ends with a failure that says so', async () => {
  await using server = await serveOwner((id) => ({
    topics: Array.from({ length: 100 }, (_, at) => `${id}-${at}-${'x'.repeat(80)}`),
  }));
  expect(await found(server, 512)).toContain('larger than any');
});

test('a list that is held as a whole ends where it would fill the memory, as labels without an end', async () => {
  const page = JSON.stringify([{ id: 1, name: 'x'.repeat(60_000_000) }]);
  let pages = 0;
  await using server = await serveHttp((request, response) => {
    pages += 1;
    response.setHeader('link', `<http://${request.headers.host}/labels?page=${pages + 1}>; rel="next"`);
    response.setHeader('content-type', 'application/json');
    response.end(page);
  });
  const { client } = await clientOf(server.origin, 'ghp_x');
  const reading = async (): Promise<void> => {
    for await (const _page of heldPages(client, '/labels'));
  };
  await expect(reading()).rejects.toMatchObject({ code: 'GITHUB_ANSWER_INVALID' });
  expect(pages).toBe(7);
});
