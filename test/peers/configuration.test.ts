import { expect, test } from 'vitest';
import { makeConfigured, secretValue } from '../support/configured.ts';
import { expectCleanForRestic } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';

describePeer('restic', 'the configuration in a repository', () => {
  test('is sound for restic, which lists it and reads it, and shows no secret', async () => {
    await using workspace = await makeConfigured();
    await expectCleanForRestic(workspace);
    const { stdout } = await workspace.mustRestic(['snapshots', '--json', '--path', '/configuration.json']);
    const listed = JSON.parse(stdout) as { id: string; tags: string[] }[];
    expect(listed).toHaveLength(5);
    for (const { tags } of listed) expect(tags).toContain('holdfast:kind=configuration');
    for (const { id } of listed) {
      const { stdout: document } = await workspace.mustRestic(['dump', id, '/configuration.json']);
      expect(document).toContain('"docs"');
      expect(document).not.toContain(secretValue);
      expect(document).not.toContain('approved');
    }
  });
});
