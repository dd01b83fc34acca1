/** What has become of each repository of an owner, as a snapshot tells it long after the run: to a screen and on the command line. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import type { GitRepository } from '../../../shared/contract/git-repositories.ts';
import { addFilled, pushTo } from '../../support/github-source.ts';
import { makeHubPlace, type HubPlace } from '../../support/sandbox-github.ts';

test('each repository that is not whole says so with its reason, since when, and when all of it was had last', async () => {
  await using scene = await makeScene();
  const { github } = scene.place;
  await addFilled(scene.place, 'well', { private: true });
  await addFilled(scene.place, 'gone');
  await addFilled(scene.place, 'broken');
  const blocked = await addFilled(scene.place, 'taken-down');
  await scene.protect();
  const first = await scene.list();
  expect(first.counts).toMatchObject({ all: 4, ok: 4, trouble: 0 });
  expect(first.repositories.map(({ told }) => told?.wholeAt)).toEqual([null, null, null, null]);
  expect(first.repositories.find(({ name }) => name === 'acme/well')?.told).toMatchObject({
    state: 'ok',
    private: true,
    pushedAt: '2026-01-02T00:00:00Z',
  });
  expect(first.repositories.every(({ told }) => (told?.bytes ?? 0) > 0)).toBe(true);

  github.remove('acme', 'gone');
  blocked.block('dmca');
  await pushTo(scene.place, github.repository('acme', 'broken'), 'more', '2026-01-03T00:00:00Z');
  await addFilled(scene.place, 'never');
  using _fault = github.fault({ path: /acme\/(?:broken|never)\.git/ }, { status: 500 });
  await scene.protect(3);
  const { counts, repositories, notCaptured } = await scene.list(['--source', 'acme']);
  expect(counts).toMatchObject({ all: 5, ok: 1, trouble: 4, failed: 2, missing: 1, blocked: 1, partial: 0 });
  const byName = new Map(repositories.map((one) => [one.name, one]));
  const takenAt = first.takenAt.slice(0, 16);
  for (const [name, state] of [
    ['gone', 'missing'],
    ['broken', 'failed'],
    ['taken-down', 'blocked'],
  ] as const) {
    const told = byName.get(`acme/${name}`)?.told;
    expect(told, name).toMatchObject({ state });
    expect(told?.reason, name).toMatch(/\w/);
    expect(Date.parse(told?.since ?? ''), name).toBeGreaterThan(Date.parse(first.takenAt));
    expect(told?.wholeAt?.slice(0, 16), name).toBe(takenAt);
  }
  expect(byName.get('acme/never')).toMatchObject({ stored: false, told: { state: 'failed', wholeAt: null } });
  expect(notCaptured).toContain('Projects');
  const { stdout } = await scene.run(['git', 'repositories', 'latest', '--source', 'acme']);
  expect(stdout).toMatch(/acme\/gone +missing/);
  expect(stdout).toMatch(/acme\/never +never fetched/);
  expect(stdout).toMatch(/acme\/taken-down: .+/);
});

test('what a token was not shown stands in the snapshot, and a repository of which a part was refused is partial', async () => {
  await using scene = await makeScene(['issues']);
  await addFilled(scene.place, 'tools', { private: true });
  await scene.protect(3);
  const { counts, repositories, mayNotSee } = await scene.list();
  expect(counts).toMatchObject({ partial: 1, ok: 0 });
  expect(repositories[0]?.told).toMatchObject({ state: 'partial', wholeAt: null });
  expect(repositories[0]?.told?.reason).toContain('issues=read');
  expect(mayNotSee).toEqual([
    'Repositories that the token was not given',
    expect.stringContaining('Issues and comments of one repository'),
  ]);
});

test('objects of Git LFS that never came are told of in the list, and before a restore begins', async () => {
  await using scene = await makeScene();
  const { place } = scene;
  const { cloneUrl } = place.github.createRepository('acme', 'media');
  const cwd = await place.workspace.folder('media');
  const git = (...args: string[]) => place.mustGit(args, { cwd, token: place.github.addToken() });
  await git('init', '--quiet', '--initial-branch=main');
  await git('lfs', 'install', '--local');
  await git('lfs', 'track', '*.bin');
  for (const name of ['kept', 'lost']) writeFileSync(join(cwd, `${name}.bin`), name);
  await git('add', '--all');
  await git('commit', '--quiet', '--message=Media');
  await git('push', '--quiet', cloneUrl, 'main');
  const lost = (await git('lfs', 'ls-files', '--long', '--include=lost.bin')).slice(0, 64);
  place.github.repository('acme', 'media').touch();
  const stored = readdirSync(place.workspace.path('github'), { recursive: true, encoding: 'utf8' });
  const object = stored.find((path) => basename(path) === lost) ?? '';
  rmSync(place.workspace.path('github', object));
  await scene.protect(3);
  const { counts, repositories } = await scene.list();
  expect(counts).toMatchObject({ lfs: 1, partial: 1 });
  expect(repositories[0]).toMatchObject({ lfs: { complete: false, objects: 1, bytes: 4 }, told: { state: 'partial' } });
  const target = place.workspace.path('back.git');
  for (const more of [['--dry-run'], []]) {
    const { stderr } = await scene.run(['git', 'restore', 'latest', 'acme/media', '--to-bare', target, ...more], null);
    expect(stderr).toContain('acme/media: Not all of its objects of Git LFS were had');
  }
});

type Listed = {
  takenAt: string;
  counts: Record<string, number>;
  repositories: GitRepository[];
  mayNotSee: string[];
  notCaptured: string[];
};

async function makeScene(missingPermissions: string[] = []) {
  const place: HubPlace = await makeHubPlace();
  const { workspace, github } = place;
  github.createOwner('acme');
  const env = { GITHUB_TOKEN: github.addToken({ scopes: 'read', missingPermissions }) };
  const run = async (args: string[], code: number | null = 0) => {
    const result = await workspace.holdfast(args, { env });
    if (code !== null) expect(result.code, result.stderr).toBe(code);
    return result;
  };
  await run(['init']);
  const properties = ['owner=acme', `api=${github.api}`].flatMap((text) => ['--set', text]);
  await run(['source', 'add', 'github', '--name', 'acme', ...properties, '--secret', 'token=env:GITHUB_TOKEN']);
  return {
    place,
    run,
    protect: (code = 0) => run(['protect', 'acme'], code),
    list: async (more: string[] = []): Promise<Listed> =>
      JSON.parse((await run(['git', 'repositories', 'latest', ...more, '--json'])).stdout) as Listed,
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
}
