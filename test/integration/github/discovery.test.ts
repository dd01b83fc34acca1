import { describe, expect, test } from 'vitest';
import { everyRepository, type GitHubFilters } from '../../../shared/model/github-filters.ts';
import { discover, type Discovery } from '../../../electron/engine/sources/github/discovery.ts';
import { findOwner, listRepositories } from '../../../electron/engine/sources/github/listing.ts';
import { type SourceState } from '../../../electron/engine/sources/github/state.ts';
import { clientOf, serveHttp } from '../../support/github-client.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

type Rounds = {
  readonly state: SourceState;
  next(more?: Partial<GitHubFilters>, allowShrunk?: boolean): Promise<Discovery>;
};

/** Looks at `login` again and again, with one state. */
async function roundsOf({ github }: HubPlace, login: string, token = github.addToken()): Promise<Rounds> {
  const { client } = await clientOf(github.api, token);
  const owner = await findOwner(client, login);
  const state: SourceState = { api: github.api, owner, repositories: new Map() };
  return {
    state,
    next: (more = {}, allowShrunk = false) =>
      discover({
        client,
        owner,
        isApp: false,
        keepsSettings: false,
        filters: { ...everyRepository, ...more },
        state,
        allowShrunk,
        nowMs: Date.parse('2026-06-30T00:00:00Z'),
      }),
  };
}

const names = (repositories: readonly { readonly name: string }[]): string[] => repositories.map(({ name }) => name);

describe('what an owner has', () => {
  test('is found whatever the case of the login, and new repositories come by themselves', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('Acme');
    github.createRepository('Acme', 'tools', { private: true });
    const rounds = await roundsOf(place, 'aCME');
    expect(names((await rounds.next()).selected)).toEqual(['tools']);
    github.createRepository('Acme', 'empty');
    expect(names((await rounds.next()).selected)).toEqual(['empty', 'tools']);
    expect((await rounds.next()).selected[0]).toMatchObject({ name: 'empty', pushedAt: null });
    expect(names((await rounds.next({ exclude: ['e*'] })).selected)).toEqual(['tools']);
  });

  test('private repositories of a user are listed for that user, public ones for everybody', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('ada', 'user');
    github.createRepository('ada', 'open');
    github.createRepository('ada', 'hidden', { private: true });
    const own = await roundsOf(place, 'Ada', github.addToken({ login: 'ada' }));
    expect(names((await own.next()).selected)).toEqual(['hidden', 'open']);
    const other = await roundsOf(place, 'ada');
    expect(names((await other.next()).selected)).toEqual(['open']);
  });

  test('10,000 repositories are listed by pages of 100 and no other request', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    for (let number = 0; number < 10_000; number += 1) github.createRepository('acme', `part-${number}`);
    const rounds = await roundsOf(place, 'acme');
    const before = github.log.length;
    expect((await rounds.next()).selected).toHaveLength(10_000);
    expect(github.log.length - before).toBe(100);
  });
});

describe('what was there before', () => {
  test('a repository is known by its number: a rename keeps it, and its names', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    const { id } = github.createRepository('acme', 'tools');
    const rounds = await roundsOf(place, 'acme');
    await rounds.next();
    github.rename('acme', 'tools', 'gadgets');
    github.createRepository('acme', 'tools');
    await rounds.next();
    expect(rounds.state.repositories.get(id)).toMatchObject({ name: 'gadgets', formerNames: ['tools'], lost: null });
    expect(rounds.state.repositories.size).toBe(2);
  });

  test('404 means unknown: what is not listed any more is missing since then, and looked up once', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    github.createOwner('other');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) github.createRepository('acme', name);
    const rounds = await roundsOf(place, 'acme');
    await rounds.next();
    const blocked = github.repository('acme', 'c').id;
    github.remove('acme', 'a');
    github.transfer('acme', 'b', 'other');
    github.transfer('acme', 'c', 'other');
    github.fault({ path: new RegExp(`/repositories/${blocked}$`) }, { status: 451 });
    const found = await rounds.next();
    expect(found.lost.map(({ name, lost }) => [name, lost?.state, lost?.since])).toEqual([
      ['a', 'missing', '2026-06-30T00:00:00.000Z'],
      ['b', 'missing', '2026-06-30T00:00:00.000Z'],
      ['c', 'blocked', '2026-06-30T00:00:00.000Z'],
    ]);
    expect(found.lost[1]?.lost?.reason).toBe('It is other/b now.');
    const before = github.log.length;
    expect(names((await rounds.next()).lost)).toEqual(['a', 'b', 'c']);
    expect(github.log.slice(before).some(({ path }) => path.includes('/repositories/'))).toBe(false);
    github.transfer('other', 'b', 'acme');
    expect(names((await rounds.next()).lost)).toEqual(['a', 'c']);
    expect(names((await rounds.next({ exclude: ['a', 'c'] })).lost)).toEqual([]);
  });

  test('a listing that is empty or has lost more than a third is an alarm, and changes nothing', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    for (const name of ['a', 'b', 'c']) github.createRepository('acme', name);
    const rounds = await roundsOf(place, 'acme');
    await rounds.next();
    github.remove('acme', 'a');
    expect(names((await rounds.next()).lost)).toEqual(['a']);
    github.remove('acme', 'b');
    const known = [...rounds.state.repositories.values()];
    await expect(rounds.next()).rejects.toMatchObject({
      code: 'SOURCE_EMPTIED',
      message: 'GitHub lists 1 of 2 repositories no more of acme.',
    });
    expect([...rounds.state.repositories.values()]).toEqual(known);
    expect(names((await rounds.next({}, true)).lost)).toEqual(['a', 'b']);
    github.remove('acme', 'c');
    await expect(rounds.next()).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
  });

  test('a token that has lost its right to private repositories is an alarm', async () => {
    await using place = await makeHubPlace();
    const { github } = place;
    github.createOwner('acme');
    github.createRepository('acme', 'open');
    for (const name of ['a', 'b']) github.createRepository('acme', name, { private: true });
    const rounds = await roundsOf(place, 'acme');
    await rounds.next();
    const weak = await roundsOf(place, 'acme', github.addToken({ repositories: ['acme/open'] }));
    for (const [id, record] of rounds.state.repositories) weak.state.repositories.set(id, record);
    await expect(weak.next()).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
  });
});

test('names that are no names of repositories never become folders', async () => {
  const hostile = ['..', '../../etc', 'a/b', 'x.git', 'y.WIKI', '', 'a\0b', 'fine'];
  await using server = await serveHttp((request, response) => {
    const owner = { id: 5, login: 'acme', type: 'Organization' };
    const listed = hostile.map((name, at) => ({ id: at + 1, name, owner, private: false, fork: false }));
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/users/acme' ? owner : listed));
  });
  const { client } = await clientOf(server.origin, 'ghp_x');
  const owner = await findOwner(client, 'acme');
  const listing = await listRepositories(client, owner, { isApp: false, keepsSettings: false });
  expect(names(listing.repositories)).toEqual(['fine']);
  expect(listing.unusable).toEqual(hostile.slice(0, -1));
  await expect(findOwner(client, '../users/acme')).rejects.toMatchObject({ code: 'GITHUB_NOT_FOUND' });
});
