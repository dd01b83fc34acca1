import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectNothingLost, expectRefused, isRoot, prepare, watchRepository } from '../../support/bad-input.ts';
import { mustRun } from '../../support/processes.ts';

describe('a target that cannot be restored to', () => {
  test('is a file', async () => {
    await using workspace = await prepare();
    writeFileSync(workspace.path('target'), 'a file');
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['restore', 'latest', '--to', workspace.path('target')], ['TARGET_UNUSABLE']);
    expect(readFileSync(workspace.path('target'), 'utf8')).toBe('a file');
    expectSame();
  });

  test('lies below a file', async () => {
    await using workspace = await prepare();
    writeFileSync(workspace.path('target'), 'a file');
    const args = ['restore', 'latest', '--to', workspace.path('target', 'below')];
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, args, ['TARGET_UNUSABLE', 'IO_ERROR']);
    expectSame();
  });

  test.skipIf(process.platform !== 'linux')('is a place where the kernel lets nobody make folders', async () => {
    await using workspace = await prepare();
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['restore', 'latest', '--to', '/proc/x/y'], ['TARGET_UNUSABLE']);
    await expectRefused(workspace, ['init', '/proc/x/y'], ['PLACE_UNUSABLE']);
    const env = { HOLDFAST_HOME: '/proc/x/y' };
    await expectRefused(workspace, ['snapshots'], ['PLACE_UNUSABLE'], { env });
    expectSame();
  });

  test('is the repository, or lies inside it', async () => {
    await using workspace = await prepare();
    for (const target of [workspace.repository, join(workspace.repository, 'data', 'below')]) {
      await expectRefused(workspace, ['restore', 'latest', '--to', target], ['TARGET_UNUSABLE']);
    }
    await expectNothingLost(workspace);
  });

  test.skipIf(!isRoot)('may not be written to (needs root, to become somebody else)', async () => {
    await using workspace = await prepare();
    await mustRun('chown', ['-R', '65534:65534', workspace.repository, workspace.home, workspace.source]);
    mkdirSync(workspace.path('closed'), { mode: 0o755 });
    const args = ['restore', 'latest', '--to', workspace.path('closed', 'target')];
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, args, ['NO_PERMISSION'], { unprivileged: true });
    expect(readdirSync(workspace.path('closed'))).toEqual([]);
    expectSame();
  });
});
