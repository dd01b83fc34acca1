import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writePairingCode } from '../../../electron/engine/sites/server/pairing-code.ts';
import { toTheEnd } from '../../support/client.ts';
import { expectCleanForRestic } from '../../support/expect-clean.ts';
import { makeOffice } from '../../support/office.ts';
import { makeSite, siteCaller, type Site } from '../../support/site.ts';

const password = 'a password of the copies';

test('a site that was paired with gets copies under TLS, removes nothing, and heals the primary one', async () => {
  await using site = await makeSite({ tls: 'own' });
  await using office = await makeOffice();
  const { client, workspace } = office;
  const primary = { id: (await client.repositories.list({})).repositories[0]?.id ?? '' };
  await toTheEnd(await client.protection.protect({ repository: primary, registered: 'papers' }));
  const { location, settings } = await client.siteServer.pair({ code: await invite(site) });
  await client.sites.add({
    repository: primary,
    name: 'branch',
    location,
    password: { value: password },
    reach: { settings, secrets: {} },
    settings: { appendOnly: true },
  });
  await toTheEnd(await client.sync.run({ repository: primary, to: 'branch' }));
  const held = await client.sites.holdings({ repository: primary, name: 'branch' });
  expect(held.snapshots).toMatchObject([{ source: 'papers', here: true }]);
  // Once nothing is left of what the primary one has stored, the site gives it back.
  damagePacks(workspace.repository);
  const { result } = await toTheEnd(await client.integrity.repair({ repository: primary }));
  expect(result.result).toMatchObject({ losses: { count: 0 } });
  await office.engine.close();
  await expectCleanForRestic(workspace);
});

async function invite(site: Site): Promise<string> {
  const terms = { name: 'branch', appendOnly: true, quotaBytes: null, folder: null };
  const { secret } = await site.server.users.invite(siteCaller, terms, 3_600_000);
  const address = new URL(site.origin).host;
  return writePairingCode({ address, fingerprint: site.server.address?.fingerprint ?? '', secret });
}

/** All of them, from beginning to end. */
function damagePacks(repository: string): void {
  const data = join(repository, 'data');
  for (const folder of readdirSync(data))
    for (const name of readdirSync(join(data, folder)))
      writeFileSync(join(data, folder, name), 'nothing of it is left');
}
