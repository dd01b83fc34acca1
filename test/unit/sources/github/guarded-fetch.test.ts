import { afterEach, expect, test, vi } from 'vitest';
import { addressesOf } from '../../../../electron/engine/sources/github/addresses.ts';
import { fileFetch } from '../../../../electron/engine/sources/github/guarded-fetch.ts';

afterEach(() => vi.restoreAllMocks());

/** Stands for hosts that cannot run here; gives what was asked, with the credential that was shown. */
function lead(to: string): [url: string, authorization: string | null][] {
  const asked: [string, string | null][] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    asked.push([url, new Headers(init?.headers).get('authorization')]);
    return url === to ? new Response('content') : new Response(null, { status: 302, headers: { location: to } });
  });
  return asked;
}

const ask = (api: string): Promise<Response> =>
  fileFetch(addressesOf(api))(`${api}/repos/acme/tools/releases/assets/1`, { headers: { authorization: 'token x' } });

test('where GitHub keeps files, the token is not shown', async () => {
  const place = 'https://release-assets.githubusercontent.com/1?signature=2';
  const asked = lead(place);
  expect(await (await ask('https://api.github.com')).text()).toBe('content');
  expect(asked).toEqual([
    ['https://api.github.com/repos/acme/tools/releases/assets/1', 'token x'],
    [place, null],
  ]);
});

test('an Enterprise server leads to hosts below its own only', async () => {
  const asked = lead('https://media.git.example/1');
  expect(await (await ask('https://git.example/api/v3')).text()).toBe('content');
  expect(asked[1]).toEqual(['https://media.git.example/1', null]);
  for (const elsewhere of [
    'https://evilgit.example/1',
    'https://objects.githubusercontent.com/1',
    'http://media.git.example/1',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
  ]) {
    const before = lead(elsewhere);
    await expect(ask('https://git.example/api/v3')).rejects.toThrow(/was not followed/);
    expect(before).toHaveLength(1);
  }
});

test('which hosts belong to a GitHub follows from the address of its API alone', () => {
  expect(addressesOf('https://api.github.com/')).toEqual({
    api: 'https://api.github.com',
    web: 'https://github.com',
    uploads: 'https://uploads.github.com',
  });
  expect(addressesOf('https://api.acme.ghe.com')).toMatchObject({ web: 'https://acme.ghe.com' });
  expect(addressesOf('https://git.example/api/v3')).toEqual({
    api: 'https://git.example/api/v3',
    web: 'https://git.example',
    uploads: 'https://git.example/api/uploads',
  });
});
