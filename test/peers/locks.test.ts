import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectCleanForBoth, expectDone, expectNoLocks } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { start, type Running } from '../support/processes.ts';
import { buildOnce } from '../support/build-once.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const mib = 1024 * 1024;

const makeProtected = buildOnce(async (): Promise<Workspace & { readonly source: string }> => {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  await writeFile(join(source, 'file'), noise(12 * mib, 'file'));
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  await writeFile(join(source, 'new file'), noise(12 * mib, 'new'));
  return { ...workspace, source };
});

const lockFiles = (workspace: Workspace) =>
  readdirSync(join(workspace.repository, 'locks')).filter((name) => /^[0-9a-f]{64}$/.test(name));

/** Stops a program in the moment its lock lies in the repository, so that it holds it as long as the test wants. */
async function stopWithLock(workspace: Workspace, running: Running): Promise<void> {
  for (let waited = 0; waited < 4000; waited++) {
    if (lockFiles(workspace).length > 0) {
      running.signal('SIGSTOP');
      return;
    }
    await sleep(5);
  }
  throw new Error('no lock appeared');
}

describePeer('restic', 'locks', () => {
  test('a restic that works alone keeps Holdfast from writing, until it ends', async () => {
    await using workspace = await makeProtected();
    const check = start('restic', ['check', '--read-data'], { env: workspace.resticEnv() });
    await stopWithLock(workspace, check);
    const refused = await workspace.here(['protect', workspace.source, '--json']);
    expect(refused.code).toBe(1);
    expect(refused.error().code).toBe('REPOSITORY_LOCKED');
    expect(lockFiles(workspace), 'the lock of restic is left alone').toHaveLength(1);
    check.signal('SIGCONT');
    expectDone(await check.finished);
    expectDone(await workspace.here(['protect', workspace.source]));
    await expectCleanForBoth(workspace);
  });

  test('a restic that only stores does not keep Holdfast from storing, listing, checking and restoring', async () => {
    await using workspace = await makeProtected();
    const backup = start('restic', ['backup', workspace.source], { env: workspace.resticEnv() });
    await stopWithLock(workspace, backup);
    expectDone(await workspace.here(['protect', workspace.source]));
    expectDone(await workspace.here(['snapshots']));
    expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('restored')]));
    expectDone(await workspace.here(['check']));
    expect(lockFiles(workspace)).toHaveLength(1);
    backup.signal('SIGCONT');
    expectDone(await backup.finished);
    await expectCleanForBoth(workspace);
  });

  test('a Holdfast that stores keeps restic from pruning, and not from storing', async () => {
    await using workspace = await makeProtected();
    const protect = workspace.startHoldfast(['protect', workspace.source]);
    await stopWithLock(workspace, protect);
    const prune = await workspace.restic(['prune']);
    expect(prune.code).not.toBe(0);
    expect(prune.stderr).toContain('locked');
    await workspace.mustRestic(['backup', workspace.source]);
    protect.signal('SIGCONT');
    expectDone(await protect.finished);
    await workspace.mustRestic(['prune']);
    await expectCleanForBoth(workspace);
  });

  test('commands that fail, and commands that are cancelled, leave no lock', async () => {
    await using workspace = await makeProtected();
    await workspace.here(['protect', workspace.path('not there')]);
    await workspace.here(['restore', 'abcdef', '--to', workspace.path('restored')]);
    await workspace.here(['ls', 'latest:/not/there']);
    expectNoLocks(workspace);
    const protect = workspace.startHoldfast(['protect', workspace.source, '--force']);
    await stopWithLock(workspace, protect);
    protect.signal('SIGINT');
    protect.signal('SIGCONT');
    expect((await protect.finished).code).toBe(1);
    expectNoLocks(workspace);
    await expectCleanForBoth(workspace);
  });

  test('the lock of a Holdfast that was killed is removed by the next one', async () => {
    await using workspace = await makeProtected();
    const protect = workspace.startHoldfast(['protect', workspace.source]);
    await stopWithLock(workspace, protect);
    protect.signal('SIGKILL');
    await protect.finished;
    expect(lockFiles(workspace)).toHaveLength(1);
    expectDone(await workspace.here(['protect', workspace.source]));
    await expectCleanForBoth(workspace);
  });

  test('the lock of a restic that was killed is removed by `unlock`', async () => {
    await using workspace = await makeProtected();
    const check = start('restic', ['check', '--read-data'], { env: workspace.resticEnv() });
    await stopWithLock(workspace, check);
    check.signal('SIGKILL');
    await check.finished;
    expectDone(await workspace.here(['unlock']));
    expectNoLocks(workspace);
    expectDone(await workspace.here(['protect', workspace.source]));
    await expectCleanForBoth(workspace);
  });

  test('`unlock` leaves the lock of a running restic alone', async () => {
    await using workspace = await makeProtected();
    const check = start('restic', ['check', '--read-data'], { env: workspace.resticEnv() });
    await stopWithLock(workspace, check);
    await workspace.here(['unlock']);
    expect(lockFiles(workspace)).toHaveLength(1);
    check.signal('SIGCONT');
    expectDone(await check.finished);
  });
});
