/** The password of the repository is lost, or its keys or config are damaged: what can be done is said, and done from a site. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, toTheEnd } from '../../support/client.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { registerFolder } from '../../e2e/papers.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const sitePassword = 'another password altogether';

beforeAll(() => {
  process.env['TEST_SITE_PASSWORD'] = sitePassword;
});
afterAll(() => {
  delete process.env['TEST_SITE_PASSWORD'];
});

async function withCopy(workspace: Workspace): Promise<string> {
  const folder = await workspace.folder('papers');
  writeFileSync(join(folder, 'letter'), 'Dear all');
  workspace.init();
  createRepository(workspace.path('berlin'), { password: sitePassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  await using console = await connect(workspace);
  const { client } = console;
  const repository = { location: workspace.repository, password: workspace.password };
  await client.repositories.connect({ name: 'vault', ...repository });
  await registerFolder(client, workspace, 'papers', folder);
  await toTheEnd(await client.protection.protect({ repository, registered: 'papers' }));
  const password = { value: sitePassword, variable: 'TEST_SITE_PASSWORD' };
  await client.sites.add({ repository, name: 'berlin', location: workspace.path('berlin'), password });
  await toTheEnd(await client.sync.run({ repository, to: 'berlin' }));
  return folder;
}

async function expectRestored(workspace: Workspace, folder: string, name: string, env: Record<string, string> = {}) {
  const args = ['restore', 'latest', '--from', 'berlin', '--to', workspace.path(name)];
  expectDone(await workspace.here(args, { env }));
  expect(readFileSync(join(workspace.path(name), folder, 'letter'), 'utf8')).toBe('Dear all');
}

test('a lost password costs nothing that a site has, and an open console adds another one', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await withCopy(workspace);
  const lost = { HOLDFAST_PASSWORD: 'not this one' };
  const refused = await workspace.here(['restore', 'latest', '--to', workspace.path('x'), '--json'], { env: lost });
  expect(refused.error()).toMatchObject({
    code: 'WRONG_PASSWORD',
    message: expect.stringContaining('It can be restored from elsewhere: --from berlin.') as string,
    action: expect.stringContaining('holdfast key add --connection') as string,
  });
  await expectRestored(workspace, folder, 'saved', lost);

  await using console = await connect(workspace);
  const { client } = console;
  const [vault] = (await client.repositories.list({})).repositories;
  const id = vault?.id ?? '';
  await client.repositories.unlock({ id, password: workspace.password, remember: false });
  // Whoever has it open needs no password to add one.
  await client.keys.add({ repository: { id }, newPassword: 'a new one' });
  const access = { location: workspace.repository, password: 'a new one' };
  expect((await client.snapshots.list({ repository: access })).snapshots).toHaveLength(1);
});

test('damaged keys and config are opened by the copies in the home; without these, the site gives everything back', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  const folder = await withCopy(workspace);
  for (const name of readdirSync(join(workspace.repository, 'keys')))
    writeFileSync(join(workspace.repository, 'keys', name), 'damaged');
  writeFileSync(join(workspace.repository, 'config'), 'damaged');
  expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('by-copies')]));

  // The copies are lost with the machine, so nothing opens the repository any more.
  const home = join(workspace.home, 'holdfast');
  rmSync(join(home, 'kept'), { recursive: true });
  const refused = await workspace.here(['restore', 'latest', '--to', workspace.path('x'), '--json']);
  expect(refused.code).toBe(1);
  expect(refused.error().message).toContain('--from berlin');
  await expectRestored(workspace, folder, 'saved');

  // A machine that has nothing but the site and its password.
  const other = { HOLDFAST_HOME: workspace.path('other'), HOLDFAST_REPOSITORY: workspace.path('berlin') };
  const env = { ...other, HOLDFAST_PASSWORD: sitePassword };
  expectDone(await workspace.here(['recover'], { env }));
  expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('fresh')], { env }));
  expect(readFileSync(join(workspace.path('fresh'), folder, 'letter'), 'utf8')).toBe('Dear all');
});
