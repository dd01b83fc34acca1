import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { describeTree, diffTrees } from '../support/describe-tree.ts';
import { expectCleanForRestic, expectDone } from '../support/expect-clean.ts';
import { memoryLimitBytes } from '../support/hostile.ts';
import { makeSmallFiles, makeWideFolder } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { makeWorkspace } from '../support/workspace.ts';

const count = 100_000;

describePeer(['restic', 'getfattr'], '100,000 small files, and one folder of 100,000', () => {
  test('are stored in bounded memory, clean for restic, and come back from both programs', async () => {
    await using workspace = await makeWorkspace({ inMemory: true });
    const source = await workspace.folder('source');
    await makeSmallFiles(Buffer.from(`${source}/many`), count);
    await makeWideFolder(Buffer.from(`${source}/wide`), count);
    const original = describeTree(source);
    workspace.init();

    const first = expectDone(await workspace.holdfast(['protect', source, '--json']));
    expect(first.json(protectResultSchema).files.new).toBe(2 * count);
    expect(first.peakBytes).toBeLessThan(memoryLimitBytes);
    await expectCleanForRestic(workspace);

    const second = expectDone(await workspace.holdfast(['protect', source, '--json']));
    expect(second.json(protectResultSchema).files).toEqual({ new: 0, changed: 0, unmodified: 2 * count });

    const restored = expectDone(await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours')]));
    expect(restored.peakBytes).toBeLessThan(memoryLimitBytes);
    expect(diffTrees(original, describeTree(workspace.path('ours', source)))).toEqual([]);

    await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs')]);
    expect(diffTrees(original, describeTree(workspace.path('theirs', source)))).toEqual([]);
  });
});
