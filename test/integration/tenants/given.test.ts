/** What a tenant gets of the machine, of the operator's snapshots, and what is left of it when it goes. */
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEngine, type Engine } from '../../../electron/engine/engine.ts';
import {
  folderSource,
  makeTwoTenants,
  ownersMark,
  tenantsMark,
  protect,
  tenant,
  type TwoTenants,
} from '../../support/two-tenants.ts';

let scene: TwoTenants;
beforeAll(async () => {
  scene = await makeTwoTenants();
}, 180_000);
afterAll(() => scene[Symbol.asyncDispose]());

const codeOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'done',
    (error: unknown) => (error as { data?: { report?: { code: string } } }).data?.report?.code ?? error,
  );

async function restored(target: string | null, snapshot = 'latest'): Promise<unknown> {
  const { theirs, tenantsRepository } = scene;
  const drain = async (): Promise<void> => {
    const repository = { id: tenantsRepository };
    for await (const _ of await theirs.recovery.restore({ repository, selections: [snapshot], target }));
  };
  return codeOf(drain());
}

test('of the machine a tenant reads and writes what lies in its folders, and nothing else', async () => {
  const { theirs, tenantsRepository, tenantsFolder, engine } = scene;
  const repository = { id: tenantsRepository };
  const add = (name: string, path: string) =>
    codeOf(theirs.sources.add({ repository, source: folderSource(name, path) }));
  await mkdir(join(tenantsFolder, 'more'));
  await symlink('/etc', join(tenantsFolder, 'way-out'));
  await symlink('/nowhere/yet', join(tenantsFolder, 'way-out-later'));
  expect(await add('all', '/')).toBe('TENANT_BOUND');
  expect(await add('etc', '/etc')).toBe('TENANT_BOUND');
  expect(await add('home', engine.home)).toBe('TENANT_BOUND');
  expect(await add('out', join(tenantsFolder, 'way-out'))).toBe('TENANT_BOUND');
  expect(await add('more', join(tenantsFolder, 'more'))).toBe('done');
  expect(await restored(null)).toBe('TENANT_BOUND');
  expect(await restored('/tmp')).toBe('TENANT_BOUND');
  expect(await restored(join(tenantsFolder, 'way-out', 'x'))).toBe('TENANT_BOUND');
  expect(await restored(join(tenantsFolder, 'way-out-later', 'x'))).toBe('TENANT_BOUND');
  expect(await restored(`${tenantsFolder}-beside`)).toBe('TENANT_BOUND');
  expect(await restored(join(tenantsFolder, 'back'))).toBe('done');
  expect(await codeOf(theirs.browse.machineFolders({ path: '/' }))).toBe('TENANT_BOUND');
  const { places, parent } = await theirs.browse.machineFolders({ path: null });
  expect(places.map(({ path }) => path)).toEqual([tenantsFolder]);
  expect(parent).toBeNull();
  const location = join(engine.home, '..', 'elsewhere');
  expect(await codeOf(theirs.repositories.create({ location, password: 'x' }))).toBe('TENANT_BOUND');
  expect(await codeOf(theirs.repositories.inspect({ location: '/etc' }))).toBe('TENANT_BOUND');
});

test('a folder that is named by escapes is judged as it is read', async () => {
  const { theirs, tenantsRepository, tenantsFolder } = scene;
  const repository = { id: tenantsRepository };
  await symlink('/etc', join(tenantsFolder, 'link'));
  const through = String.raw`${tenantsFolder}/lin\x6b`;
  const climbing = `${tenantsFolder}${String.raw`/\x2e\x2e`.repeat(20)}/etc`;
  const probe = async (path: string): Promise<void> => {
    for await (const _ of await theirs.browse.probe({ paths: [path] }));
  };
  for (const path of [through, join(through, 'ssl'), climbing, `${tenantsFolder}/link/../etc`]) {
    expect(await codeOf(theirs.browse.machineFolders({ path })), path).toBe('TENANT_BOUND');
    expect(await codeOf(probe(path)), path).toBe('TENANT_BOUND');
  }
  await theirs.sources.add({ repository, source: folderSource('escaped', through) });
  expect(await codeOf(theirs.sources.check({ name: 'escaped' }))).toBe('TENANT_BOUND');
  await mkdir(Buffer.concat([Buffer.from(`${tenantsFolder}/`), Buffer.from([0xff])]));
  const odd = String.raw`${tenantsFolder}/\xff`;
  expect((await theirs.browse.machineFolders({ path: odd })).folders).toEqual([]);
  await probe(odd);
});

test('neither programs nor the credentials of the machine are its, until it is given them', async () => {
  const { theirs, owner, tenantsRepository, tenantsFolder } = scene;
  const repository = { id: tenantsRepository };
  const hooked = (name: string) => ({
    ...folderSource(name, join(tenantsFolder, 'more')),
    commands: {
      before: { kind: 'shell' as const, script: 'true', timeoutMs: 10_000 },
      after: null,
      required: false,
      maximumHoldMs: 60_000,
    },
  });
  expect(await codeOf(theirs.sources.add({ repository, source: hooked('hooked') }))).toBe('TENANT_BOUND');
  const place = { account: null, region: 'eu-central-1', endpoint: null };
  expect(await codeOf(theirs.aws.identity({ place } as never))).toMatch(/TENANT_BOUND|REQUEST_INVALID|BAD_USAGE/);
  expect(await codeOf(theirs.repositories.connect({ location: 's3:https://127.0.0.1:9/bucket', password: 'x' }))).toBe(
    'TENANT_BOUND',
  );
  expect(await codeOf(theirs.repositories.connect({ location: 'sftp:a@127.0.0.1:/x', password: 'x' }))).toBe(
    'TENANT_BOUND',
  );
  await owner.tenants.grant({
    tenant,
    grants: { folders: [tenantsFolder], commands: true, machineCredentials: false },
  });
  expect(await codeOf(theirs.sources.add({ repository, source: hooked('hooked') }))).toBe('done');
});

test('the home itself is given to nobody', async () => {
  const { owner, engine } = scene;
  for (const folder of [engine.home, join(engine.home, '..'), '/', join(engine.home, 'cache')]) {
    const grants = { folders: [folder], commands: false, machineCredentials: false };
    await expect(owner.tenants.grant({ tenant, grants })).rejects.toMatchObject({ code: 'BAD_USAGE' });
  }
});

test('what is taken back counts for what was registered before', async () => {
  const { owner, theirs, tenantsFolder, tenantsRepository } = scene;
  await owner.tenants.grant({ tenant, grants: { folders: [], commands: false, machineCredentials: false } });
  expect(await codeOf(protect(theirs, tenantsRepository, 'more'))).toBe('TENANT_BOUND');
  await owner.tenants.grant({
    tenant,
    grants: { folders: [tenantsFolder], commands: false, machineCredentials: false },
  });
  await writeFile(join(tenantsFolder, 'more', 'file'), 'content');
  expect(await protect(theirs, tenantsRepository, 'more')).toMatch(/^[0-9a-f]{64}$/);
});

test('an offer is seen, copied into a repository of the tenant, and restored there like its own', async () => {
  const { owner, theirs, ids, ownersRepository, tenantsRepository, tenantsFolder } = scene;
  const { offer } = await owner.offers.add({
    tenant,
    repository: { id: ownersRepository },
    snapshot: ids['snapshot'] ?? '',
    note: 'as you have asked',
  });
  expect((await theirs.offers.list({})).offers).toMatchObject([{ id: offer.id, state: 'open' }]);
  const request = async () => {
    const repository = { id: tenantsRepository };
    for await (const event of await theirs.offers.request({ offer: offer.id, repository }))
      if (event.type === 'done') return event.result;
    throw new Error('The copy had no end.');
  };
  const { snapshot } = await request();
  const { snapshots } = await theirs.snapshots.list({ repository: { id: tenantsRepository } });
  expect(snapshots.find(({ id }) => id === snapshot)).toMatchObject({
    tenant,
    source: `${ownersMark} docs (offered)`,
  });
  const target = join(tenantsFolder, 'from the operator');
  expect(await restored(target, snapshot)).toBe('done');
  const file = join(target, join(tenantsFolder, '..', ownersMark), `${ownersMark} data`, `${ownersMark} file.txt`);
  expect(await readFile(file, 'utf8')).toBe(`${ownersMark} content`);
  expect(await codeOf(request())).toBe('OFFER_OVER');
  const again = await owner.offers.add({
    tenant,
    repository: { id: ownersRepository },
    snapshot: 'latest',
    source: ids['source'],
  });
  await owner.offers.withdraw({ offer: again.offer.id });
  const repository = { id: tenantsRepository };
  const withdrawn = async (): Promise<void> => {
    for await (const _ of await theirs.offers.request({ offer: again.offer.id, repository }));
  };
  expect(await codeOf(withdrawn())).toBe('OFFER_OVER');
});

test('what it takes is told to the operator, and its diagnostics hold no log of others', async () => {
  const { owner, theirs } = scene;
  const { usage, verdict } = await owner.tenants.show({ tenant });
  expect(usage).toMatchObject({ repositories: 1 });
  expect(usage.snapshots).toBeGreaterThanOrEqual(3);
  expect(usage.protectedBytes).toBeGreaterThan(0);
  expect(verdict.headline.map(({ text }) => text).join('')).not.toBe('');
  const diagnostics = await theirs.engine.diagnostics({});
  expect(diagnostics).toMatchObject({ log: [], crashes: [] });
  expect(await theirs.engine.about({})).toMatchObject({ home: '', logFolder: '' });
});

test('a link made for a tenant signs a browser in as that tenant alone', async () => {
  const { engine } = scene;
  const acting = await engine.client(tenant);
  const { url } = await acting.console.link({ name: 'Ada', role: 'operate' });
  const { hash, origin } = new URL(url);
  const answer = await engine.ask('/login', { method: 'POST', headers: { origin }, body: { secret: hash.slice(1) } });
  const { proof } = answer.json() as { proof: string };
  const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  const client = engine.rpc({ cookie, origin, 'x-holdfast-proof': proof });
  expect(await client.console.me({})).toMatchObject({ tenant, actor: 'browser:Ada', role: 'operate', operator: false });
});

test('another home takes a tenant over by its repository', async () => {
  const { owner, engine } = scene;
  const handed = await owner.tenants.handOver({ tenant });
  expect(handed).toMatchObject({ notices: [], repositories: [{ configured: true }] });
  expect(handed.commands.map((words) => words.join(' '))).toEqual([
    `holdfast tenant add ${tenant} --title Acme`,
    `holdfast --tenant ${tenant} --repository ${scene.tenantsLocation} recover`,
  ]);
  await using elsewhere = await makeHome(join(engine.home, '..', 'another-home'));
  await elsewhere.owner.tenants.add({ tenant, title: 'Acme' });
  await elsewhere.owner.tenants.grant({
    tenant,
    grants: { folders: [scene.tenantsFolder], commands: false, machineCredentials: false },
  });
  const repository = { location: scene.tenantsLocation, password: scene.password };
  const there = await elsewhere.of(tenant);
  await there.configuration.recover({ repository, replace: false, dryRun: false });
  const { sources } = await there.sources.list({});
  expect(sources.map(({ name }) => name)).toContain(`${tenantsMark} docs`);
  expect((await there.snapshots.list({ repository })).snapshots.length).toBeGreaterThan(0);
  expect((await elsewhere.owner.sources.list({})).sources).toEqual([]);
});

/** A home of another machine, whose engine ends with each client. */
async function makeHome(home: string) {
  const opened: Engine[] = [];
  const of = async (name: string): Promise<Engine['client']> => {
    for (const engine of opened.splice(0)) await engine.close();
    const options = { home, version: 'test', onNotice: () => undefined };
    const engine = await openEngine({ ...options, caller: { tenant: name, actor: 'test' } });
    opened.push(engine);
    return engine.client;
  };
  return {
    owner: {
      tenants: {
        add: async (input: { tenant: string; title: string }) => (await of('default')).tenants.add(input),
        grant: async (input: Parameters<Engine['client']['tenants']['grant']>[0]) =>
          (await of('default')).tenants.grant(input),
      },
      sources: { list: async (input: Record<string, never>) => (await of('default')).sources.list(input) },
    },
    of,
    [Symbol.asyncDispose]: async () => {
      for (const engine of opened) await engine.close();
    },
  };
}
