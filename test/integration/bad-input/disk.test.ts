import { existsSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectNothingLost, expectRefused, isRoot, prepare, prepareAnew } from '../../support/bad-input.ts';
import { describeTree } from '../../support/describe-tree.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { noise } from '../../support/odd-tree.ts';
import { describeFailure, mustRun, run } from '../../support/processes.ts';
import { canMount, mountSmallDisk } from '../../support/small-disk.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const mib = 1024 * 1024;
const mountable = isRoot && (await canMount());

describe.skipIf(!mountable)('a disk that is full or read-only (needs root, to mount one)', { timeout: 180_000 }, () => {
  test('full, below the repository: what was there stays, and the next run goes on', async () => {
    await using disk = await mountSmallDisk('12m');
    await using workspace = await prepareAnew({ repositoryUnder: disk.place });
    const big = await disk.elsewhere('big');
    writeFileSync(join(big, 'big'), noise(20 * mib, 'big'));
    await expectRefused(workspace, ['protect', big], ['NO_SPACE']);
    await expectNothingLost(workspace);
    await mustRun('mount', ['-o', 'remount,size=60m', disk.place]);
    expectDone(await workspace.here(['protect', big]));
    await expectNothingLost(workspace, { snapshots: 2 });
  });

  test('full, from the first file on', async () => {
    await using disk = await mountSmallDisk('64k');
    await using workspace = await makeWorkspace();
    await run('dd', ['if=/dev/zero', `of=${disk.place}/filler`, 'bs=4k']);
    await expectRefused(workspace, ['init', join(disk.place, 'repository')], ['NO_SPACE']);
    const left = [...describeTree(disk.place, { attributes: false })].filter(([, { type }]) => type === 'file');
    expect(left.map(([path]) => path)).toEqual(['filler']);
    await rm(join(disk.place, 'filler'));
    expectDone(await workspace.here(['init', join(disk.place, 'repository')]));
  });

  test('full, below the target: the files that fitted are whole, the rest is named, and nothing half-written stays', async () => {
    await using disk = await mountSmallDisk('1m');
    await using workspace = await prepare();
    const args = ['restore', 'latest', '--to', join(disk.place, 'target'), '--ignore-free-space', '--json'];
    const result = await workspace.here(args);
    expect([1, 3], describeFailure(result)).toContain(result.code);
    expect(result.error().code).toBe('NO_SPACE');
    const large = join(disk.place, 'target', workspace.source, 'folder', 'large');
    expect(result.error().message, 'which disk it is').toContain(join(disk.place, 'target', workspace.source));
    expect(existsSync(large), 'no file of that name with less in it').toBe(false);
    await expectNothingLost(workspace);
  });

  test('smaller than what is to be restored: said before anything is written', async () => {
    await using disk = await mountSmallDisk('1m');
    await using workspace = await prepare();
    const target = join(disk.place, 'target');
    for (const what of ['latest', `latest:${workspace.source}/folder`]) {
      await expectRefused(workspace, ['restore', what, '--to', target], ['TARGET_TOO_SMALL']);
      expect(readdirSync(target)).toEqual([]);
    }
    expectDone(await workspace.here(['restore', `latest:${workspace.source}/file`, '--to', target]));
    await expectNothingLost(workspace);
  });

  test('smaller than a file that is mostly a hole: that fits', async () => {
    await using disk = await mountSmallDisk('4m');
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    writeFileSync(join(source, 'sparse'), 'begins, and then nothing');
    truncateSync(join(source, 'sparse'), 64 * mib);
    workspace.init();
    expectDone(await workspace.here(['protect', source]));
    expectDone(await workspace.here(['restore', 'latest', '--to', join(disk.place, 'target')]));
  });

  test('read-only, below the target', async () => {
    await using disk = await mountSmallDisk('1m');
    await using workspace = await prepare();
    await mustRun('mount', ['-o', 'remount,ro', disk.place]);
    await expectRefused(workspace, ['restore', 'latest', '--to', join(disk.place, 'target')], ['READ_ONLY']);
    await expectNothingLost(workspace);
  });

  test('read-only, below the repository: read from, not written to', async () => {
    await using disk = await mountSmallDisk('20m');
    await using workspace = await prepareAnew({ repositoryUnder: disk.place });
    await mustRun('mount', ['-o', 'remount,ro', disk.place]);
    await expectRefused(workspace, ['protect', workspace.source], ['READ_ONLY']);
    expectDone(await workspace.here(['snapshots']));
    expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('restored')]));
    expectDone(await workspace.here(['check', '--read-data']));
  });

  test('an unmounted disk: the repository that was there is not made anew', async () => {
    await using disk = await mountSmallDisk('20m');
    await using workspace = await prepareAnew({ repositoryUnder: disk.place });
    const source = await disk.elsewhere('source');
    writeFileSync(join(source, 'file'), 'content');
    await mustRun('umount', [disk.place]);
    await expectRefused(workspace, ['protect', source], ['NOT_A_REPOSITORY']);
    expect(readdirSync(disk.place)).toEqual([]);
  });

  test('a source on a disk that is not mounted now', async () => {
    await using disk = await mountSmallDisk('4m');
    await using workspace = await makeWorkspace();
    writeFileSync(join(disk.place, 'file'), 'content');
    workspace.init();
    expectDone(await workspace.here(['protect', disk.place]));
    await mustRun('umount', [disk.place]);
    await expectRefused(workspace, ['protect', disk.place], ['SOURCE_NOT_MOUNTED', 'SOURCE_EMPTIED']);
    writeFileSync(join(disk.place, 'left behind'), 'written to the mount point');
    await expectRefused(workspace, ['protect', disk.place], ['SOURCE_NOT_MOUNTED']);
  });
});
