import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ContractClient } from '../../electron/engine/engine.ts';
import { Chain } from '../../electron/engine/recovery/evidence/chain.ts';
import { openSigningKey } from '../../electron/engine/recovery/evidence/signing-key.ts';
import { connect, toTheEnd } from '../support/client.ts';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

async function verified(client: ContractClient) {
  return client.evidence.verify({});
}

async function restored(client: ContractClient, workspace: Workspace, to: string): Promise<void> {
  const repository = { location: workspace.repository, password: workspace.password };
  await toTheEnd(await client.recovery.restore({ repository, selections: ['latest'], target: workspace.path(to) }));
}

test('what is recorded can be listed, is anchored in repositories, shows a forgery, and comes back on a new machine', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'kept'), 'content');
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  const repository = { location: workspace.repository, password: workspace.password };
  {
    await using one = await connect(workspace);
    const { client } = one;
    await client.repositories.connect({ name: 'here', ...repository });
    await restored(client, workspace, 'first');
    await client.settings.set({ repository, key: 'console.name', value: 'desk' });
    await restored(client, workspace, 'second');
    await client.settings.set({ repository, key: 'scrub.days', value: 12 });

    const { records } = await client.evidence.list({});
    expect(records).toMatchObject([
      { kind: 'restore', result: 'succeeded', actor: 'test:alice' },
      { kind: 'restore', result: 'succeeded' },
    ]);
    const shown = await client.evidence.show({ id: records[0]?.id ?? '' });
    expect(shown).toMatchObject({ signed: 'yes', record: { verification: { ok: true, files: 1 } } });
    expect(shown.record.points).toMatchObject([{ source }]);
    const { content } = await client.evidence.document({ id: shown.id, format: 'pdf' });
    expect(Buffer.from(content, 'base64').subarray(0, 5).toString()).toBe('%PDF-');

    const { calls } = await client.evidence.calls({ text: 'settings.set' });
    expect(calls).toMatchObject([{ actor: 'test:alice', outcome: 'done' }, { outcome: 'done' }]);
    expect(await verified(client)).toMatchObject({
      ok: true,
      anchors: [{ name: 'here', diverged: [], problem: null, newest: { log: expect.any(String) as string } }],
    });
  }
  const folder = join(workspace.home, 'holdfast', 'evidence');
  const chains = join(folder, readdirSync(folder).find((name) => name.startsWith('tenant-')) ?? '');
  const files = readdirSync(chains).filter((name) => name.endsWith('.jsonl'));
  for (const name of files) expect(readFileSync(join(chains, name), 'utf8')).not.toContain(workspace.password);

  // Whoever holds the machine holds the key too: a chain that they write anew is sound in itself.
  const name = files.find((one) => one.startsWith('evidence-')) ?? '';
  const kept = readFileSync(join(chains, name));
  const forged = join(folder, 'forged');
  mkdirSync(forged);
  const key = await openSigningKey({ folder, secrets: null, stays: false }, Date.now());
  const options = { folder: forged, formerFolder: forged, log: 'evidence' as const, key, nowMs: () => Date.now() };
  const chain = await Chain.open({
    ...options,
    about: { tenant: 'default' },
    former: () => Promise.resolve(null),
    maximumSegments: null,
  });
  await chain.append('record', { kind: 'drill', title: 'It never was' });
  await chain.close();
  rmSync(join(chains, name));
  const [made = ''] = readdirSync(forged);
  renameSync(join(forged, made), join(chains, made));
  {
    await using one = await connect(workspace);
    const { repositories } = await one.client.repositories.list({});
    const id = repositories[0]?.id ?? '';
    await one.client.repositories.unlock({ id, password: workspace.password });
    const verdict = await verified(one.client);
    expect(verdict.ok).toBe(false);
    expect(verdict.chains.every(({ problemCount }) => problemCount === 0)).toBe(true);
    expect(verdict.anchors[0]?.diverged).toMatchObject([{ log: 'evidence', after: null }]);
  }
  rmSync(join(chains, made));
  writeFileSync(join(chains, name), kept);

  // A new machine: repository and password bring the records back, and its own chain goes on from them.
  rmSync(join(workspace.home, 'holdfast'), { recursive: true });
  await using two = await connect(workspace);
  await two.client.configuration.recover({ repository });
  const { records: again } = await two.client.evidence.list({});
  expect(again.length).toBeGreaterThan(0);
  await restored(two.client, workspace, 'third');
  const verdict = await two.client.evidence.verify({ logs: ['evidence'], anchors: false });
  expect(verdict).toMatchObject({
    ok: true,
    chains: [{ continues: null }, { continues: { seq: expect.any(Number) as number } }],
  });
  expect(verdict.chains[1]?.continues?.chain).toBe(verdict.chains[0]?.chain);
});
