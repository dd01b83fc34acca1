import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protectResultSchema } from '../../shared/contract/protection.ts';
import { describeTree, diffTrees, type TreeDescription } from '../support/describe-tree.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { afterResticRestore } from '../support/restic-exemptions.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const rounds = 3;
const mib = 1024 * 1024;

type Taken = { readonly snapshot: string; readonly source: string; readonly tree: TreeDescription };

describePeer(['restic', 'getfattr'], 'Holdfast and restic in one repository at the same time', () => {
  test('both store, again and again, and every snapshot of both comes back from both', async () => {
    await using workspace = await makeWorkspace();
    workspace.init();
    const [ours, oursToo, theirs] = await Promise.all(
      ['ours', 'ours-too', 'theirs'].map((name) => workspace.folder(name)),
    );
    const taken: Taken[] = [];
    for (let round = 0; round < rounds; round++) {
      for (const source of [ours, oursToo, theirs]) await growSource(source ?? '', round);
      const [first, second, third] = await Promise.all([
        protect(workspace, ours ?? '', 'home-1'),
        protect(workspace, oursToo ?? '', 'home-2'),
        backup(workspace, theirs ?? ''),
      ]);
      taken.push(first, second, third);
    }
    await expectCleanForBoth(workspace);
    for (const [index, { snapshot, source, tree }] of taken.entries()) {
      const [byUs, byThem] = [workspace.path(`restored-${index}`), workspace.path(`restored-by-restic-${index}`)];
      expectDone(await workspace.here(['restore', snapshot, '--to', byUs]));
      expect(diffTrees(tree, describeTree(join(byUs, source)))).toEqual([]);
      await workspace.mustRestic(['restore', snapshot, '--target', byThem]);
      expect(diffTrees(tree, describeTree(join(byThem, source)), afterResticRestore)).toEqual([]);
    }
  });

  test('Holdfast restores and lists while restic stores', async () => {
    await using workspace = await makeWorkspace();
    const source = await workspace.folder('source');
    await growSource(source, 0);
    workspace.init();
    const taken = await protect(workspace, source, 'home-1');
    await growSource(await workspace.folder('theirs'), 1);
    const [restored, listed] = await Promise.all([
      workspace.holdfast(['restore', taken.snapshot, '--to', workspace.path('restored')]),
      workspace.holdfast(['ls', taken.snapshot, '--recursive', '--json'], { env: homeOf(workspace, 'home-2') }),
      backup(workspace, workspace.path('theirs')),
    ]);
    expectDone(restored);
    expectDone(listed);
    expect(diffTrees(taken.tree, describeTree(workspace.path('restored', source)))).toEqual([]);
    await expectCleanForBoth(workspace);
  });
});

/** New files of its own, and files that the other sources have too. */
async function growSource(source: string, round: number): Promise<void> {
  const folder = join(source, `round-${round}`);
  await mkdir(folder);
  await writeFile(join(folder, 'shared by all'), noise(2 * mib, `shared ${round}`));
  await writeFile(join(folder, 'its own'), noise(2 * mib, `${source} ${round}`));
  await writeFile(join(source, 'rewritten'), `${source} ${round}`);
  for (let index = 0; index < 60; index++)
    await writeFile(join(folder, `small-${index}`), `small ${round} ${index % 20}`);
}

async function protect(workspace: Workspace, source: string, home: string): Promise<Taken> {
  const tree = describeTree(source);
  const result = await workspace.holdfast(['protect', source, '--json'], { env: homeOf(workspace, home) });
  return { snapshot: expectDone(result).json(protectResultSchema).snapshot, source, tree };
}

async function backup(workspace: Workspace, source: string): Promise<Taken> {
  const tree = describeTree(source);
  const { stdout } = await workspace.mustRestic(['backup', '--json', source]);
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { snapshot_id: string };
  return { snapshot: summary.snapshot_id, source, tree };
}

/** Each process at the same time has a home of its own: one process owns a home. */
function homeOf(workspace: Workspace, name: string): Record<string, string> {
  return { HOLDFAST_HOME: workspace.path('home', name) };
}
