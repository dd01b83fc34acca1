import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectFolders } from '../../electron/engine/protection/protect.ts';
import { restore } from '../../electron/engine/recovery/restore.ts';
import { withFaults } from '../../electron/engine/repository/backend/faults.ts';
import { Repository } from '../../electron/engine/repository/repository.ts';
import type { Progress } from '../../shared/contract/common.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../support/local-place.ts';
import { noise } from '../support/odd-tree.ts';

const bytes = 160 * 1024 * 1024;
const quiet = { onIssue: () => {}, onNotice: () => {}, signal: new AbortController().signal };

/** A repository that stores or loads some of the file and then waits until it has been said how far it is. */
function gated(place: LocalPlace, made: Repository, operation: 'save' | 'load') {
  // Of 12 saves and about 40 loads; the first few loads are of folders.
  const enough = operation === 'save' ? 3 : 20;
  const halfway = Promise.withResolvers<Progress>();
  let calls = 0;
  const backend = withFaults(place.backend, {
    before: async (call) => {
      if (call.operation !== operation || !('handle' in call) || call.handle.type !== 'data') return;
      calls += 1;
      if (calls > enough) await halfway.promise;
    },
  });
  const onProgress = (progress: Progress): void => {
    const { doneBytes, currentItem } = progress;
    if (doneBytes > 0 && doneBytes < bytes && currentItem?.endsWith('/large') === true) halfway.resolve(progress);
  };
  return { repository: new Repository(backend, made.config, made.key, ''), onProgress, halfway: halfway.promise };
}

test('a large file is followed while it is read, and while it comes back', { timeout: 60_000 }, async () => {
  await using place = await makeLocalPlace();
  const made = await makeRepository(place);
  const source = join(place.root, 'source');
  mkdirSync(source);
  writeFileSync(join(source, 'large'), noise(bytes, 'large'));
  const home = join(place.root, 'home');

  const storing = gated(place, made, 'save');
  await protectFolders({
    nowMs: Date.now,
    ...quiet,
    open: async () => storing.repository,
    caller: { tenant: 'default', actor: 'test' },
    paths: [source],
    source: undefined,
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: undefined,
    oneFileSystem: false,
    tags: [],
    allowEmpty: false,
    allowUnmounted: false,
    force: false,
    home,
    onProgress: storing.onProgress,
  });
  expect(await storing.halfway).toMatchObject({ phase: 'Reading', doneItems: 1 });

  // All of it, and a part of it: how much that is, is known in both cases.
  for (const [at, selection] of ['latest', `latest:${source}`].entries()) {
    const loading = gated(place, made, 'load');
    const result = await restore({
      ...quiet,
      repository: loading.repository,
      home,
      selections: [selection],
      source: undefined,
      target: join(place.root, `target-${at}`),
      overwrite: 'never',
      dryRun: false,
      verify: true,
      ignoreFreeSpace: false,
      say: () => Promise.resolve(),
      onProgress: loading.onProgress,
    });
    const known = at === 0 ? { totalBytes: bytes } : { totalBytes: bytes, totalItems: 2 };
    expect(await loading.halfway).toMatchObject({ phase: 'Restoring', ...known });
    expect(result.verifiedBytes).toBe(bytes);
  }
});
