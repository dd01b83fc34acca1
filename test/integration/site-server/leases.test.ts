import { expect, test } from 'vitest';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { WitnessClient } from '../../../electron/engine/sites/failover/ask-witness.ts';
import { Leases } from '../../../electron/engine/sites/server/leases.ts';
import { makeSite, siteCaller, type Site } from '../../support/site.ts';

const patienceMs = 20_000;
const durationMs = 60_000;

test('a lease is one holder’s at a time, asked for over HTTP with a password of its own', async () => {
  await using site = await makeSite();
  const { passwords } = await site.server.leases.add(siteCaller, 'office', ['hq', 'branch']);
  const hq = clientOf(site, 'hq', passwords['hq']);
  const branch = clientOf(site, 'branch', passwords['branch']);
  const take = { action: 'take', token: 0, durationMs } as const;
  expect(await hq.ask(take, patienceMs)).toMatchObject({ granted: true, holder: 'hq', token: 1 });
  expect(await branch.ask({ ...take, token: 1 }, patienceMs)).toMatchObject({ granted: false, holder: 'hq' });
  await expect(clientOf(site, 'hq', passwords['branch']).ask(take, patienceMs)).rejects.toMatchObject({
    code: 'WITNESS_REFUSED',
  });
  await site.server.leases.remove(siteCaller, 'office');
  await expect(hq.ask({ action: 'renew', token: 1 }, patienceMs)).rejects.toMatchObject({ code: 'WITNESS_REFUSED' });
});

test('a witness that begins anew knows who has it, and lets a whole duration pass', async () => {
  await using site = await makeSite();
  let tick = 0;
  const before = new Leases(site.home, Date.now, () => tick);
  await before.add(siteCaller, 'office', ['hq', 'branch']);
  await before.ask('office', 'hq', { action: 'take', token: 0, durationMs });
  tick = 7;
  const after = new Leases(site.home, Date.now, () => tick);
  const take = { action: 'take', token: 1, durationMs } as const;
  tick = 7 + durationMs - 1;
  expect(await after.ask('office', 'branch', take)).toMatchObject({ granted: false, holder: 'hq', leftMs: 1 });
  tick = 7 + durationMs;
  expect(await after.ask('office', 'branch', take)).toMatchObject({ granted: true, holder: 'branch', token: 2 });
});

test('whose lease another one has writes into its repository no more, and still reads', async () => {
  await using site = await makeSite();
  const { leases, users } = site.server;
  await leases.add(siteCaller, 'office', ['hq', 'branch']);
  await users.set(siteCaller, site.user, { lease: { name: 'office', holder: 'hq' } });
  const content = Buffer.from('{}');
  await site.backend.create();
  await site.backend.save({ type: 'config', name: 'config' }, content);
  await leases.ask('office', 'branch', { action: 'take', token: 0, durationMs });
  const name = 'a'.repeat(64);
  await expect(site.backend.save({ type: 'keys', name }, content)).rejects.toThrow('answers 403');
  await expect(site.backend.remove({ type: 'config', name: 'config' })).rejects.toBeInstanceOf(HoldfastError);
  expect(await site.backend.load({ type: 'config', name: 'config' })).toEqual(content);
});

function clientOf(site: Site, holder: string, password = ''): WitnessClient {
  const address = { url: site.origin, fingerprint: null, lease: 'office', holder };
  return new WitnessClient(address, () => Promise.resolve(password));
}
