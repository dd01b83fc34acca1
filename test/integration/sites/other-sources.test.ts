/** What is no folder travels to a site like everything else, and is of use from there alone. */
import { rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { RestBackend } from '../../../electron/engine/repository/backend/rest/rest.ts';
import { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { copySnapshots } from '../../../electron/engine/repository/copy/copy-snapshots.ts';
import { openRepository } from '../../../electron/engine/repository/repository.ts';
import { toTheEnd } from '../../support/client.ts';
import { makeGitScene } from '../../support/git-scene.ts';
import { addVolumes, makeNativeScene } from '../../support/native-scene.ts';
import { mustRun } from '../../support/processes.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { makeSite, type Site } from '../../support/site.ts';
import { storedNames } from '../../support/upkeep-repository.ts';

const password = 'another password altogether';

/** All snapshots of a repository, through the server of the site. Returns ids at the site, by those at home. */
async function send(site: Site, location: string, homePassword: string): Promise<ReadonlyMap<string, string>> {
  createRepository(site.folder, { password, scrypt: { N: 1024, r: 8, p: 1 } });
  const access = {
    user: site.user,
    password: () => Promise.resolve(site.password),
    fingerprint: null,
    authority: null,
  };
  const { outcomes } = await copySnapshots({
    from: await openRepository(new LocalBackend(location), homePassword),
    to: await openRepository(new RestBackend({ url: `${site.origin}/${site.user}/`, ...access }), password),
    snapshots: storedNames(location, 'snapshots'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onSnapshot: () => undefined,
    onNotice: () => undefined,
  });
  return new Map(outcomes.map((outcome) => [outcome.id, 'copy' in outcome ? outcome.copy : outcome.message]));
}

test('a repository of Git is given back from a site as it was, after the primary repository is gone', async () => {
  await using site = await makeSite();
  await using scene = await makeGitScene();
  const upstream = await scene.upstream('app');
  await upstream.git('tag', '--annotate', '--message=First', 'v1');
  await upstream.commit('two', '2\n');
  const before = await scene.refs(await scene.mirror(upstream, 'octo', 'app'));
  const taken = await scene.protect();
  const copies = await send(site, scene.access.location, scene.access.password);
  rmSync(scene.access.location, { recursive: true });
  const url = scene.hub.github.createRepository('target', 'app', { private: true }).cloneUrl;
  const restored = await toTheEnd(
    await scene.connected.client.git.restore({
      repository: { location: site.folder, password },
      snapshot: copies.get(taken) ?? '',
      paths: ['octo/app'],
      target: { kind: 'url', url },
      access: { token: scene.token },
    }),
  );
  expect(restored.result.result).toMatchObject({ issues: [], repositories: { done: 1, failed: 0 } });
  expect(await scene.refs(url)).toEqual(before);
  const clone = scene.hub.workspace.path('clone');
  await scene.hub.mustGit(['clone', '--quiet', url, clone], { token: scene.token });
  expect((await scene.git('-C', clone, 'log', '--format=%H')).split('\n')[0]).toBe(before.get('refs/heads/main'));
});

test('what describes volumes in EC2 is read from a site as it was', async () => {
  await using site = await makeSite();
  await using scene = await makeNativeScene();
  const { workspace } = scene;
  const [volume = ''] = await addVolumes(scene, 1, { key: 'backup', value: 'yes' });
  await scene.addSource('machines', `volume=${volume}`);
  await scene.done('protect', 'machines');
  const copies = await send(site, workspace.repository, workspace.password);
  const read = async (repository: string, id: string, key: string): Promise<string> => {
    const env = { ...scene.env, HOLDFAST_REPOSITORY: repository, HOLDFAST_PASSWORD: key };
    const listed = await workspace.here(['ls', id, '--recursive', '--json'], { env });
    expect(listed.code, listed.stderr).toBe(0);
    return listed.stdout;
  };
  const [taken] = (await scene.done('snapshots', '--json')).json(z.array(z.object({ id: z.string() })));
  const copy = copies.get(taken?.id ?? '') ?? '';
  const original = await read(workspace.repository, taken?.id ?? '', workspace.password);
  expect(original).not.toBe('');
  expect(await read(site.folder, copy, password)).toBe(original);
  const target = workspace.path('described');
  const env = { ...scene.env, HOLDFAST_REPOSITORY: site.folder, HOLDFAST_PASSWORD: password };
  const restored = await workspace.here(['restore', copy, '--to', target], { env });
  expect(restored.code, restored.stderr).toBe(0);
  expect(await textBelow(target)).toContain(volume);
});

async function textBelow(folder: string): Promise<string> {
  return (await mustRun('grep', ['-r', '', folder])).stdout;
}
