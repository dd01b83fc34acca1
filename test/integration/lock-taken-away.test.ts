import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectFolders } from '../../electron/engine/protection/protect.ts';
import { withFaults } from '../../electron/engine/repository/backend/faults.ts';
import { unlockRepository } from '../../electron/engine/repository/lock.ts';
import { Repository } from '../../electron/engine/repository/repository.ts';
import { makeLocalPlace, makeRepository } from '../support/local-place.ts';
import { storedNames } from '../support/upkeep-repository.ts';
import { makeWorkspace } from '../support/workspace.ts';

test('a protect whose lock is removed meanwhile takes no snapshot: what it relies on may be pruned away', async () => {
  await using workspace = await makeWorkspace();
  await using place = await makeLocalPlace();
  const repository = await makeRepository(place);
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'file'), 'content');
  let isUnlocked = false;
  const backend = withFaults(place.backend, {
    before: async (call) => {
      if (call.operation !== 'save' || call.handle.type !== 'data' || isUnlocked) return;
      isUnlocked = true;
      expect(await unlockRepository(repository, true)).toBe(1);
    },
  });
  const run = protectFolders({
    open: () => Promise.resolve(new Repository(backend, repository.config, repository.key, 'none')),
    caller: { tenant: 'default', actor: 'test' },
    paths: [source],
    source: undefined,
    nowMs: Date.now,
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: undefined,
    oneFileSystem: false,
    tags: [],
    allowEmpty: false,
    allowUnmounted: false,
    force: false,
    home: workspace.home,
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onIssue: () => undefined,
    onNotice: () => undefined,
  });
  await expect(run).rejects.toMatchObject({ code: 'LOCK_LOST' });
  expect(isUnlocked).toBe(true);
  expect(storedNames(place.folder, 'snapshots')).toEqual([]);
});
