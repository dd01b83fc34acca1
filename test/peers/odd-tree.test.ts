import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { protectResultSchema, type ProtectResult } from '../../shared/contract/protection.ts';
import { restoreResultSchema } from '../../shared/contract/recovery.ts';
import { describeTree, diffTrees, type TreeDescription } from '../support/describe-tree.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import { makeOddTree, type OddTreeOptions } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { afterResticBackup, afterResticRestore, resticRestoreArgs } from '../support/restic-exemptions.ts';
import { createRepository } from '../support/restic-repository.ts';
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

/** What the large files add, the first test has seen. */
const smaller: OddTreeOptions = { noLargeFiles: true, sparseBytes: 8 * 1024 * 1024 };

const countFiles = (tree: TreeDescription) => [...tree.values()].filter(({ type }) => type === 'file').length;

describePeer(['restic', 'getfattr', 'getfacl'], 'a tree with every oddity, stored by Holdfast', () => {
  test('is clean for restic, and comes back the same from both programs', async () => {
    await using workspace = await makeWorkspace();
    const { source, original } = await makeSource(workspace, { sparseBytes });
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

  describe('once', () => {
    let workspace: Workspace;
    let source: string;
    let original: TreeDescription;
    let first: string;
    beforeAll(async () => {
      workspace = await makeWorkspace();
      ({ source, original } = await makeSource(workspace, smaller));
      workspace.init();
      first = (await protect(workspace, source)).snapshot;
    });
    afterAll(async () => workspace[Symbol.asyncDispose]());

    test('is listed as it is', async () => {
      await expectListed(workspace, `${first}:${source}`, source, original);
    });

    test('comes back name by name as `ls` shows the names', async () => {
      const listed = expectDone(await workspace.here(['ls', `${first}:${source}/names`, '--json'])).json(
        entryListSchema,
      );
      expect(listed).toHaveLength(readdirSync(join(source, 'names'), { encoding: 'buffer' }).length);
      const selections = listed.map(({ path }) => `${first}:${path}`);
      expectDone(await workspace.here(['restore', ...selections, '--to', workspace.path('ours')]));
      const names = new Map([...original].filter(([path]) => path.startsWith('names/')));
      const back = describeTree(workspace.path('ours', source));
      const restored = new Map([...back].filter(([path]) => path.startsWith('names/')));
      expect(diffTrees(names, restored)).toEqual([]);
    });

    test('is not read again by Holdfast or by restic while it does not change', async () => {
      const second = await protect(workspace, source);
      expect(second.files.new + second.files.changed).toBe(0);
      expect(second.addedBytes).toBeLessThan(100_000);

      const summary = await resticBackup(workspace, source, ['--parent', second.snapshot]);
      expect(summary).toMatchObject({ files_new: 0, files_changed: 0, data_blobs: 0 });
      const third = await protect(workspace, source);
      expect(third.files.new + third.files.changed).toBe(0);
      await expectCleanForBoth(workspace);
      const target = workspace.path('theirs');
      await workspace.mustRestic(['restore', second.snapshot, '--target', target, ...resticRestoreArgs]);
      expect(diffTrees(original, describeTree(join(target, source)), afterResticRestore)).toEqual([]);
    });
  });
});

describePeer(['restic', 'getfattr', 'getfacl'], 'a tree with every oddity, stored by restic', () => {
  let place: Workspace;
  let source: string;
  let original: TreeDescription;
  beforeAll(async () => {
    place = await makeWorkspace();
    ({ source, original } = await makeSource(place, smaller));
  });
  afterAll(async () => place[Symbol.asyncDispose]());

  const kinds = {
    'version 1': { version: 1, backup: [] },
    'version 2, compressed': { version: 2, backup: [] },
    'version 2, not compressed': { version: 2, backup: ['--compression', 'off'] },
    'version 2, compressed as far as possible': { version: 2, backup: ['--compression', 'max'] },
  } as const;
  for (const [what, { version, backup }] of Object.entries(kinds)) {
    test(`in ${what}: Holdfast lists, checks and restores it, and protects on top`, async () => {
      await using workspace = await makeWorkspace();
      createRepository(workspace.repository, { version, password: workspace.password });
      await resticBackup(workspace, source, ['--tag', 'nightly', ...backup]);

      const snapshots = expectDone(await workspace.here(['snapshots', '--json'])).json(snapshotListSchema);
      expect(snapshots).toMatchObject([{ paths: [source], status: 'unknown', tags: ['nightly'] }]);
      const stored = new Map([...original].filter(([, { type }]) => type !== 'socket'));
      await expectListed(workspace, `latest:${source}`, source, stored);
      await expectCleanForBoth(workspace);
      expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('ours')]));
      expect(diffTrees(original, describeTree(workspace.path('ours', source)), afterResticBackup)).toEqual([]);

      const result = await protect(workspace, source);
      expect(result.parent).toBe(snapshots[0]?.id);
      expect(result.files.new + result.files.changed, 'unchanged files are not read again').toBe(0);
      await expectCleanForBoth(workspace);
      await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs'), ...resticRestoreArgs]);
      expect(diffTrees(original, describeTree(workspace.path('theirs', source)), afterResticRestore)).toEqual([]);
    });
  }
});

async function protect(workspace: Workspace, source: string): Promise<ProtectResult> {
  return expectDone(await workspace.here(['protect', source, '--json'])).json(protectResultSchema);
}

type BackupSummary = { readonly files_new: number; readonly files_changed: number; readonly data_blobs: number };

async function resticBackup(workspace: Workspace, source: string, args: readonly string[]): Promise<BackupSummary> {
  const { stdout } = await workspace.mustRestic(['backup', '--json', ...args, source]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as BackupSummary;
}

/** Every entry, in byte order of the paths, with what is known about it. */
async function expectListed(
  workspace: Workspace,
  what: string,
  source: string,
  original: TreeDescription,
): Promise<void> {
  const entries = expectDone(await workspace.here(['ls', what, '--recursive', '--json'])).json(entryListSchema);
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
