import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { noHooks } from '../../../shared/model/hooks.ts';
import { makeHttpEngine } from '../../support/http-engine.ts';

test('figures are given at an address of their own, to whoever shows a token, of its tenant alone', async () => {
  await using engine = await makeHttpEngine();
  const client = await engine.client();
  const folder = join(engine.home, '..', 'papers');
  await mkdir(folder);
  await writeFile(join(folder, 'letter.txt'), 'a letter');
  const password = 'a password of a test';
  const repository = { location: join(engine.home, 'repository'), password };
  await client.repositories.create({ ...repository, name: 'the "disk"' });
  await client.sources.add({
    repository,
    source: {
      kind: 'folder',
      name: 'papers',
      paths: [folder],
      excludes: [],
      excludeCaches: false,
      excludeLargerThanBytes: null,
      oneFileSystem: false,
      commands: noHooks,
    },
  });
  for await (const event of await client.protection.protect({ repository, registered: 'papers' })) void event;

  expect((await engine.ask('/metrics')).status).toBe(401);
  const answer = await engine.ask('/metrics', { headers: engine.bearer(await engine.token('read')) });
  expect(answer.status).toBe(200);
  expect(answer.headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(answer.text).toContain('holdfast_info{tenant="default",version="test"} 1\n');
  expect(answer.text).toContain('holdfast_source_snapshots{tenant="default",source="papers"} 1\n');
  expect(answer.text).toContain(
    'holdfast_source_last_run_state{tenant="default",source="papers",state="complete"} 1\n',
  );
  expect(answer.text).toMatch(/holdfast_source_last_run_bytes\{tenant="default",source="papers",what="total"\} 8\n/);

  const other = await engine.ask('/metrics', { headers: engine.bearer(await engine.token('read', 'branch')) });
  expect(other.status).toBe(200);
  expect(other.text).toContain('tenant="branch"');
  expect(other.text).not.toMatch(/papers|disk|default/);
});
