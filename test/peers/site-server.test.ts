import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describePeer } from '../support/peers.ts';
import { makeSite, siteCaller, type Site, type SiteOptions } from '../support/site.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

type Scene = AsyncDisposable & {
  readonly site: Site;
  readonly workspace: Workspace;
  /** Some files, others at each call. */
  readonly change: () => Promise<string>;
  /** restic on the repository at the site, whatever its exit code. */
  readonly restic: (...args: readonly string[]) => ReturnType<Workspace['restic']>;
  readonly must: (...args: readonly string[]) => ReturnType<Workspace['restic']>;
  /** The same at another address. */
  readonly at: (address: string, ...args: readonly string[]) => ReturnType<Workspace['restic']>;
};

describePeer('restic', 'restic against a site of ours', () => {
  test('makes a repository, backs up, checks, restores, forgets and prunes', async () => {
    await using scene = await makeScene();
    const { site, must, workspace } = scene;
    await must('init');
    const files = await scene.change();
    await must('backup', files);
    await must('check', '--read-data');
    const first = readdirSync(join(site.folder, 'snapshots'));
    await scene.change();
    await must('backup', files);
    await must('restore', 'latest', '--target', workspace.path('restored'));
    const restored = join(workspace.path('restored'), files);
    expect(readdirSync(restored).sort()).toEqual(readdirSync(files).sort());
    const before = (await site.backend.list('data')).length;
    await must('forget', '--keep-last', '1', '--prune', '--max-unused', '0');
    expect(readdirSync(join(site.folder, 'snapshots'))).not.toContain(first[0]);
    expect((await site.backend.list('data')).length).toBeLessThanOrEqual(before);
    await must('check', '--read-data');
    expect(readdirSync(join(site.folder, 'locks'))).toEqual([]);
  });

  test('under append-only backs up as ever, and fails plainly to remove anything', async () => {
    await using scene = await makeScene({ appendOnly: true });
    const { site, must, restic } = scene;
    await must('init');
    const files = await scene.change();
    await must('backup', files);
    await scene.change();
    await must('backup', files);
    const snapshots = readdirSync(join(site.folder, 'snapshots')).sort();
    const packs = (await site.backend.list('data')).map(({ name }) => name).sort();
    const forgotten = await restic('forget', '--keep-last', '1', '--prune');
    expect(forgotten.stderr + forgotten.stdout).toMatch(/403 Forbidden|unable to remove/);
    expect(readdirSync(join(site.folder, 'snapshots')).sort()).toEqual(snapshots);
    expect((await site.backend.list('data')).map(({ name }) => name).sort()).toEqual(packs);
    await must('backup', files);
    await must('check', '--read-data');
    expect([...((await site.server.arrivalsAt(site.folder)) ?? [])]).toHaveLength(3);
  });

  test('that has no more room is told so, keeps what it had, and goes on once there is room', async () => {
    await using scene = await makeScene({ quotaBytes: 400_000 });
    const { site, must, restic } = scene;
    await must('init');
    const files = await scene.change();
    await must('backup', files);
    for (let more = 0; more < 4; more++) await scene.change();
    const refused = await restic('backup', files);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/413|507|Insufficient Storage|Too Large/);
    // What tidies up writes a lock first, and there is room for that.
    await must('check', '--read-data');
    expect(readdirSync(join(site.folder, 'snapshots'))).toHaveLength(1);
    await site.server.users.set(siteCaller, site.user, { quotaBytes: 10_000_000 });
    await must('backup', files);
    await must('check', '--read-data');
    await must('prune', '--max-unused', '0');
    expect(readdirSync(join(site.folder, 'snapshots'))).toHaveLength(2);
  });

  test('gets nothing with another password, and nothing of another user', async () => {
    await using scene = await makeScene();
    await scene.must('init');
    const { site } = scene;
    const { password } = await site.add({ name: 'other' });
    const wrong = addressOf(site).replace(site.password, password);
    expect((await scene.at(wrong, 'snapshots')).stderr).toMatch(/401 Unauthorized/);
    const crossed = addressOf(site).replace(`office:${site.password}`, `other:${password}`);
    expect((await scene.at(crossed, 'snapshots')).stderr).toMatch(/Is there a repository/);
    await scene.must('snapshots');
  });
});

function addressOf({ origin, user, password }: Site): string {
  const { protocol, host } = new URL(origin);
  return `rest:${protocol}//${user}:${password}@${host}/${user}/`;
}

async function makeScene(terms: Pick<SiteOptions, 'appendOnly' | 'quotaBytes'> = {}): Promise<Scene> {
  const workspace = await makeWorkspace({ inMemory: true });
  const site = await makeSite({ tls: 'own', ...terms });
  const options = { env: { RESTIC_REPOSITORY: undefined } };
  const trusting = ['--cacert', join(site.home, 'site-certificate.pem')];
  const given = ['-r', addressOf(site), ...trusting];
  let round = 0;
  return {
    site,
    workspace,
    change: async () => {
      const files = await workspace.folder('files');
      await writeFile(join(files, `file ${(round += 1)}`), randomBytes(100_000));
      await writeFile(join(files, 'changing'), randomBytes(50_000));
      return files;
    },
    restic: (...args) => workspace.restic([...given, ...args], options),
    at: (address, ...args) => workspace.restic(['-r', address, ...trusting, ...args], options),
    must: (...args) => workspace.mustRestic([...given, ...args], options),
    [Symbol.asyncDispose]: async () => {
      await site[Symbol.asyncDispose]();
      await workspace[Symbol.asyncDispose]();
    },
  };
}
