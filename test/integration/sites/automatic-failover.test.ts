/** Two consoles and a witness: the owner in a process that can be killed, the others here. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveEngine, type ContractClient } from '../../../electron/engine/engine.ts';
import { automaticStateSchema } from '../../../shared/contract/automatic-failover.ts';
import { noHooks } from '../../../shared/model/hooks.ts';
import { toTheEnd } from '../../support/client.ts';
import { createQuickly, quickSecrets } from '../../support/quick-keys.ts';
import { makeSite, siteCaller, type Site } from '../../support/site.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';
import type { Running } from '../../support/processes.ts';

const caller = { tenant: 'default', actor: 'test' };
const sitePassword = 'another password, of the copies';
const passphrase = 'a passphrase of eleven words';
const patience = { timeout: 60_000, interval: 50 };
const lease = { lease: 'office', durationMs: 2_000 };

test('a console that is killed is followed once; when it is back it stands aside, until the lease is given back to it', async () => {
  await using site = await makeSite();
  await using workspace = await makeWorkspace({ inMemory: true });
  const { passwords } = await site.server.leases.add(siteCaller, 'office', ['hq', 'branch']);
  const token = await setUpOwner(workspace, {
    url: site.origin,
    holder: 'hq',
    password: passwords['hq'] ?? '',
    ...lease,
  });
  const first = startOwner(workspace);
  const url = await originOf(first);
  await holderIs(site, 'hq');
  await using standby = await makeStandby(workspace);
  const { client } = standby;
  const { automatic } = client.failover;
  expect(await automatic.show({})).toEqual({ automatic: null });
  const replica = await client.repositories.connect({
    location: workspace.path('attic'),
    password: sitePassword,
    remember: true,
    name: 'attic',
  });
  await client.peers.add({ name: 'office', url, token });
  await automatic.standBy({
    ...lease,
    url: site.origin,
    holder: 'branch',
    password: passwords['branch'] ?? '',
    peer: 'office',
    replica: replica.repository.id,
    graceMs: 500,
  });
  expect(await automatic.check({})).toMatchObject({ wouldPromote: true, losses: [{ source: 'papers' }] });
  await expect(protect(client)).rejects.toMatchObject({ code: 'SOURCE_UNKNOWN' });

  first.signal('SIGKILL');
  await first.finished;
  await expect.poll(async () => (await automatic.show({})).automatic?.promotion?.done, patience).toBe(true);
  const taken = (await automatic.show({})).automatic;
  expect(taken).toMatchObject({
    role: 'owner',
    power: 'owner',
    heard: { holder: 'branch' },
    promotion: { from: 'office', acknowledged: false, losses: [{ source: 'papers' }] },
  });
  const run = await endOfRun(client, taken?.promotion?.run ?? '');
  expect(run).toMatchObject({ kind: 'failover', state: 'done', move: { takesOver: 'office' } });
  await protect(client);
  expect((await client.snapshots.list({ repository: { id: replica.repository.id } })).snapshots).toHaveLength(2);
  await expect
    .poll(async () => (await client.alerts.list({})).alerts.map(({ rule }) => rule), patience)
    .toContain('promoted');

  // It is back, and hears of it before it does anything.
  const again = startOwner(workspace);
  await originOf(again);
  await expect
    .poll(() => ownerShows(workspace), patience)
    .toMatchObject({ power: 'nothing', heard: { holder: 'branch' } });
  const refused = await workspace.here(['protect', 'papers', '--json'], ownerEnv(workspace));
  expect(refused.error()).toMatchObject({ code: 'CONSOLE_PASSIVE' });

  await automatic.acknowledge({});
  await automatic.giveBack({});
  await expect(protect(client)).rejects.toMatchObject({ code: 'LEASE_NOT_HELD' });
  await expect.poll(() => ownerShows(workspace), patience).toMatchObject({ power: 'owner', heard: { holder: 'hq' } });
  expect((await automatic.show({})).automatic).toMatchObject({ role: 'standby', promotion: null });
  again.signal('SIGTERM');
  await again.finished;
});

function ownerEnv(workspace: Workspace) {
  const home = join(workspace.home, 'owner');
  return { env: { HOLDFAST_HOME: home, HOLDFAST_PASSPHRASE: passphrase } };
}

function startOwner(workspace: Workspace): Running {
  return workspace.startHoldfast(['serve', '--port', '0'], ownerEnv(workspace));
}

/** Of its console, from the link in its first line. */
async function originOf({ child, finished }: Running): Promise<string> {
  const line = new Promise<string>((resolve) => child.stdout?.once('data', (data: Buffer) => resolve(data.toString())));
  const text = await Promise.race([line, finished.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return new URL(/https?:\S+/.exec(text)?.[0] ?? '').origin;
}

async function ownerShows(workspace: Workspace) {
  const shown = await workspace.here(['failover', 'automatic', '--json'], ownerEnv(workspace));
  return shown.json(automaticStateSchema);
}

/** A source with a snapshot that has a copy, and one that has none; the lease is asked for. Gives a token. */
async function setUpOwner(
  workspace: Workspace,
  witness: { url: string; lease: string; holder: string; password: string; durationMs: number },
): Promise<string> {
  const home = join(workspace.home, 'owner');
  const engine = await serveEngine({
    home,
    caller,
    version: '0',
    onNotice: () => undefined,
    secrets: quickSecrets(home),
  });
  const { client } = engine;
  const folder = await workspace.folder('papers');
  const { repository } = await createQuickly(client, workspace, { remember: true });
  const options = { excludes: [], excludeCaches: false, excludeLargerThanBytes: null, oneFileSystem: false };
  const source = { kind: 'folder' as const, name: 'papers', paths: [folder], ...options, commands: noHooks };
  await client.sources.add({ repository: { id: repository.id }, source });
  const password = { value: sitePassword };
  await client.sites.add({
    repository: { id: repository.id },
    name: 'attic',
    location: workspace.path('attic'),
    password,
  });
  writeFileSync(join(folder, 'one'), 'one');
  await protect(client);
  await toTheEnd(await client.sync.run({ repository: { id: repository.id }, to: 'attic' }));
  writeFileSync(join(folder, 'two'), 'two');
  await protect(client);
  await client.failover.automatic.own(witness);
  const { secret } = await client.tokens.create({ name: 'branch', role: 'operate' });
  await engine.close();
  return secret;
}

async function makeStandby(workspace: Workspace) {
  const home = join(workspace.home, 'standby');
  const engine = await serveEngine({
    home,
    caller,
    version: '0',
    onNotice: () => undefined,
    secrets: quickSecrets(home),
  });
  return { client: engine.client, [Symbol.asyncDispose]: () => engine.close() };
}

async function protect(client: ContractClient): Promise<void> {
  const primary = (await client.repositories.list({})).repositories.find((one) => one.primary);
  await toTheEnd(await client.protection.protect({ repository: { id: primary?.id ?? '' }, registered: 'papers' }));
}

async function holderIs(site: Site, holder: string): Promise<void> {
  const now = async () => (await site.server.leases.list(siteCaller))[0]?.answer.holder;
  await expect.poll(now, patience).toBe(holder);
}

async function endOfRun(client: ContractClient, run: string) {
  const get = () => client.restoreRuns.get({ run });
  await expect.poll(async () => (await get()).state, patience).not.toBe('running');
  return get();
}
