import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Catalog } from '../../../electron/engine/catalog/catalog.ts';
import { awsAccountDefinitionSchema } from '../../../shared/contract/aws-accounts.ts';
import { folderDefinitionSchema } from '../../../shared/contract/sources.ts';
import { noHooks } from '../../../shared/model/hooks.ts';
import { alice, bob, makeCatalogHome, type CatalogHome } from '../../support/catalog-home.ts';

let home: CatalogHome;
let catalog: Catalog;

beforeEach(async () => {
  home = await makeCatalogHome();
  catalog = home.open();
  for (const caller of [alice, bob])
    await catalog.write('configuration.begin', caller, { console: '0123456789abcdef' });
});
afterEach(() => home[Symbol.asyncDispose]());

const definition = (name: string) =>
  awsAccountDefinitionSchema.parse({ name, credentials: { kind: 'keys', accessKeyId: 'AKIAEXAMPLE' } });
const add = (name: string, caller = alice) =>
  catalog.write('awsAccounts.add', caller, {
    account: definition(name),
    identity: null,
    isSecretNew: true,
    atMs: 1_000,
  });
const identity = { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/x', at: '2026-01-01T00:00:00.000Z' };
const revision = async () => (await catalog.read('configuration.state', alice, null))?.revision;

test('an account belongs to its tenant, under a name of its own', async () => {
  await add('prod');
  await expect(add('prod')).rejects.toMatchObject({ code: 'AWS_ACCOUNT_EXISTS' });
  await add('prod', bob);
  expect(await catalog.read('awsAccounts.list', alice, null)).toMatchObject([
    { definition: definition('prod'), addedBy: 'cli:alice', approved: true, secretAtMs: 1_000, usedBy: [] },
  ]);
});

test('one that a source reads or copies with stays', async () => {
  await add('prod');
  await add('copies');
  const folder = folderDefinitionSchema.parse({
    kind: 'folder',
    name: 'db',
    commands: noHooks,
    paths: ['/srv'],
    excludes: [],
    excludeCaches: false,
    excludeLargerThanBytes: null,
    oneFileSystem: false,
  });
  const source = { ...folder, account: 'prod', copies: [{ region: 'eu-west-1', account: 'copies' }] };
  await catalog.write('registeredSources.add', alice, { source, atMs: 1 });
  for (const name of ['prod', 'copies']) {
    const removing = catalog.write('awsAccounts.remove', alice, { name });
    await expect(removing).rejects.toMatchObject({
      code: 'AWS_ACCOUNT_IN_USE',
      message: expect.stringContaining('db') as string,
    });
  }
  await catalog.write('registeredSources.remove', alice, { name: 'db' });
  await catalog.write('awsAccounts.remove', alice, { name: 'prod' });
  await expect(catalog.write('awsAccounts.remove', alice, { name: 'prod' })).rejects.toMatchObject({
    code: 'AWS_ACCOUNT_UNKNOWN',
  });
});

test('who it is makes a new configuration, when it was last asked does not', async () => {
  await add('prod');
  const before = await revision();
  const note = (at: string, untilMs: number | null) =>
    catalog.write('awsAccounts.noteSignIn', alice, { name: 'prod', identity: { ...identity, at }, untilMs });
  await note(identity.at, null);
  expect(await revision()).toBe((before ?? 0) + 1);
  await note('2026-02-01T00:00:00.000Z', 5);
  expect(await revision()).toBe((before ?? 0) + 1);
  expect(await catalog.read('awsAccounts.find', alice, { name: 'prod' })).toMatchObject({
    signedInUntilMs: 5,
    identity: { account: identity.account },
  });
});

test('what nobody could say now is as it was known, and a change is of whoever made it', async () => {
  await add('prod');
  await catalog.write('awsAccounts.noteSignIn', alice, { name: 'prod', identity, untilMs: 7 });
  const account = { ...definition('prod'), regions: ['eu-west-1'] };
  const caller = { ...alice, actor: 'cli:eve' };
  const change = { account, identity: null, isSecretNew: false, atMs: 2_000 };
  expect(await catalog.write('awsAccounts.update', caller, change)).toMatchObject({
    definition: { regions: ['eu-west-1'] },
    addedBy: 'cli:alice',
    changedBy: 'cli:eve',
    changedAtMs: 2_000,
    secretAtMs: 1_000,
    identity,
    signedInUntilMs: null,
  });
});
