/** What lies elsewhere is fetched, and then captured as a folder whose own name is the first in every path. */
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectFetched, type FetchRequest } from '../../electron/engine/protection/protect-fetched.ts';
import { listSnapshots } from '../../electron/engine/repository/snapshots.ts';
import type { RemoteSource } from '../../electron/engine/sources/source.ts';
import { HoldfastError } from '../../shared/model/errors.ts';
import { makeLocalPlace, makeRepository } from '../support/local-place.ts';
import { nothingInSnapshots } from '../support/no-snapshots.ts';
import { makeWorkspace } from '../support/workspace.ts';

const fetchedAtMs = Date.parse('2026-03-01T00:00:00Z');

test('paths begin with the name of the folder it was fetched into, wherever that lies', async () => {
  await using scene = await makeScene();
  const first = await scene.protect();
  expect(first).toMatchObject({ status: 'complete', source: 'acme', files: { new: 2 } });
  expect(first.items.map(({ path }) => path)).toEqual(['/acme/api.git', '/acme/web.git']);
  const [{ file } = { file: null }] = (await listSnapshots(scene.repository)).snapshots;
  expect(file?.paths).toEqual(['/acme']);
  // Not when it was captured: what came in between may be missing.
  expect(file?.time).toContain('2026-03-01T00:00:00');
  // The home may move; what is unchanged stays so.
  const again = await scene.protect();
  expect(again).toMatchObject({ files: { new: 0, changed: 0, unmodified: 2 }, addedBytes: 0 });
});

test('a part that could not be fetched is captured as it was before, and makes the run partial', async () => {
  await using scene = await makeScene();
  scene.issue = { path: '/acme/web.git', code: 'NO_PERMISSION', message: 'the server refused' };
  const result = await scene.protect();
  expect(result.status).toBe('partial');
  expect(result.issues).toEqual([scene.issue]);
  expect(result.items).toEqual([
    { path: '/acme/api.git', complete: true },
    { path: '/acme/web.git', complete: false },
    { path: '/acme/new.git', complete: false },
  ]);
  expect(result.files.new).toBe(2);
});

test('where fetching fails as a whole there is no snapshot, and what it found is not told either', async () => {
  await using scene = await makeScene();
  scene.failure = new HoldfastError('SOURCE_EMPTIED', 'acme has no repositories any more.');
  await expect(scene.protect()).rejects.toMatchObject({ code: 'SOURCE_EMPTIED' });
  expect((await listSnapshots(scene.repository)).snapshots).toEqual([]);
  expect(scene.found).toEqual([]);
});

test('work files of fetching are left out, and what it found is handed on', async () => {
  await using scene = await makeScene();
  mkdirSync(join(scene.root, 'acme', '.holdfast'), { recursive: true });
  writeFileSync(join(scene.root, 'acme', '.holdfast', 'state.json'), '{}');
  expect((await scene.protect()).files.new).toBe(2);
  expect(scene.found).toEqual([{ kind: 'missing', item: '/acme/old.git', sinceMs: 5 }]);
});

async function makeScene() {
  const workspace = await makeWorkspace();
  const place = await makeLocalPlace();
  const repository = await makeRepository(place);
  const root = await workspace.folder('mirrors');
  const scene = {
    repository,
    root,
    issue: null as { path: string; code: 'NO_PERMISSION'; message: string } | null,
    failure: null as HoldfastError | null,
    found: [] as unknown[],
    protect: () => protectFetched(requestOf()),
    async [Symbol.asyncDispose]() {
      rmSync(root, { recursive: true, force: true });
      await place[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
  const remote: RemoteSource = {
    prepare: (context) => {
      if (scene.failure !== null) return Promise.reject(scene.failure);
      for (const name of ['api.git', 'web.git']) {
        const folder = join(context.root, 'acme', name);
        mkdirSync(folder, { recursive: true });
        if (!existsSync(join(folder, 'HEAD'))) writeFileSync(join(folder, 'HEAD'), `ref: refs/heads/main of ${name}\n`);
      }
      context.onProgress({ doneItems: 1, doneBytes: 1, currentItem: 'acme/api', totals: null });
      context.onFinding({ kind: 'missing', item: '/acme/old.git', sinceMs: 5 });
      if (scene.issue !== null) context.onIssue(scene.issue);
      const failed = scene.issue !== null;
      return Promise.resolve({
        folder: join(context.root, 'acme'),
        excludes: ['/.holdfast'],
        items: [
          { path: '/acme/api.git', complete: true },
          { path: '/acme/web.git', complete: !failed },
          ...(failed ? [{ path: '/acme/new.git', complete: false }] : []),
        ],
        checkedMirrors: [],
      });
    },
  };
  const requestOf = (): FetchRequest => ({
    remote,
    root,
    open: () => Promise.resolve(repository),
    caller: { tenant: 'default', actor: 'test' },
    source: 'acme',
    nowMs: () => fetchedAtMs,
    excludeCaches: false,
    excludeLargerThanBytes: undefined,
    oneFileSystem: false,
    tags: [],
    allowEmpty: false,
    allowUnmounted: false,
    force: false,
    home: workspace.home,
    signal: new AbortController().signal,
    log: () => undefined,
    inSnapshots: nothingInSnapshots,
    onFindings: (found) => Promise.resolve(void scene.found.push(...found)),
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: () => undefined,
  });
  return scene;
}
