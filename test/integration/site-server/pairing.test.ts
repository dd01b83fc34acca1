import { randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serveEngine, type ServedEngine } from '../../../electron/engine/engine.ts';
import { pairWith } from '../../../electron/engine/sites/server/pair-with.ts';
import { readPairingCode, writePairingCode } from '../../../electron/engine/sites/server/pairing-code.ts';
import { readSiteFile } from '../../../electron/engine/sites/server/site-file.ts';
import { makeSite, siteCaller, type Site } from '../../support/site.ts';
import { removeFolder } from '../../support/workspace.ts';

const terms = { name: 'branch', appendOnly: true, quotaBytes: 1_000_000, folder: null };
const hourMs = 3_600_000;

async function codeOf(site: Site, lifetimeMs = hourMs): Promise<string> {
  const { secret } = await site.server.users.invite(siteCaller, terms, lifetimeMs);
  const address = new URL(site.origin).host;
  return writePairingCode({ address, fingerprint: site.server.address?.fingerprint ?? '', secret });
}

describe('a registration code', () => {
  test('is traded for a password that lets one in, on the terms of the invitation', async () => {
    await using site = await makeSite({ tls: 'own' });
    const paired = await pairWith(await codeOf(site));
    expect(paired).toMatchObject({ user: 'branch', appendOnly: true, quotaBytes: 1_000_000 });
    expect(paired.location).toBe(`rest:${site.origin}/branch/`);
    expect(await site.server.users.identify('branch', paired.password)).toMatchObject({ name: 'branch' });
    expect(await site.server.users.invitations(siteCaller)).toEqual([]);
  });

  test('is good once', async () => {
    await using site = await makeSite({ tls: 'own' });
    const code = await codeOf(site);
    await pairWith(code);
    await expect(pairWith(code)).rejects.toMatchObject({ code: 'SITE_CODE_INVALID' });
    expect(await site.server.users.list(siteCaller)).toHaveLength(2);
  });

  test('is good for one of several who try it at once', async () => {
    await using site = await makeSite({ tls: 'own' });
    const code = await codeOf(site);
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => pairWith(code)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await site.server.users.list(siteCaller)).toHaveLength(2);
  });

  test('gives the same pairing again to who has chosen the same password', async () => {
    await using site = await makeSite({ tls: 'own' });
    const { secret } = readPairingCode(await codeOf(site));
    const password = randomBytes(32).toString('base64url');
    const trade = () => site.server.users.trade(secret, password, 'a machine');
    expect(await trade()).toEqual(await trade());
    await site.server.users.remove(siteCaller, 'branch');
    await expect(trade()).rejects.toMatchObject({ code: 'SITE_CODE_INVALID' });
  });

  test('is over after its time, and when it is taken back', async () => {
    let nowMs = Date.UTC(2026, 0, 1);
    await using site = await makeSite({ tls: 'own', nowMs: () => nowMs });
    const code = await codeOf(site);
    nowMs += hourMs;
    await expect(pairWith(code)).rejects.toMatchObject({ code: 'SITE_CODE_INVALID' });
    const second = await codeOf(site);
    await site.server.users.revoke(siteCaller, 'branch');
    await expect(pairWith(second)).rejects.toMatchObject({ code: 'SITE_CODE_INVALID' });
    expect(await site.server.users.list(siteCaller)).toHaveLength(1);
  });

  test('is nothing for another server', async () => {
    await using site = await makeSite({ tls: 'own' });
    await using other = await makeSite({ tls: 'own' });
    const { secret } = readPairingCode(await codeOf(site));
    const address = new URL(other.origin).host;
    const code = writePairingCode({ address, fingerprint: site.server.address?.fingerprint ?? '', secret });
    await expect(pairWith(code)).rejects.toMatchObject({ code: 'CERTIFICATE_WRONG' });
    // Not a word of it was sent there.
    expect(other.log.some(({ facts }) => facts['path'] === '/pair')).toBe(false);
  });

  test('that is wrong too often from one address has that address wait', async () => {
    await using site = await makeSite({ tls: 'own', limits: { failuresPerMinute: 3 } });
    const good = await codeOf(site);
    const { address, fingerprint } = readPairingCode(good);
    const wrong = () => pairWith(writePairingCode({ address, fingerprint, secret: randomBytes(16) }));
    for (let at = 0; at < 3; at++) await expect(wrong()).rejects.toMatchObject({ code: 'SITE_CODE_INVALID' });
    await expect(wrong()).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
    await expect(pairWith(good)).rejects.toMatchObject({ code: 'TOO_MANY_REQUESTS' });
  });

  test('reserves its name', async () => {
    await using site = await makeSite({ tls: 'own' });
    await codeOf(site);
    await expect(codeOf(site)).rejects.toMatchObject({ code: 'SITE_USER_EXISTS' });
    await expect(site.server.users.add(siteCaller, terms)).rejects.toMatchObject({ code: 'SITE_USER_EXISTS' });
    await expect(site.server.users.invite(siteCaller, { ...terms, name: site.user }, hourMs)).rejects.toMatchObject({
      code: 'SITE_USER_EXISTS',
    });
  });
});

describe('two engines', () => {
  test('pair, and a repository of the one lies at the other', async () => {
    const root = await mkdtemp(join(tmpdir(), 'holdfast-pairing-'));
    const engines: ServedEngine[] = [];
    const start = async (name: string, more: Partial<Parameters<typeof serveEngine>[0]>): Promise<ServedEngine> => {
      const caller = { tenant: 'default', actor: 'test' };
      const home = join(root, name);
      const engine = await serveEngine({ home, caller, version: 'test', onNotice: () => undefined, ...more });
      engines.push(engine);
      return engine;
    };
    try {
      const site = await start('site', { site: { host: '127.0.0.1', port: 0, tls: 'own' } });
      // Of a user by that name the config would lie where the lease `config` is asked for.
      for (const make of [site.client.siteServer.add, site.client.siteServer.invite])
        await expect(make({ name: 'lease' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      const branch = await start('branch', { secrets: { passphrase: 'a passphrase' } });
      const { code, address, invitation } = await site.client.siteServer.invite({ name: 'branch', appendOnly: true });
      expect(address).toBe(`127.0.0.1:${site.site?.port}`);
      expect(await site.client.siteServer.invitations({})).toEqual({ invitations: [invitation] });
      const { location, settings } = await branch.client.siteServer.pair({ code });
      const said = await branch.client.siteServer.readCode({ code });
      expect(location).toContain(said.address);
      expect(settings.fingerprint).toBe(said.fingerprint);
      const { repository } = await branch.client.repositories.create({
        location,
        password: 'a password',
        reach: { settings, secrets: {} },
      });
      expect(repository).toMatchObject({ location, state: 'open' });
      expect(await readdir(join(root, 'site', 'site', 'branch'))).toContain('config');
      const { users } = await site.client.siteServer.users({});
      expect(users).toMatchObject([{ name: 'branch', appendOnly: true, createdBy: 'test', refused: 0 }]);
      expect(users[0]?.usedBytes).toBeGreaterThan(0);
      expect(users[0]?.receivedBytes).toBeGreaterThan(0);
      await site.client.siteServer.remove({ name: 'branch' });
      await expect(branch.client.snapshots.list({ repository: { id: repository.id } })).rejects.toMatchObject({
        code: 'ACCESS_REFUSED',
      });
    } finally {
      for (const engine of engines) await engine.close();
      await removeFolder(root);
    }
  });

  test('without a place for the password, a code is not used up', async () => {
    await using site = await makeSite({ tls: 'own' });
    const code = await codeOf(site);
    const home = await mkdtemp(join(tmpdir(), 'holdfast-pairing-'));
    const caller = { tenant: 'default', actor: 'test' };
    const engine = await serveEngine({ home, caller, version: 'test', onNotice: () => undefined });
    try {
      await expect(engine.client.siteServer.pair({ code })).rejects.toThrow(/no place/);
      await expect(engine.client.siteServer.invite({ name: 'branch' })).rejects.toThrow(/does not serve/);
      await pairWith(code);
    } finally {
      await engine.close();
      await removeFolder(home);
    }
  });
});

describe('what the home keeps', () => {
  test('holds no password and no code, and is for its owner alone', async () => {
    await using site = await makeSite({ tls: 'own' });
    const { secret } = readPairingCode(await codeOf(site));
    const text = await readFile(join(site.home, 'site-users.json'), 'utf8');
    for (const hidden of [site.password, secret.toString('hex'), secret.toString('base64url')])
      expect(text).not.toContain(hidden);
    for (const file of ['site-users.json', 'site-certificate.pem'])
      expect((await stat(join(site.home, file))).mode & 0o777, file).toBe(0o600);
  });

  test('brings back users, their use and the certificate', async () => {
    await using site = await makeSite({ tls: 'own' });
    await site.backend.create();
    await site.backend.save({ type: 'config', name: 'config' }, Buffer.from('config'));
    const { fingerprint } = site.server.address ?? {};
    await site.server.close();
    await site.server.serve({ host: '127.0.0.1', port: 0, tls: 'own' });
    expect(site.server.address?.fingerprint).toBe(fingerprint);
    const pem = await readFile(join(site.home, 'site-certificate.pem'), 'utf8');
    expect(new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()).toBe(fingerprint);
    const [row] = (await readSiteFile(site.home)).users;
    expect(row).toMatchObject({ name: 'office', receivedBytes: 6, refused: 0, lastAddress: '127.0.0.1' });
    expect(await site.server.users.identify('office', site.password)).not.toBeNull();
  });

  test('is served beyond this machine under TLS alone', async () => {
    await using site = await makeSite();
    await site.server.close();
    const options = { host: '0.0.0.0', port: 0, tls: null };
    await expect(site.server.serve(options)).rejects.toMatchObject({ code: 'TLS_REQUIRED' });
  });

  test('has each repository in a folder of its own', async () => {
    await using site = await makeSite();
    const folder = join(site.home, '..', 'holdfast-elsewhere');
    await site.add({ name: 'one', folder });
    const inTheWay = [folder, join(folder, 'inside'), join(folder, '..'), site.home, site.folder, 'relative'];
    for (const other of inTheWay)
      await expect(site.add({ name: 'two', folder: other }), other).rejects.toMatchObject({
        code: 'SITE_FOLDER_UNUSABLE',
      });
  });
});
