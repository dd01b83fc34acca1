import { mkdirSync } from 'node:fs';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectNothingLost, expectRefused, isRoot, prepare } from '../../support/bad-input.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { mustRun } from '../../support/processes.ts';

describe('a source that cannot be protected', () => {
  test('is not there', async () => {
    await using workspace = await prepare();
    await expectRefused(workspace, ['protect', workspace.path('never', 'was')], ['SOURCE_NOT_FOUND']);
    await expectNothingLost(workspace);
  });

  test('has vanished since its last snapshot', async () => {
    await using workspace = await prepare();
    await rm(workspace.source, { recursive: true });
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_NOT_FOUND']);
    await expectNothingLost(workspace);
  });

  test('has been emptied since its last snapshot', async () => {
    await using workspace = await prepare();
    await rm(workspace.source, { recursive: true });
    mkdirSync(workspace.source);
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_EMPTIED']);
    await expectNothingLost(workspace);
    expectDone(await workspace.holdfast(['protect', workspace.source, '--allow-empty']));
  });

  test('one of several has vanished: said, whether or not the others are stored', async () => {
    await using workspace = await prepare();
    const result = await workspace.holdfast(['protect', workspace.source, workspace.path('never was'), '--json']);
    expect([1, 3]).toContain(result.code);
    expect(result.stdout).toContain('SOURCE_NOT_FOUND');
    expect(result.stdout).toContain(workspace.path('never was'));
  });

  test.skipIf(!isRoot)('may not be read (needs root, to become somebody else)', async () => {
    await using workspace = await prepare();
    await mustRun('chown', ['-R', '65534:65534', workspace.root]);
    await chmod(workspace.source, 0);
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_UNREADABLE', 'NO_PERMISSION'], {
      unprivileged: true,
    });
    await chmod(workspace.source, 0o755);
    await expectNothingLost(workspace);
  });

  test('is the folder the repository lies in', async () => {
    await using workspace = await prepare();
    await expectRefused(workspace, ['protect', workspace.root], ['DESTINATION_INSIDE_SOURCE']);
    await expectRefused(workspace, ['protect', workspace.repository], ['DESTINATION_INSIDE_SOURCE']);
    await mustRun('ln', ['-s', workspace.root, workspace.path('detour')]);
    await expectRefused(workspace, ['protect', `${workspace.path('detour')}/`], ['DESTINATION_INSIDE_SOURCE']);
    await expectNothingLost(workspace);
  });

  test('lies inside the repository', async () => {
    await using workspace = await prepare();
    await expectRefused(workspace, ['protect', join(workspace.repository, 'data')], ['DESTINATION_INSIDE_SOURCE']);
    await expectNothingLost(workspace);
  });

  test('holds the repository, which is left out by --exclude: fine', async () => {
    await using workspace = await prepare();
    const args = ['protect', workspace.root, '--exclude', '/repository', '--exclude', '/home'];
    expectDone(await workspace.holdfast(args));
  });
});
