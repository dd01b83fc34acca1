/** Small repositories of a snapshot are unpacked by one restore, into the cache, and not by one each. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeGitScene, type GitScene } from '../../support/git-scene.ts';

/** Folders of repositories in the cache, as many as were unpacked there. */
function cached({ hub }: GitScene): number {
  const folders = readdirSync(hub.workspace.home, { recursive: true, encoding: 'utf8' });
  return folders.filter((path) => /cache\/git\/[0-9a-f]{64}\/[0-9a-f]{64}$/.test(path)).length;
}

test('small repositories are unpacked together, and one that cannot be used fails alone', async () => {
  await using scene = await makeGitScene();
  const names = ['a', 'b', 'c', 'd'];
  for (const name of names) {
    const upstream = await scene.upstream(name);
    const bare = await scene.mirror(upstream, 'octo', name);
    if (name !== 'b') continue;
    mkdirSync(join(bare, 'objects', 'info'), { recursive: true });
    writeFileSync(join(bare, 'objects', 'info', 'alternates'), '/elsewhere\n');
  }
  const large = await scene.upstream('large');
  await large.commit('data', 'x');
  const bare = await scene.mirror(large, 'octo', 'large');
  writeFileSync(join(bare, 'objects', 'pack', `pack-${'0'.repeat(40)}.pack`), Buffer.alloc(33 * 1024 * 1024, 1));
  const snapshot = await scene.protect();
  const out = scene.hub.workspace.path('out');
  const restored = await scene.restore({ snapshot, paths: null, target: { kind: 'bare', path: out }, verify: false });
  expect(restored.result.repositories).toMatchObject({ done: 4, failed: 1 });
  expect(restored.result.issues).toMatchObject([
    { code: 'GIT_REPOSITORY_INVALID', path: expect.stringMatching(/b\.git$/) as string },
  ]);
  expect(cached(scene)).toBe(3);
  for (const name of ['a', 'c', 'd', 'large']) {
    const made = join(out, 'octo', `${name}.git`);
    expect(await scene.refs(made)).toEqual(await scene.refs(join(scene.mirrors, 'octo', `${name}.git`)));
    expect(await scene.git('-C', made, 'fsck', '--full')).not.toContain('missing');
  }
});
