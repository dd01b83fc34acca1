import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { addFilled, mirrorsOf, runSource } from '../../support/github-source.ts';
import { run } from '../../support/processes.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

test('after runs that fail in every way, the token is nowhere on the disk, in no message and in no failure', async () => {
  await using place = await makeHubPlace();
  const { github } = place;
  github.createOwner('acme');
  for (const name of ['a', 'b', 'c'])
    (await addFilled(place, name, { private: true })).addRelease('v1', [{ name: 'x', content: 'y' }]);
  const token = github.addToken();
  const said: unknown[] = [];
  const faults = [
    { path: /info\/refs/, status: 502 as const },
    { path: /\/issues/, status: 500 as const },
    { path: /\/storage/, status: 404 as const },
    { path: /\/repos\//, status: 403 as const },
  ];
  for (const { path, status } of faults) {
    using _fault = github.fault({ path }, { status });
    said.push(await runSource(place, { token }));
  }
  said.push(await runSource(place, { token }));
  github.revokeToken(token);
  said.push(await runSource(place, { token }));
  const basic = Buffer.from(`x-access-token:${token}`).toString('base64');
  const text = inspect(said, { depth: 30, maxArrayLength: null, maxStringLength: null, showHidden: true });
  for (const secret of [token, basic]) {
    expect(text).not.toContain(secret);
    const found = await run('grep', ['-rlF', secret, mirrorsOf(place)]);
    expect([found.code, found.stdout]).toEqual([1, '']);
  }
});
