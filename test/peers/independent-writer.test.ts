import { describe, expect, test } from 'vitest';
import { describeTree } from '../support/describe-tree.ts';
import { expectCleanForRestic } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { addTree, fileNode, folderNode, linkNode } from '../support/restic-nodes.ts';
import { createRepository, sha256 } from '../support/restic-repository.ts';
import { makeWorkspace } from '../support/workspace.ts';

describePeer('restic', 'the independent writer of repositories that hostile snapshots are made with', () => {
  describe.each([1, 2] as const)('version %i', (version) => {
    test('writes honest repositories that restic finds clean and restores', async () => {
      await using workspace = await makeWorkspace();
      const repository = createRepository(workspace.repository, { version });
      const content = noise(100_000, 'content');
      const inside = addTree(repository, [
        fileNode(repository, 'empty', ''),
        fileNode(repository, 'file', content),
        linkNode('link', 'file'),
      ]);
      const root = addTree(repository, [folderNode('data', inside)]);
      repository.writeSnapshot(root);
      repository.addKey('another password', { N: 1024, r: 8, p: 1 });

      await expectCleanForRestic(workspace);
      const env = { RESTIC_PASSWORD: 'another password' };
      await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('theirs')], { env });
      const tree = describeTree(workspace.path('theirs', 'data'), { attributes: false });
      expect([...tree.keys()]).toEqual(['', 'empty', 'file', 'link']);
      expect(tree.get('file')).toMatchObject({
        content: sha256(content),
        mode: 0o644,
        mtimeNs: 1_714_979_289_123_456_789n,
      });
      expect(tree.get('link')).toMatchObject({ target: 'file' });
    });
  });

  test('and dishonest ones that restic finds fault with', async () => {
    await using workspace = await makeWorkspace();
    const repository = createRepository(workspace.repository);
    const missing = fileNode(repository, 'file', '', { size: 4, content: ['ab'.repeat(32)] });
    repository.writeSnapshot(addTree(repository, [missing]));
    expect((await workspace.restic(['check'])).code).toBe(1);
  });
});
