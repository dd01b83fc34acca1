/** What the engine copies restic reads; what either of the two has copied, the other does not copy again. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openBackend } from '../../electron/engine/repository/backend/open-backend.ts';
import { RestBackend } from '../../electron/engine/repository/backend/rest/rest.ts';
import type { Backend } from '../../electron/engine/repository/backend/backend.ts';
import { copySnapshots } from '../../electron/engine/repository/copy/copy-snapshots.ts';
import type { CopyResult } from '../../electron/engine/repository/copy/request.ts';
import { initRepository, openRepository, type Repository } from '../../electron/engine/repository/repository.ts';
import { describeTree } from '../support/describe-tree.ts';
import { noise } from '../support/odd-tree.ts';
import { describePeer } from '../support/peers.ts';
import { startRclone } from '../support/rclone-server.ts';
import { createRepository } from '../support/restic-repository.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const otherPassword = 'another password';

async function writeData(workspace: Workspace): Promise<string> {
  const data = await workspace.folder('data', 'deep', 'er');
  await writeFile(join(data, 'noise'), noise(3_000_000, 'copied'));
  await writeFile(join(data, 'text'), 'all work and no play; '.repeat(10_000));
  await writeFile(join(data, 'empty'), '');
  return workspace.path('data');
}

const atTarget = (workspace: Workspace) => ({
  RESTIC_REPOSITORY: workspace.path('to'),
  RESTIC_PASSWORD: otherPassword,
  RESTIC_FROM_PASSWORD: workspace.password,
});

async function copyAll(from: Repository, to: Repository): Promise<CopyResult> {
  return copySnapshots({
    from,
    to,
    snapshots: (await from.backend.list('snapshots')).map(({ name }) => name),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onSnapshot: () => undefined,
    onNotice: () => undefined,
  });
}

const open = async (location: string, password: string) => openRepository(await openBackend(location), password);
const states = ({ outcomes }: CopyResult) => outcomes.map(({ state }) => state);

describePeer('restic', 'copies', () => {
  test.each([1, 2] as const)(
    'of what restic has made, version %i, are whole for restic, and known to it as copies',
    async (version) => {
      await using workspace = await makeWorkspace();
      const data = await writeData(workspace);
      await workspace.mustRestic(['init', '--repository-version', String(version)]);
      await workspace.mustRestic(['backup', '--tag', 'one,two', data]);
      await writeFile(join(data, 'later'), 'later');
      await workspace.mustRestic(['backup', data]);
      const from = await open(workspace.repository, workspace.password);
      const to = await initRepository(await openBackend(workspace.path('to')), otherPassword);
      expect(states(await copyAll(from, to))).toEqual(['copied', 'copied']);

      const env = atTarget(workspace);
      expect((await workspace.mustRestic(['check', '--read-data'], { env })).stdout).toContain('no errors were found');
      const again = await workspace.mustRestic(['copy', '--from-repo', workspace.repository], { env });
      expect(again.stdout.match(/was already copied to snapshot/g)).toHaveLength(2);
      await workspace.mustRestic(['restore', 'latest', '--target', workspace.path('restored')], { env });
      const restored = describeTree(workspace.path('restored', data), { attributes: false });
      expect(restored).toEqual(describeTree(data, { attributes: false }));
    },
  );

  test('that restic has made are known to the engine, and back at the source too', async () => {
    await using workspace = await makeWorkspace();
    const data = await writeData(workspace);
    workspace.init();
    await workspace.mustRestic(['backup', data]);
    const env = atTarget(workspace);
    createRepository(workspace.path('to'), { password: otherPassword });
    await workspace.mustRestic(['copy', '--from-repo', workspace.repository], { env });
    const from = await open(workspace.repository, workspace.password);
    const to = await open(workspace.path('to'), otherPassword);
    expect(states(await copyAll(from, to))).toEqual(['present']);
    expect(states(await copyAll(to, from))).toEqual(['present']);
  });

  test('of what the engine has made are whole for restic', async () => {
    await using workspace = await makeWorkspace();
    const data = await writeData(workspace);
    workspace.init();
    await workspace.here(['protect', data]);
    const from = await open(workspace.repository, workspace.password);
    const to = await initRepository(await openBackend(workspace.path('to')), otherPassword);
    const copied = await copyAll(from, to);
    expect(states(copied)).toEqual(['copied']);
    expect(copied.figures).toMatchObject({ files: 3, scannedBytes: 3_220_000 });
    const env = atTarget(workspace);
    expect((await workspace.mustRestic(['check', '--read-data'], { env })).stdout).toContain('no errors were found');
    const text = await workspace.mustRestic(['dump', 'latest', join(data, 'deep', 'er', 'text')], { env });
    expect(text.stdout).toBe(await readFile(join(data, 'deep', 'er', 'text'), 'utf8'));
  });
});

describePeer(['restic', 'rclone'], 'copies over REST', () => {
  test('go to a server of rclone and come back from it', async () => {
    await using workspace = await makeWorkspace();
    await using server = await startRclone();
    const data = await writeData(workspace);
    workspace.init();
    await workspace.mustRestic(['backup', data]);
    const { url, user } = server;
    const access = { url, user, password: () => Promise.resolve(server.password), fingerprint: null, authority: null };
    const elsewhere: Backend = new RestBackend(access);
    const from = await open(workspace.repository, workspace.password);
    const there = await initRepository(elsewhere, otherPassword);
    expect(states(await copyAll(from, there))).toEqual(['copied']);
    await mkdir(workspace.path('back'));
    const back = await initRepository(await openBackend(workspace.path('back')), otherPassword);
    expect(states(await copyAll(there, back))).toEqual(['copied']);
    for (const location of [server.folder, workspace.path('back')]) {
      const env = { ...atTarget(workspace), RESTIC_REPOSITORY: location };
      expect((await workspace.mustRestic(['check', '--read-data'], { env })).stdout).toContain('no errors were found');
    }
  });
});
