import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { snapshotListSchema } from '../support/snapshot-list.ts';
import { describeTree, diffTrees } from '../support/describe-tree.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import { makeOddTree } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { describeFailure, mustRun } from '../support/processes.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const isRoot = process.getuid?.() === 0;
const owner = '65534:65534';

/** A workspace that belongs to somebody without privileges, as whom Holdfast then runs; without root, ourselves. */
async function handOver(workspace: Workspace): Promise<void> {
  if (isRoot) await mustRun('chown', ['-R', '-h', owner, workspace.root]);
}

const asUser = { unprivileged: isRoot };

describePeer(['restic', 'getfattr', 'getfacl'], 'files that cannot be read', () => {
  test('make the run partial and are named; the rest is stored and restored', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    await mkdir(join(source, 'closed folder'));
    await mkdir(join(source, 'open folder'));
    await mkdir(join(source, 'good folder'));
    for (const name of [
      'closed',
      'open',
      'closed folder/inside',
      'open folder/inside',
      'open folder/closed',
      'good folder/file',
    ]) {
      await writeFile(join(source, name), `content of ${name}`);
    }
    const closed = ['closed', 'closed folder', 'open folder/closed'].map((name) => join(source, name));
    workspace.init();
    await handOver(workspace);
    for (const path of closed) await chmod(path, 0);

    const result = await workspace.holdfast(['protect', source, '--json'], asUser);
    expect(result.code, describeFailure(result)).toBe(3);
    const report = result.json(protectResultSchema);
    expect(report.status).toBe('partial');
    expect(report.issues.map(({ path, code }) => `${path} ${code}`).sort((a, b) => (a < b ? -1 : 1))).toEqual(
      closed.map((path) => `${path} NO_PERMISSION`).sort((a, b) => (a < b ? -1 : 1)),
    );
    const complete = (name: string) => report.items.find(({ path }) => path === join(source, name))?.complete;
    expect(['good folder', 'closed folder', 'open folder'].map(complete)).toEqual([true, false, false]);
    const [snapshot] = expectDone(await workspace.holdfast(['snapshots', '--json'], asUser)).json(snapshotListSchema);
    expect(snapshot?.status).toBe('partial');

    expectDone(await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours')], asUser));
    const restored = (name: string) => workspace.path('ours', source, name);
    for (const name of ['open', 'open folder/inside', 'good folder/file']) {
      expect(readFileSync(restored(name), 'utf8')).toBe(`content of ${name}`);
    }
    for (const name of ['closed', 'open folder/closed', 'closed folder/inside']) {
      expect(existsSync(restored(name)), `${name} is not there, and no empty file stands for it`).toBe(false);
    }
    await expectCleanForBoth(workspace);
  });

  test('that could be read before are not taken as deleted in silence, and come back once they can be read', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    await writeFile(join(source, 'file'), 'content');
    await writeFile(join(source, 'other'), 'other');
    workspace.init();
    await handOver(workspace);
    expectDone(await workspace.holdfast(['protect', source], asUser));
    await chmod(join(source, 'file'), 0);
    await writeFile(join(source, 'other'), 'other, changed');
    expect((await workspace.holdfast(['protect', source], asUser)).code).toBe(3);
    await chmod(join(source, 'file'), 0o644);
    expectDone(await workspace.holdfast(['protect', source], asUser));
    expectDone(await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours')], asUser));
    expect(readFileSync(workspace.path('ours', source, 'file'), 'utf8')).toBe('content');
  });

  test.skipIf(!isRoot)(
    'restored by somebody who is not root: all but owners and devices is as it was (needs root)',
    async () => {
      await using workspace = await makeWorkspace();
      const source = await workspace.folder('source');
      await makeOddTree(source, { noLargeFiles: true });
      const original = describeTree(source);
      workspace.init();
      expectDone(await workspace.here(['protect', source]));
      await mustRun('chown', ['-R', owner, workspace.repository, workspace.home]);
      const target = await workspace.folder('ours');
      await mustRun('chown', [owner, target]);
      const result = await workspace.holdfast(['restore', 'latest', '--to', target, '--json'], asUser);
      expect([0, 3], describeFailure(result)).toContain(result.code);
      const restored = describeTree(workspace.path('ours', source));
      const differences = diffTrees(original, restored, {
        ignore: ['uid', 'gid'],
        skip: (_, { type }) => type === 'dev' || type === 'chardev',
        // Set-group-ID needs membership of the group.
        ignoreIn: (_, { mode }) => ((mode & 0o6000) === 0 ? [] : ['mode']),
      });
      expect(differences).toEqual([]);
    },
  );
});
