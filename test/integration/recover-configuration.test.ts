import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSecrets } from '../../electron/engine/platform/secrets.ts';
import { recoveredSchema } from '../../shared/contract/configuration.ts';
import { credentialSchema } from '../../shared/contract/credentials.ts';
import { registeredSourceSchema } from '../../shared/contract/sources.ts';
import { bytesBelow, makeConfigured, passphrase, secretValue } from '../support/configured.ts';
import { expectCleanForHoldfast, expectDone } from '../support/expect-clean.ts';
import { entryListSchema, snapshotListSchema } from '../support/snapshot-list.ts';

const sourceList = z.array(registeredSourceSchema);
const credentialList = z.array(credentialSchema);

test('a new home has everything back from the repository, with commands disabled until they are approved', async () => {
  await using workspace = await makeConfigured();
  const { env, source, held } = workspace;
  const HOLDFAST_HOME = workspace.path('new-home');
  const here = { env: { ...env, HOLDFAST_HOME } };
  const recovered = expectDone(await workspace.here(['recover', '--from', workspace.repository, '--json'], here));
  expect(recovered.json(recoveredSchema)).toMatchObject({
    console: { name: 'desk' },
    sources: ['docs'],
    toApprove: ['docs'],
    holds: 1,
    settings: 1,
    credentials: { recovered: ['github'], toEnter: [] },
    saved: true,
    notices: [],
  });
  const list = async () => (await workspace.here(['source', 'list', '--json'], here)).json(sourceList);
  expect(await list()).toMatchObject([
    {
      name: 'docs',
      paths: [source],
      excludes: ['*.tmp'],
      commands: { before: { argv: ['/usr/bin/true'] } },
      approved: false,
    },
  ]);
  expectDone(await workspace.here(['source', 'approve', 'docs'], here));
  expect(await list()).toMatchObject([{ name: 'docs', approved: true }]);
  const snapshots = (await workspace.here(['snapshots', '--json'], here)).json(snapshotListSchema);
  expect(snapshots).toMatchObject([{ id: held, hold: { reason: 'court case 7 <b>&</b>' } }]);
  expect(await openSecrets(HOLDFAST_HOME, passphrase, 'default')).toEqual([
    { name: 'github', values: [['token', secretValue]] },
  ]);
  expectDone(await workspace.here(['protect', 'docs'], here));
  const entries = (await workspace.here(['ls', 'latest', '--recursive', '--json'], here)).json(entryListSchema);
  expect(entries.map(({ path }) => path).filter((path) => path.startsWith(`${source}/`))).toEqual([`${source}/kept`]);
  expectDone(await workspace.here(['release', held.slice(0, 10)], here));
  expect((await workspace.here(['snapshots', '--json'], here)).json(snapshotListSchema)).toMatchObject([
    { hold: null },
    { hold: null },
  ]);
  await expectCleanForHoldfast(workspace);
});

test('a wrong recovery passphrase changes nothing; without one, names are left and the sealed values are kept', async () => {
  await using workspace = await makeConfigured();
  const HOLDFAST_HOME = workspace.path('new-home');
  const HOLDFAST_RECOVERY_PASSPHRASE_FILE = undefined;
  const without = { env: { ...workspace.env, HOLDFAST_HOME, HOLDFAST_RECOVERY_PASSPHRASE_FILE } };
  const wrong = { env: { ...without.env, HOLDFAST_RECOVERY_PASSPHRASE: 'wrong' } };
  const refused = await workspace.here(['recover', '--json'], wrong);
  expect(refused.error().code).toBe('WRONG_RECOVERY_PASSPHRASE');
  expect((await workspace.here(['source', 'list', '--json'], without)).json(sourceList)).toEqual([]);
  const recovered = expectDone(await workspace.here(['recover', '--json'], without)).json(recoveredSchema);
  expect(recovered).toMatchObject({ credentials: { recovered: [], toEnter: ['github'] }, sealed: true, saved: true });
  const credentials = (await workspace.here(['credential', 'list', '--json'], without)).json(credentialList);
  expect(credentials).toEqual([{ name: 'github', keys: ['token'], here: false, recoverable: true }]);
  // The configuration that this home has written since still carries what nobody opened here.
  const third = { env: { ...workspace.env, HOLDFAST_HOME: workspace.path('third-home') } };
  const later = expectDone(await workspace.here(['recover', '--json'], third)).json(recoveredSchema);
  expect(later.snapshot).not.toBe(recovered.snapshot);
  expect(later.credentials.recovered).toEqual(['github']);
});

test('a passphrase that does not open the store changes nothing in it', async () => {
  await using workspace = await makeConfigured();
  const secrets = join(workspace.home, 'holdfast', 'secrets');
  const before = readFileSync(secrets);
  const env = { ...workspace.env, HOLDFAST_PASSPHRASE_FILE: undefined, HOLDFAST_PASSPHRASE: 'wrong' };
  const args = ['credential', 'set', 'other', '--secret', 'token=env:TOKEN', '--json'];
  const refused = await workspace.here(args, { env });
  expect(refused.error().code).toBe('WRONG_PASSPHRASE');
  expect(readFileSync(secrets).equals(before)).toBe(true);
  expect(statSync(secrets).mode & 0o777).toBe(0o600);
  expect(await openSecrets(join(workspace.home, 'holdfast'), passphrase, 'default')).toHaveLength(1);
});

test('no secret lies in the clear in the home or the repository, or is said', async () => {
  await using workspace = await makeConfigured();
  const { env } = workspace;
  const said: string[] = [];
  const calls = [
    ['credential', 'list'],
    ['credential', 'set', 'github', '--secret', `token=${secretValue}`],
    ['credential', 'set', 'github', '--secret', secretValue, '--json'],
    ['credential', 'set', 'no/name', '--secret', 'token=env:TOKEN'],
    ['credential', 'set', 'second', '--secret', 'token=env:TOKEN', '--secret', 'token=env:TOKEN'],
    ['recover', '--replace', '--json'],
    ['jobs', '--all', '--json'],
  ];
  for (const args of calls) {
    const { stdout, stderr } = await workspace.here(args, { env: { ...env, HOLDFAST_DEBUG: '1' } });
    said.push(stdout, stderr);
  }
  expect(said.join('\n')).not.toContain(secretValue);
  const running = workspace.startHoldfast(['credential', 'set', 'github', '--secret', 'token=env:TOKEN'], { env });
  const argv = readFileSync(`/proc/${running.pid}/cmdline`, 'latin1');
  expect(argv).toContain('token=env:TOKEN');
  expect(argv).not.toContain(secretValue);
  expectDone(await running.finished);
  const files = [...bytesBelow(workspace.home), ...bytesBelow(workspace.repository)];
  expect(files.some(([path]) => path.endsWith('catalog.db'))).toBe(true);
  for (const text of [secretValue, Buffer.from(secretValue).toString('base64').slice(2, -4), 'worst day'])
    expect(files.filter(([, bytes]) => bytes.includes(text)).map(([path]) => path)).toEqual([]);
});

test('a change that the repository cannot take is kept, named, and written by the next run', async () => {
  await using workspace = await makeConfigured();
  const { env, repository, source } = workspace;
  const away = `${repository}-away`;
  renameSync(repository, away);
  const args = ['source', 'add', 'folder', '--name', 'second', '--set', `path=${source}`];
  const added = expectDone(await workspace.here(args, { env }));
  expect(added.stderr).toContain('not in the repository');
  renameSync(away, repository);
  const inRepository = async (): Promise<string[]> => {
    const there = { env: { ...env, HOLDFAST_HOME: workspace.path('elsewhere') } };
    const found = expectDone(await workspace.here(['recover', '--dry-run', '--json'], there));
    return found.json(recoveredSchema).sources;
  };
  expect(await inRepository()).toEqual(['docs']);
  expectDone(await workspace.here(['protect', source], { env }));
  expect(await inRepository()).toEqual(['docs', 'second']);
  const snapshotFiles = () => readdirSync(join(repository, 'snapshots')).length;
  const before = snapshotFiles();
  expectDone(await workspace.here(['protect', 'docs'], { env }));
  // Nothing had changed, so the run added its own snapshot and no configuration.
  expect(snapshotFiles()).toBe(before + 1);
});

test('a catalog that was lost gives the configuration back, and is never taken for an empty one', async () => {
  await using workspace = await makeConfigured();
  const { env } = workspace;
  const lose = (): void => rmSync(join(workspace.home, 'holdfast', 'catalog.db'));
  lose();
  expect((await workspace.here(['source', 'list', '--json'], { env })).error().code).toBe('CONFIGURATION_LOST');
  expectDone(await workspace.here(['rebuild-catalog'], { env }));
  const list = async () => (await workspace.here(['source', 'list', '--json'], { env })).json(sourceList);
  expect(await list()).toMatchObject([{ name: 'docs', approved: false }]);
  lose();
  const args = ['source', 'add', 'folder', '--name', 'another', '--set', `path=${workspace.source}`];
  expect(expectDone(await workspace.here(args, { env })).stderr).toContain('was read from the repository');
  expect((await list()).map(({ name }) => name)).toEqual(['another', 'docs']);
  lose();
  const other = workspace.path('other-repository');
  expectDone(await workspace.here(['init', other], { env: { ...env, HOLDFAST_REPOSITORY: undefined } }));
  const elsewhere = { env: { ...env, HOLDFAST_REPOSITORY: other } };
  const refused = await workspace.here(['source', 'remove', 'docs', '--json'], elsewhere);
  expect(refused.error().code).toBe('CONFIGURATION_LOST');
});

test('a home with a configuration of its own is replaced only when told to, and what was there is set aside', async () => {
  await using workspace = await makeConfigured();
  const { env } = workspace;
  const HOLDFAST_HOME = workspace.path('own-home');
  const here = { env: { ...env, HOLDFAST_HOME } };
  const args = ['source', 'add', 'folder', '--name', 'mine', '--set', `path=${workspace.source}`];
  expectDone(await workspace.here(args, here));
  const refused = await workspace.here(['recover', '--console', 'desk', '--json'], here);
  expect(refused.error().code).toBe('HOME_CONFIGURED');
  const list = async () => (await workspace.here(['source', 'list', '--json'], here)).json(sourceList);
  expect((await list()).map(({ name }) => name)).toEqual(['mine']);
  // The newest in the repository is this home's own; the one before it is another console's.
  const recovered = expectDone(await workspace.here(['recover', '--console', 'desk', '--replace', '--json'], here));
  expect(recovered.json(recoveredSchema)).toMatchObject({ console: { name: 'desk' }, sources: ['docs'] });
  expect((await list()).map(({ name }) => name)).toEqual(['docs']);
  const aside = readdirSync(HOLDFAST_HOME).find((name) => name.startsWith('configuration-replaced-')) ?? '';
  expect(readFileSync(join(HOLDFAST_HOME, aside), 'utf8')).toContain('"mine"');
});
