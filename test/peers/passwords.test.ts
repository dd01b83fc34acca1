import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keySchema } from '../../shared/contract/keys.ts';
import { buildOnce } from '../support/build-once.ts';
import { expectCleanForBoth, expectDone } from '../support/expect-clean.ts';
import type { HoldfastResult } from '../support/holdfast.ts';
import { programVariable } from '../support/launcher.ts';
import { describePeer } from '../support/peers.ts';
import { run } from '../support/processes.ts';
import { keyListSchema } from '../support/snapshot-list.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const second = 'second pässword \u{1f511}';
// Restic takes the spaces around a password in a file away.
const fourth = 'fourth password';
const third = ' third, with spaces around ';

describePeer('restic', 'several passwords', () => {
  for (const maker of ['Holdfast', 'restic'] as const) {
    const make = buildOnce(() => makeRepository(maker));
    test(`that either program adds to a repository made by ${maker} open it in both`, async () => {
      await using workspace = await make();
      await resticAddsKey(workspace, second);
      expectDone(await opened(workspace, second));
      expectDone(await holdfastKey(workspace, ['add'], { newPassword: third }));
      for (const password of [workspace.password, second, third]) {
        expectDone(await opened(workspace, password));
        await workspace.mustRestic(['snapshots'], { env: { RESTIC_PASSWORD: password } });
      }
      expect(readdirSync(join(workspace.repository, 'keys'))).toHaveLength(3);
      const listed = expectDone(await workspace.here(['key', 'list', '--json'])).json(keyListSchema);
      expect(listed.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1))).toEqual(
        readdirSync(join(workspace.repository, 'keys')).sort(),
      );
      expect(listed.filter(({ current }) => current)).toHaveLength(1);
      await expectCleanForBoth(workspace);
    });

    test(`that Holdfast changes or removes in a repository made by ${maker} open it in neither`, async () => {
      await using workspace = await make();
      const added = expectDone(await holdfastKey(workspace, ['add', '--json'], { newPassword: second })).json(
        keySchema,
      );
      await workspace.mustRestic(['snapshots'], { env: { RESTIC_PASSWORD: second } });

      expectDone(await holdfastKey(workspace, ['passwd'], { newPassword: third }));
      await expectRefusedByBoth(workspace, workspace.password);
      expectDone(await opened(workspace, third));
      await workspace.mustRestic(['snapshots'], { env: { RESTIC_PASSWORD: third } });

      expectDone(await workspace.here(['key', 'remove', added.id.slice(0, 12)], { env: { HOLDFAST_PASSWORD: third } }));
      await expectRefusedByBoth(workspace, second);
      expect(readdirSync(join(workspace.repository, 'keys'))).toHaveLength(1);
      expect(readdirSync(join(workspace.repository, 'locks'))).toEqual([]);
    });

    test(`that restic changes or removes in a repository made by ${maker} open it in neither`, async () => {
      await using workspace = await make();
      const added = expectDone(await holdfastKey(workspace, ['add', '--json'], { newPassword: second })).json(
        keySchema,
      );
      await workspace.mustRestic(['key', 'remove', added.id]);
      await expectRefusedByBoth(workspace, second);
      const file = workspace.path('new-password');
      await writeFile(file, `${fourth}\n`);
      await workspace.mustRestic(['key', 'passwd', '--new-password-file', file]);
      await expectRefusedByBoth(workspace, workspace.password);
      expectDone(await opened(workspace, fourth));
    });
  }

  test('whose keys cost what those of the shipped program cost are opened by restic', async () => {
    await using workspace = await makeWorkspace();
    // The bundle of the tests makes cheap ones.
    vi.stubEnv(programVariable, undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expectDone(await workspace.holdfast(['init', workspace.repository]));
    const keys = join(workspace.repository, 'keys');
    const [name = ''] = readdirSync(keys);
    expect(JSON.parse(readFileSync(join(keys, name), 'utf8'))).toMatchObject({ kdf: 'scrypt', N: 32768, r: 8, p: 3 });
    await workspace.mustRestic(['snapshots']);
  });

  test('that one key has already is not given to another', async () => {
    await using workspace = await makeRepository('Holdfast');
    const refused = await holdfastKey(workspace, ['add', '--json'], { newPassword: workspace.password });
    expect(refused.error().code).toBe('PASSWORD_KNOWN');
    await resticAddsKey(workspace, second);
    expect((await holdfastKey(workspace, ['add', '--json'], { newPassword: second })).code).toBe(2);
    expect(readdirSync(join(workspace.repository, 'keys'))).toHaveLength(2);
    // As after a change that was killed before its end.
    expectDone(await holdfastKey(workspace, ['passwd'], { newPassword: second }));
    expect(readdirSync(join(workspace.repository, 'keys'))).toHaveLength(1);
    expectDone(await opened(workspace, second));
    await expectRefusedByBoth(workspace, workspace.password);
  });

  test('the key in use and the last key stay', async () => {
    await using workspace = await makeRepository('Holdfast');
    const [key] = expectDone(await workspace.here(['key', 'list', '--json'])).json(keyListSchema);
    const refused = await workspace.here(['key', 'remove', key?.id ?? '', '--json']);
    expect(refused.code).toBe(1);
    expect(refused.error().code).toBe('KEY_IN_USE');
    expectDone(await opened(workspace, workspace.password));
  });

  test('no password can be seen in the arguments, the output or the files of the home', async () => {
    await using workspace = await makeRepository('Holdfast');
    const secret = 'a-secret-that-must-not-leak';
    const added = await holdfastKey(workspace, ['add'], { newPassword: secret });
    expect(expectDone(added).stdout + added.stderr).not.toContain(secret);
    const wrong = await opened(workspace, `${secret}-wrong`);
    expect(wrong.stdout + wrong.stderr).not.toContain(secret);

    expect((await run('grep', ['-rl', secret, workspace.home, workspace.repository])).stdout).toBe('');
  });
});

async function makeRepository(maker: 'Holdfast' | 'restic'): Promise<Workspace> {
  const workspace = await makeWorkspace();
  if (maker === 'restic') await workspace.mustRestic(['init']);
  else expectDone(await workspace.here(['init', workspace.repository]));
  return workspace;
}

async function resticAddsKey(workspace: Workspace, password: string): Promise<void> {
  const file = workspace.path('new-password');
  await writeFile(file, `${password}\n`);
  await workspace.mustRestic(['key', 'add', '--new-password-file', file]);
}

async function holdfastKey(
  workspace: Workspace,
  args: readonly string[],
  given: { readonly newPassword: string },
): Promise<HoldfastResult> {
  return workspace.here(['key', ...args], { env: { HOLDFAST_NEW_PASSWORD: given.newPassword } });
}

async function opened(workspace: Workspace, password: string): Promise<HoldfastResult> {
  return workspace.here(['snapshots', '--json'], { env: { HOLDFAST_PASSWORD: password } });
}

async function expectRefusedByBoth(workspace: Workspace, password: string): Promise<void> {
  const refused = await opened(workspace, password);
  expect(refused.code).toBe(1);
  expect(refused.error().code).toBe('WRONG_PASSWORD');
  expect((await workspace.restic(['snapshots'], { env: { RESTIC_PASSWORD: password } })).code).not.toBe(0);
}
