import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { peerIsAtLeast, peerVersion } from '../../support/peers.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-peers-'));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const body = `
import { expect, test } from 'vitest';
import { describePeer } from ${JSON.stringify(resolve('test/support/peers.ts'))};
describePeer(['restic', 'git'], 'both programs agree', () => {
  test('on one thing', () => expect(1).toBe(1));
});
`;
  await writeFile(join(folder, 'peer.test.ts'), body);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs the test file where no peer is on the PATH. */
function runWithoutPeers(ci: string) {
  const args = ['run', '--reporter=tree', `--reporter=${resolve('test/support/count-reporter.ts')}`];
  const { status, stdout } = spawnSync(process.execPath, [resolve('node_modules/vitest/vitest.mjs'), ...args], {
    cwd: folder,
    env: { PATH: folder, CI: ci, NO_COLOR: '1' },
    encoding: 'utf8',
  });
  return { status, stdout };
}

test('without its peer, a test is skipped and says what it lacks', () => {
  const { status, stdout } = runWithoutPeers('');
  expect(stdout).toContain('both programs agree [skipped: needs restic, git (package restic, git)]');
  expect(stdout).toMatch(/\n0 passed, 0 failed, 1 skipped\n$/);
  expect(status).toBe(0);
});

test('in CI a missing peer is a failure', () => {
  const { status, stdout } = runWithoutPeers('true');
  expect(stdout).toContain('× needs restic, git (package restic, git)');
  expect(stdout).toMatch(/\n0 passed, 1 failed, 0 skipped\n$/);
  expect(status).toBe(1);
});

test('a file that cannot be loaded counts as a failure', async () => {
  await writeFile(join(folder, 'broken.test.ts'), `import './not-there.ts';\n`);
  const { status, stdout } = runWithoutPeers('');
  expect(stdout).toMatch(/\n0 passed, 1 failed, 1 skipped\n$/);
  expect(status).toBe(1);
});

test('a peer has a version that can be compared', () => {
  expect(peerVersion('git')).toMatch(/^\d+\.\d+/);
  expect(peerIsAtLeast('git', '1.9')).toBe(true);
  expect(peerIsAtLeast('git', '1000')).toBe(false);
});
