/** `holdfast source check`: whether a source can be protected now, and what its next run would do, without doing any of it. */
import { readdirSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceCheckSchema, type SourceCheck } from '../../../shared/contract/source-check.ts';
import { addFilled } from '../../support/github-source.ts';
import { makeHubPlace } from '../../support/sandbox-github.ts';

test('of an owner it says what is new, gone and left out, and what the credential was not shown', async () => {
  await using scene = await makeScene();
  const { github, workspace } = scene.place;
  for (const name of ['one', 'two', 'three', 'four']) await addFilled(scene.place, name, { private: true });
  github.createRepository('acme', 'old', { archived: true });
  const token = github.addToken({ scopes: 'read', missingPermissions: ['issues'] });
  const set = ['owner=acme', `api=${github.api}`, 'archived=no', 'issues=no'].flatMap((text) => ['--set', text]);
  await scene.run(0, 'source', 'add', 'github', '--name', 'acme', ...set, '--secret', 'token=env:TOKEN');
  const check = (code: number) => scene.check('acme', code, { TOKEN: token });
  const before = await check(3);
  expect(before).toMatchObject({
    state: 'limited',
    places: [{ state: 'good' }],
    credential: { kind: 'fineGrained' },
    next: { selected: 4, new: { count: 4 }, gone: { count: 0 }, leftOut: [{ by: 'archived', names: ['old'] }] },
  });
  expect(before.mayNotSee.join()).toContain('Issues and comments');
  await scene.run(0, 'protect', 'acme', { TOKEN: token });
  github.remove('acme', 'four');
  await addFilled(scene.place, 'five');
  const mirrors = workspace.path('home', 'holdfast', 'mirrors', 'acme');
  const lying = readdirSync(mirrors);
  expect((await check(3)).next).toMatchObject({ new: { names: ['five'] }, gone: { names: ['four'] }, refused: null });
  for (const name of ['one', 'two']) github.remove('acme', name);
  const shrunk = await check(1);
  expect(shrunk).toMatchObject({ state: 'failed', next: { refused: 'lists 3 of 5 repositories no more' } });
  expect(readdirSync(mirrors)).toEqual(lying);
  github.revokeToken(token);
  expect(await check(1)).toMatchObject({ state: 'failed', places: [{ code: 'GITHUB_REFUSED' }], next: null });
});

test('of addresses it says which answer, and of folders what can be read', async () => {
  await using scene = await makeScene();
  const { github, workspace } = scene.place;
  await addFilled(scene.place, 'app', { private: true });
  const url = github.repository('acme', 'app').cloneUrl;
  const addresses = [url, url.replace('/app.git', '/none.git')].flatMap((one) => ['--set', `url=${one}`]);
  await scene.run(0, 'source', 'add', 'git', '--name', 'apps', ...addresses, '--secret', 'token=env:TOKEN');
  const answered = await scene.check('apps', 3, { TOKEN: github.addToken({ scopes: 'read' }) });
  expect(answered.places).toMatchObject([
    { place: url, state: 'good', words: 'answers with one ref' },
    { state: 'failed', code: 'GIT_NOT_FOUND' },
  ]);
  expect((await scene.check('apps', 1)).places.map(({ state }) => state)).toEqual(['failed', 'failed']);

  await workspace.folder('papers');
  writeFileSync(workspace.path('papers', 'a.txt'), 'text');
  const paths = [workspace.path('papers'), workspace.path('nowhere')].flatMap((path) => ['--set', `path=${path}`]);
  await scene.run(0, 'source', 'add', 'folder', '--name', 'papers', ...paths);
  expect(await scene.check('papers', 3)).toMatchObject({
    places: [{ state: 'good' }, { state: 'failed', code: 'SOURCE_NOT_FOUND' }],
    amount: { files: 1, bytes: 4, whole: true },
  });
  const unknown = await workspace.holdfast(['source', 'check', 'nobody']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('SOURCE_UNKNOWN');
});

async function makeScene() {
  const place = await makeHubPlace();
  const { workspace, github } = place;
  github.createOwner('acme');
  const run = async (code: number, ...args: (string | Record<string, string>)[]) => {
    const env = Object.assign({ TOKEN: 'none' }, ...args.filter((arg) => typeof arg !== 'string')) as Record<
      string,
      string
    >;
    const words = args.filter((arg) => typeof arg === 'string');
    const result = await workspace.holdfast(words, { env });
    expect(result.code, result.stderr + result.stdout).toBe(code);
    return result;
  };
  await run(0, 'init');
  return {
    place,
    run,
    check: async (name: string, code: number, env: Record<string, string> = {}): Promise<SourceCheck> => {
      await run(code, 'source', 'check', name, env);
      return (await run(code, 'source', 'check', name, '--json', env)).json(sourceCheckSchema);
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
