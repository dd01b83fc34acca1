import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { restoreResultSchema } from '../../shared/contract/recovery.ts';
import { describeTree, diffTrees, type TreeDescription } from '../support/describe-tree.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import { makeOddTree, type OddTreeOptions } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { afterResticBackup, afterResticRestore, resticRestoreArgs } from '../support/restic-exemptions.ts';
import { toNanoseconds } from '../support/rfc3339.ts';
import { entryListSchema, snapshotListSchema } from '../support/snapshot-list.ts';
import { sparseBytes } from '../support/tree-size.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

async function makeSource(
  workspace: Workspace,
  options: OddTreeOptions = {},
): Promise<{ source: string; original: TreeDescription }> {
  const source = await workspace.folder('source');
  await makeOddTree(source, options);
  return { source, original: describeTree(source) };
}

const countFiles = (tree: TreeDescription) => [...tree.values()].filter(({ type }) => type === 'file').length;

describePeer(['restic', 'getfattr', 'getfacl'], 'a tree with every oddity, stored by Holdfast', () => {
  test('is clean for restic, and comes back the same from both programs', async () => {
    await using workspace = await makeWorkspace();
    const { source, original } = await makeSource(workspace, { sparseBytes, smallFiles: 2000, wideFiles: 2000 });
    expectDone(await workspace.holdfast(['init', workspace.repository]));
    const first = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
    expect(first.status).toBe('complete');
    expect(first.issues).toEqual([]);
    expect(first.files.new).toBeGreaterThanOrEqual(countFiles(original));
    expect(diffTrees(original, describeTree(source)), 'the source is as it was').toEqual([]);
    await expectCleanForBoth(workspace);

    await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs'), ...resticRestoreArgs]);
    expect(diffTrees(original, describeTree(workspace.path('theirs', source)), afterResticRestore)).toEqual([]);

    const restored = await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours'), '--json']);
    const report = expectDone(restored).json(restoreResultSchema);
    expect(diffTrees(original, describeTree(workspace.path('ours', source)))).toEqual([]);
    expect(report.issues).toEqual([]);
    expect(report.files).toBe(countFiles(original));
    expect(report.verifiedFiles).toBe(countFiles(original));
  });

  test('is listed as it is', async () => {
    await using workspace = await makeWorkspace();
    const { source, original } = await makeSource(workspace);
    workspace.init();
    expectDone(await workspace.holdfast(['protect', source]));
    await expectListed(workspace, source, original);
  });

  test('is not read again by Holdfast or by restic while it does not change', async () => {
    await using workspace = await makeWorkspace();
    const { source, original } = await makeSource(workspace);
    workspace.init();
    expectDone(await workspace.holdfast(['protect', source]));
    const second = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
    expect(second.files.new + second.files.changed).toBe(0);
    expect(second.addedBytes).toBeLessThan(100_000);

    const summary = await resticBackup(workspace, source, ['--parent', second.snapshot]);
    expect(summary).toMatchObject({ files_new: 0, files_changed: 0, data_blobs: 0 });
    const third = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
    expect(third.files.new + third.files.changed).toBe(0);
    await expectCleanForBoth(workspace);
    await workspace.mustRestic([
      'restore',
      second.snapshot,
      '--target',
      workspace.path('theirs'),
      ...resticRestoreArgs,
    ]);
    expect(diffTrees(original, describeTree(workspace.path('theirs', source)), afterResticRestore)).toEqual([]);
  });

  test('comes back name by name as `ls` shows the names', async () => {
    await using workspace = await makeWorkspace();
    const { source, original } = await makeSource(workspace);
    workspace.init();
    expectDone(await workspace.holdfast(['protect', source]));
    const listed = expectDone(await workspace.holdfast(['ls', `latest:${source}/names`, '--json'])).json(
      entryListSchema,
    );
    expect(listed).toHaveLength(readdirSync(join(source, 'names'), { encoding: 'buffer' }).length);
    const selections = listed.map(({ path }) => `latest:${path}`);
    expectDone(await workspace.holdfast(['restore', ...selections, '--to', workspace.path('ours')]));
    const names = new Map([...original].filter(([path]) => path.startsWith('names/')));
    const back = describeTree(workspace.path('ours', source));
    const restored = new Map([...back].filter(([path]) => path.startsWith('names/')));
    expect(diffTrees(names, restored)).toEqual([]);
  });
});

describePeer(['restic', 'getfattr', 'getfacl'], 'a tree with every oddity, stored by restic', () => {
  const kinds = {
    'version 1': { init: ['--repository-version', '1'], backup: [] },
    'version 2, compressed': { init: ['--repository-version', '2'], backup: [] },
    'version 2, not compressed': { init: ['--repository-version', '2'], backup: ['--compression', 'off'] },
    'version 2, compressed as far as possible': {
      init: ['--repository-version', '2'],
      backup: ['--compression', 'max'],
    },
  };
  for (const [what, { init, backup }] of Object.entries(kinds)) {
    test(`in ${what}: Holdfast lists, checks and restores it, and protects on top`, async () => {
      await using workspace = await makeWorkspace();
      const { source, original } = await makeSource(workspace);
      await workspace.mustRestic(['init', ...init]);
      await resticBackup(workspace, source, ['--tag', 'nightly', ...backup]);

      const snapshots = expectDone(await workspace.holdfast(['snapshots', '--json'])).json(snapshotListSchema);
      expect(snapshots).toMatchObject([{ paths: [source], status: 'unknown', tags: ['nightly'] }]);
      const stored = new Map([...original].filter(([, { type }]) => type !== 'socket'));
      await expectListed(workspace, source, stored);
      await expectCleanForBoth(workspace);
      expectDone(await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours')]));
      expect(diffTrees(original, describeTree(workspace.path('ours', source)), afterResticBackup)).toEqual([]);

      const result = expectDone(await workspace.holdfast(['protect', source, '--json'])).json(protectResultSchema);
      expect(result.parent).toBe(snapshots[0]?.id);
      expect(result.files.new + result.files.changed, 'unchanged files are not read again').toBe(0);
      await expectCleanForBoth(workspace);
      await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs'), ...resticRestoreArgs]);
      expect(diffTrees(original, describeTree(workspace.path('theirs', source)), afterResticRestore)).toEqual([]);
    });
  }
});

type BackupSummary = { readonly files_new: number; readonly files_changed: number; readonly data_blobs: number };

async function resticBackup(workspace: Workspace, source: string, args: readonly string[]): Promise<BackupSummary> {
  const { stdout } = await workspace.mustRestic(['backup', '--json', ...args, source]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BackupSummary;
}

/** Every entry, in byte order of the paths, with what is known about it. */
async function expectListed(workspace: Workspace, source: string, original: TreeDescription): Promise<void> {
  const args = ['ls', `latest:${source}`, '--recursive', '--json'];
  const entries = expectDone(await workspace.holdfast(args)).json(entryListSchema);
  const expected = new Map([...original].filter(([path]) => path !== ''));
  expect(entries).toHaveLength(expected.size);
  const plainName = /^[!-[\]-~ ]+$/;
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const [path, entry] of expected) {
    if (!plainName.test(path)) continue;
    const listed = byPath.get(join(source, path));
    expect(listed, path).toMatchObject({ type: entry.type, mode: entry.mode, uid: entry.uid, gid: entry.gid });
    expect(toNanoseconds(listed?.modifiedAt ?? ''), path).toBe(entry.mtimeNs);
    if (entry.type === 'file') expect(listed?.size, path).toBe(Number(entry.size));
    if (entry.target !== undefined && plainName.test(entry.target)) expect(listed?.linkTarget, path).toBe(entry.target);
  }
}
