import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { restoreResultSchema } from '../../shared/contract/recovery.ts';
import { expectDone } from '../support/expect-clean.ts';
import { describePeer } from '../support/peers.ts';
import { makeWorkspace } from '../support/workspace.ts';

describePeer('restic', 'a snapshot that holds the home of Holdfast', () => {
  test('comes back in place but for the home, which is named', async () => {
    await using workspace = await makeWorkspace();
    expectDone(await workspace.here(['init']));
    const home = join(workspace.home, 'holdfast');
    const papers = await workspace.folder('papers');
    const [letter, sessions] = [join(papers, 'letter'), join(home, 'sessions')];
    mkdirSync(home, { recursive: true });
    writeFileSync(letter, 'dear');
    writeFileSync(sessions, 'of an attacker');
    await workspace.mustRestic(['backup', papers, home]);
    writeFileSync(letter, 'changed');
    writeFileSync(sessions, 'ours');

    const restored = await workspace.here(['restore', 'latest', '--in-place', '--overwrite', 'always', '--json']);
    expect(restored.code).toBe(3);
    expect(restored.json(restoreResultSchema).issues).toMatchObject([{ path: home, code: 'TARGET_UNUSABLE' }]);
    expect(readFileSync(sessions, 'utf8')).toBe('ours');
    expect(readFileSync(letter, 'utf8')).toBe('dear');

    const one = await workspace.here([
      'restore',
      `latest:${sessions}`,
      '--in-place',
      '--overwrite',
      'always',
      '--json',
    ]);
    expect(one.code).toBe(3);
    expect(readFileSync(sessions, 'utf8')).toBe('ours');
  });
});
