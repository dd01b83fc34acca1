import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedSince, newestFirst } from '../../../electron/engine/sources/github/lists.ts';
import { clientOf, serveHttp } from '../../support/github-client.ts';
import { addFilled, allParts, mirrorsOf, runSource } from '../../support/github-source.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

async function makeAcme(): Promise<HubPlace> {
  const place = await makeHubPlace();
  place.github.createOwner('acme');
  return place;
}

const metaOf = (place: HubPlace, ...parts: string[]): string => join(mirrorsOf(place), 'acme', 'tools.meta', ...parts);
const textOf = (place: HubPlace, ...parts: string[]): Promise<string> => readFile(metaOf(place, ...parts), 'utf8');
const jsonOf = async (place: HubPlace, name: string): Promise<unknown> =>
  JSON.parse(await textOf(place, name)) as unknown;
const linesOf = async (place: HubPlace, name: string): Promise<Record<string, unknown>[]> =>
  (await textOf(place, name))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const askedFor = ({ github }: HubPlace, from: number): string[] =>
  github.log.slice(from).map(({ path }) => path.replace(/^\/api\/v3\/repos\/acme\/tools\/?|\?.*$/g, ''));

describe('what GitHub knows beside the history', () => {
  test('is kept as files: settings, issues, comments, pull requests, reviews, labels, milestones, protection', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools', { description: 'Our tools', topics: ['infra'] });
    tools.addIssue({
      title: 'Broken \u2028 line',
      labels: ['bug'],
      milestone: 'v1',
      state: 'closed',
      comments: [{ body: 'Indeed' }],
    });
    tools.addPull({
      title: 'Mend it',
      reviews: [{ state: 'APPROVED', body: 'Good' }],
      reviewComments: [{ body: 'Here', path: 'a.txt' }],
    });
    tools.protect('main', { requiredApprovals: 2 });
    const { issues } = await runSource(place);
    expect(issues).toEqual([]);
    expect(await jsonOf(place, 'repository.json')).toMatchObject({
      id: tools.id,
      description: 'Our tools',
      topics: ['infra'],
      default_branch: 'main',
    });
    expect(await linesOf(place, 'issues.jsonl')).toMatchObject([
      { number: 1, title: 'Broken \u2028 line', state: 'closed', user: { login: 'operator' } },
      { number: 2, title: 'Mend it' },
    ]);
    expect(await linesOf(place, 'comments.jsonl')).toMatchObject([{ body: 'Indeed', on: 1 }]);
    expect(await linesOf(place, 'pulls.jsonl')).toMatchObject([{ number: 2, base: { ref: 'main' } }]);
    expect(await linesOf(place, 'reviews.jsonl')).toMatchObject([{ pull: 2, state: 'APPROVED', body: 'Good' }]);
    expect(await linesOf(place, 'review-comments.jsonl')).toMatchObject([{ on: 2, body: 'Here', path: 'a.txt' }]);
    expect(await jsonOf(place, 'labels.json')).toMatchObject([{ name: 'bug' }]);
    expect(await jsonOf(place, 'milestones.json')).toMatchObject([{ title: 'v1' }]);
    expect(await jsonOf(place, 'protection.json')).toMatchObject({
      branches: { main: { required_pull_request_reviews: { required_approving_review_count: 2 } } },
    });
  });

  test('is asked for incrementally: only what changed, and an unchanged file stays byte-equal', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    for (let number = 1; number <= 250; number += 1) {
      const createdAt = new Date(Date.UTC(2026, 0, 1, 0, number)).toISOString();
      tools.addIssue({ title: `Issue ${number}`, createdAt, comments: [{ body: `On ${number}`, createdAt }] });
    }
    await runSource(place);
    const before = await textOf(place, 'issues.jsonl');
    expect((await linesOf(place, 'issues.jsonl')).map(({ number }) => number)).toEqual(
      Array.from({ length: 250 }, (_, at) => at + 1),
    );
    expect(await linesOf(place, 'comments.jsonl')).toHaveLength(250);
    await runSource(place);
    const asked = place.github.log.length;
    await runSource(place);
    expect(await textOf(place, 'issues.jsonl')).toBe(before);
    expect(askedFor(place, asked).slice(2)).toEqual(['issues', 'releases']);
    tools.comment(7, { body: 'News' });
    const further = place.github.log.length;
    await runSource(place);
    expect(askedFor(place, further).filter((path) => path === 'issues')).toHaveLength(1);
    expect((await linesOf(place, 'comments.jsonl')).filter(({ on }) => on === 7)).toHaveLength(2);
  });

  test('of a repository without issues, pull requests are kept all the same', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools', { hasIssues: false });
    tools.addPull({ title: 'Mend it' });
    const { issues } = await runSource(place);
    expect(issues).toEqual([]);
    expect(await linesOf(place, 'pulls.jsonl')).toMatchObject([{ title: 'Mend it' }]);
  });

  test('comments of a run that was cut off come with the next, although no list tells of them any more', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    tools.addIssue({ title: 'Broken', comments: [{ body: 'Indeed' }] });
    const outage = place.github.fault({ path: /issues\/comments/ }, { status: 502 });
    const { prepared, issues } = await runSource(place);
    expect(prepared?.items).toEqual([{ path: '/acme/tools.git', complete: false }]);
    expect(issues).toEqual([expect.objectContaining({ path: '/acme/tools.git', code: 'GITHUB_UNREACHABLE' })]);
    outage[Symbol.dispose]();
    await runSource(place);
    expect(await linesOf(place, 'comments.jsonl')).toMatchObject([{ body: 'Indeed' }]);
  });

  test('of the history alone, settings come from the list, and no repository is asked about by itself', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools', { private: true });
    const parts = { ...allParts, issues: false, releases: false, wiki: false };
    const { issues } = await runSource(place, { parts });
    expect(issues).toEqual([]);
    expect(place.github.log.filter(({ path }) => path.includes('/repos/'))).toEqual([]);
    expect(await jsonOf(place, 'repository.json')).toMatchObject({ name: 'tools', private: true });
    // Once all is wanted, all is asked for, though nothing has changed there.
    await runSource(place);
    expect(place.github.log.filter(({ path }) => path.includes('/repos/'))).not.toEqual([]);
    expect(await jsonOf(place, 'protection.json')).toEqual({ branches: {} });
  });

  test('holds no secret and nothing that depends on who asks', async () => {
    await using place = await makeAcme();
    await addFilled(place, 'tools');
    await runSource(place);
    const text = await textOf(place, 'repository.json');
    for (const name of ['permissions', 'temp_clone_token', 'updated_at', 'stargazers_count']) {
      expect(text).not.toContain(name);
    }
  });
});

describe('releases', () => {
  const content = Buffer.alloc(100_000, 'release ');

  test('come with their assets, each fetched once and checked', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools', { private: true });
    const assets = [
      { name: 'tool.bin', content },
      { name: 'a b/../c', content: 'odd' },
    ];
    const release = tools.addRelease('v1', assets, { name: 'First', body: 'Notes' });
    await runSource(place);
    expect(await jsonOf(place, 'releases.json')).toMatchObject([{ tag_name: 'v1', name: 'First', body: 'Notes' }]);
    expect(await readFile(metaOf(place, 'releases', String(release), 'tool.bin'))).toEqual(content);
    const files = await readdir(metaOf(place, 'releases', String(release)));
    expect(files.filter((name) => name !== 'tool.bin')).toEqual([expect.stringMatching(/^asset-\d+$/)]);
    tools.addRelease('v2');
    const asked = place.github.log.length;
    await runSource(place);
    expect(askedFor(place, asked).some((path) => path.includes('assets'))).toBe(false);
    expect(await jsonOf(place, 'releases.json')).toHaveLength(2);
  });

  test('an asset that comes short is not kept, the rest is, and the next run has it', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    const release = tools.addRelease('v1', [
      { name: 'a.bin', content },
      { name: 'b.bin', content },
    ]);
    const { client } = await clientOf(place.github.api, place.github.addToken());
    const { data } = await client.fetch(`/repos/acme/tools/releases/${release}`);
    const [first] = (data as { assets: { id: number }[] }).assets;
    const cut = place.github.fault({ path: new RegExp(`^/storage/.*/${first?.id}\\?`) }, { resetAfterBytes: 50_000 });
    const { prepared, issues } = await runSource(place);
    cut[Symbol.dispose]();
    expect(prepared?.items).toEqual([{ path: '/acme/tools.git', complete: false }]);
    expect(issues).toHaveLength(1);
    expect(await readdir(metaOf(place, 'releases', String(release)))).toEqual(['b.bin']);
    await runSource(place);
    expect(await readdir(metaOf(place, 'releases', String(release)))).toEqual(['a.bin', 'b.bin']);
  });

  test('an asset whose file was damaged on the disk is fetched again when the releases are looked at', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    const release = tools.addRelease('v1', [{ name: 'a.bin', content }]);
    await runSource(place);
    await writeFile(metaOf(place, 'releases', String(release), 'a.bin'), 'short');
    tools.addRelease('v2');
    await runSource(place);
    expect(await readFile(metaOf(place, 'releases', String(release), 'a.bin'))).toEqual(content);
  });

  test('without the part, nothing of it is asked for', async () => {
    await using place = await makeAcme();
    const tools = await addFilled(place, 'tools');
    tools.addRelease('v1');
    await runSource(place, { parts: { ...allParts, issues: false, releases: false, wiki: false } });
    expect(place.github.log.some(({ path }) => /releases|issues|pulls|wiki/.test(path))).toBe(false);
  });
});

describe('lists that change while they are read', () => {
  type Row = { id: number; updated_at: string };
  const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString().replace('.000', '');

  test('nothing is passed over that moves to the end meanwhile', async () => {
    const rows: Row[] = Array.from({ length: 250 }, (_, index) => ({ id: index, updated_at: at(index) }));
    let asked = 0;
    await using server = await serveHttp((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const shown = rows
        .filter((row) => row.updated_at >= (query.get('since') ?? ''))
        .sort((a, b) => (a.updated_at < b.updated_at ? -1 : 1));
      const page = Number(query.get('page') ?? '1');
      if (shown.length > page * 100) {
        query.set('page', String(page + 1));
        response.setHeader('link', `<http://${request.headers.host}/list?${query.toString()}>; rel="next"`);
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(shown.slice((page - 1) * 100, page * 100)));
      asked += 1;
      const early = rows[3];
      if (asked === 1 && early !== undefined) early.updated_at = at(1000);
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    const seen = new Set<unknown>();
    const batches = changedSince(client, '/list', undefined);
    for await (const batch of batches) for (const item of batch) seen.add(item['id']);
    expect(seen.size).toBe(250);
  });

  test('more changes of one second than fit on a page are read to the end', async () => {
    const rows: Row[] = Array.from({ length: 350 }, (_, index) => ({ id: index, updated_at: at(5) }));
    await using server = await serveHttp((request, response) => {
      const query = new URL(request.url ?? '', 'http://x').searchParams;
      const page = Number(query.get('page') ?? '1');
      if (rows.length > page * 100) {
        query.set('page', String(page + 1));
        response.setHeader('link', `<http://${request.headers.host}/list?${query.toString()}>; rel="next"`);
      }
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(rows.slice((page - 1) * 100, page * 100)));
    });
    const { client } = await clientOf(server.origin, 'ghp_x');
    for (const read of [changedSince, newestFirst]) {
      const seen = new Set<unknown>();
      for await (const batch of read(client, '/list', undefined)) for (const item of batch) seen.add(item['id']);
      expect(seen.size).toBe(350);
    }
  });
});
