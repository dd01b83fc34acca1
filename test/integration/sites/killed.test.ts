/** An engine that is killed in the middle of a transfer: the next one goes on, and nothing arrives twice. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connect } from '../../support/client.ts';
import { createRepository } from '../../support/restic-repository.ts';
import { serve } from '../../support/serving.ts';
import { makeWorkspace } from '../../support/workspace.ts';

const sitePassword = 'another password altogether';
const patience = { timeout: 90_000, interval: 50 };
const mebi = 1024 * 1024;

test('it is sent once in the end, however often the engine was killed while it was sent', async () => {
  await using workspace = await makeWorkspace({ inMemory: true });
  vi.stubEnv('TEST_SITE_PASSWORD', sitePassword);
  onTestFinished(() => void vi.unstubAllEnvs());
  const env = { TEST_SITE_PASSWORD: sitePassword };
  const must = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await workspace.here(args, { env });
    expect(code, `${args.join(' ')}: ${stderr}`).toBe(0);
  };
  const place = workspace.path('oslo');
  createRepository(place, { password: sitePassword, scrypt: { N: 1024, r: 8, p: 1 } }).writeIndex();
  const folder = await workspace.folder('papers');
  workspace.init();
  await must('source', 'add', 'folder', '--name', 'papers', '--set', `path=${folder}`);
  for (let run = 0; run < 3; run++) {
    await writeFile(workspace.path('papers', `noise-${run}`), randomBytes(2 * mebi));
    await must('protect', 'papers');
  }
  await must(
    'site',
    'add',
    'oslo',
    place,
    '--secret',
    'password=env:TEST_SITE_PASSWORD',
    '--set',
    'window=otherwise 1MiB/s',
  );
  await must('sync', 'rule', 'add', '--to', 'oslo');

  for (let round = 0; round < 3; round++) {
    await using serving = await serve(workspace);
    await using connected = await connect(workspace);
    const repository = { location: workspace.repository, password: workspace.password };
    await connected.client.repositories.connect({ ...repository, remember: false }).catch(() => undefined);
    void toEnd(await connected.client.sync.run({ repository, to: 'oslo' })).catch(() => undefined);
    await vi.waitFor(async () => {
      const { items } = await connected.client.sync.queue({});
      if (!items.some(({ state }) => state === 'running')) throw new Error('nothing is being sent yet');
    }, patience);
    await sleep(700 * (round + 1));
    await serving.kill();
  }

  await must('site', 'set', 'oslo', '--set', 'window=');
  await must('sync', 'run', '--to', 'oslo');
  const restic = { env: { ...workspace.resticEnv(), RESTIC_REPOSITORY: place, RESTIC_PASSWORD: sitePassword } };
  await workspace.mustRestic(['check', '--read-data'], restic);
  const { stdout } = await workspace.mustRestic(['snapshots', '--json', '--path', folder], restic);
  const there = JSON.parse(stdout) as { original: string }[];
  expect(there).toHaveLength(3);
  expect(new Set(there.map(({ original }) => original)).size).toBe(3);
  await using connected = await connect(workspace);
  expect((await connected.client.sync.queue({})).items).toEqual([]);
  const { items } = await connected.client.sync.history({});
  expect(items.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
});

async function toEnd(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}
