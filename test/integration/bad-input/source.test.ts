import { existsSync, mkdirSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { protectResultSchema } from '../../../shared/contract/protection.ts';
import { expectNothingLost, expectRefused, isRoot, prepare, watchRepository } from '../../support/bad-input.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { mustRun } from '../../support/processes.ts';
import { snapshotListSchema } from '../../support/snapshot-list.ts';
import { makeWorkspace } from '../../support/workspace.ts';

describe('a source that cannot be protected', () => {
  test('is not there', async () => {
    await using workspace = await prepare();
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['protect', workspace.path('never', 'was')], ['SOURCE_NOT_FOUND']);
    expectSame();
  });

  test('has vanished since its last snapshot', async () => {
    await using workspace = await prepare();
    await rm(workspace.source, { recursive: true });
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_NOT_FOUND']);
    expectSame();
  });

  test('has been emptied since its last snapshot', async () => {
    await using workspace = await prepare();
    await rm(workspace.source, { recursive: true });
    mkdirSync(workspace.source);
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_EMPTIED']);
    await expectNothingLost(workspace);
    expectDone(await workspace.here(['protect', workspace.source, '--allow-empty']));
  });

  test('one of several has vanished: it is named, the others are stored, and the run is partial', async () => {
    await using workspace = await prepare();
    const gone = workspace.path('never was');
    const protect = ['protect', workspace.source, gone, '--json'];
    const result = await workspace.here(protect);
    expect(result.code).toBe(3);
    const taken = result.json(protectResultSchema);
    expect(taken).toMatchObject({ status: 'partial', source: `${gone} + ${workspace.source}`, files: { new: 2 } });
    expect(taken.issues).toMatchObject([{ path: gone, code: 'SOURCE_NOT_FOUND' }]);
    expect(taken.items).toContainEqual({ path: gone, complete: false });
    const [, snapshot] = expectDone(await workspace.here(['snapshots', '--json'])).json(snapshotListSchema);
    expect(snapshot).toMatchObject({ status: 'partial', paths: [workspace.source] });
    // When it is there, it is the same source.
    await mkdir(gone);
    expect(expectDone(await workspace.here(protect)).json(protectResultSchema).parent).toBe(taken.snapshot);
  });

  test('one of several has vanished, and is back without its content: that is still an alarm', async () => {
    await using workspace = await prepare();
    const other = await workspace.folder('other');
    await writeFile(join(other, 'file'), 'content');
    const protect = ['protect', workspace.source, other];
    expectDone(await workspace.here(protect));
    await rm(other, { recursive: true });
    expect((await workspace.here(protect)).code).toBe(3);
    mkdirSync(other);
    await expectRefused(workspace, protect, ['SOURCE_EMPTIED']);
  });

  test('is named wrongly in the first command of all: no repository is made for it', async () => {
    await using workspace = await makeWorkspace();
    const env = { HOLDFAST_REPOSITORY: undefined };
    for (const name of [workspace.path('typo'), 'typo'])
      await expectRefused(workspace, ['protect', name], ['SOURCE_NOT_FOUND'], { env, cwd: workspace.root });
    expect(existsSync(join(workspace.home, 'holdfast', 'repository'))).toBe(false);
  });

  test.skipIf(!isRoot)('may not be read (needs root, to become somebody else)', async () => {
    await using workspace = await prepare();
    await mustRun('chown', ['-R', '65534:65534', workspace.root]);
    await chmod(workspace.source, 0);
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['protect', workspace.source], ['SOURCE_UNREADABLE', 'NO_PERMISSION'], {
      unprivileged: true,
    });
    await chmod(workspace.source, 0o755);
    expectSame();
  });

  test('is the folder the repository lies in', async () => {
    await using workspace = await prepare();
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['protect', workspace.root], ['DESTINATION_INSIDE_SOURCE']);
    await expectRefused(workspace, ['protect', workspace.repository], ['DESTINATION_INSIDE_SOURCE']);
    await mustRun('ln', ['-s', workspace.root, workspace.path('detour')]);
    await expectRefused(workspace, ['protect', `${workspace.path('detour')}/`], ['DESTINATION_INSIDE_SOURCE']);
    expectSame();
  });

  test('lies inside the home of Holdfast, where its keys and sessions are', async () => {
    await using workspace = await prepare();
    const home = join(workspace.home, 'holdfast');
    mkdirSync(join(home, 'kept'), { recursive: true });
    await writeFile(join(home, 'kept', 'key'), 'a secret');
    await mustRun('ln', ['-s', join(home, 'kept'), workspace.path('detour')]);
    const expectSame = watchRepository(workspace);
    for (const path of [home, join(home, 'kept'), join(home, 'kept', 'key'), workspace.path('detour')])
      await expectRefused(workspace, ['protect', path], ['SOURCE_UNREADABLE']);
    expectSame();
  });

  test('lies inside the repository', async () => {
    await using workspace = await prepare();
    const expectSame = watchRepository(workspace);
    await expectRefused(workspace, ['protect', join(workspace.repository, 'data')], ['DESTINATION_INSIDE_SOURCE']);
    expectSame();
  });

  test('holds the repository, which is left out by --exclude: fine', async () => {
    await using workspace = await prepare();
    const args = ['protect', workspace.root, '--exclude', '/repository', '--exclude', '/home'];
    expectDone(await workspace.here(args));
  });
});
