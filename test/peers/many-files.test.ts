import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { describeTree, diffTrees } from '../support/describe-tree.ts';
import { expectCleanForRestic, expectDone } from '../support/expect-clean.ts';
import { memoryLimitBytes } from '../support/hostile.ts';
import { makeSmallFiles, makeWideFolder } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { amount } from '../support/torture/rounds.ts';
import { makeWorkspace } from '../support/workspace.ts';

const small = amount(20_000, 100_000);
const wide = amount(50_000, 100_000);

/** The attributes are the odd tree's. */
const describe = (folder: string) => describeTree(folder, { attributes: false });

describePeer('restic', `${small} small files, and one folder of ${wide}`, () => {
  test('are stored in bounded memory, clean for restic, and come back from both programs', async () => {
    await using workspace = await makeWorkspace({ inMemory: true });
    const source = await workspace.folder('source');
    await makeSmallFiles(Buffer.from(`${source}/many`), small);
    await makeWideFolder(Buffer.from(`${source}/wide`), wide);
    const original = describe(source);
    workspace.init();

    const first = expectDone(await workspace.holdfast(['protect', source, '--json']));
    expect(first.json(protectResultSchema).files.new).toBe(small + wide);
    expect(first.peakBytes).toBeLessThan(memoryLimitBytes);
    await expectCleanForRestic(workspace);

    const second = expectDone(await workspace.holdfast(['protect', source, '--json']));
    expect(second.json(protectResultSchema).files).toEqual({ new: 0, changed: 0, unmodified: small + wide });

    const restored = expectDone(await workspace.holdfast(['restore', 'latest', '--to', workspace.path('ours')]));
    expect(restored.peakBytes).toBeLessThan(memoryLimitBytes);
    expect(diffTrees(original, describe(workspace.path('ours', source)))).toEqual([]);

    await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs')]);
    expect(diffTrees(original, describe(workspace.path('theirs', source)))).toEqual([]);
  });
});
