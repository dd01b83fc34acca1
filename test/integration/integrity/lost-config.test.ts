/** Config and keys lost under a repository that commands were only ever told the place of, and that was never scrubbed. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace } from '../../support/workspace.ts';

test('config and keys come back from the home, a password that was changed does not', async () => {
  await using workspace = await makeWorkspace();
  workspace.init();
  const former = readdirSync(join(workspace.repository, 'keys'));
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'letter'), 'Dear');
  expectDone(await workspace.here(['protect', source]));
  const changed = { HOLDFAST_NEW_PASSWORD: 'another password' };
  expectDone(await workspace.here(['key', 'passwd'], { env: changed }));
  const env = { HOLDFAST_PASSWORD: changed.HOLDFAST_NEW_PASSWORD };
  const keys = readdirSync(join(workspace.repository, 'keys'));
  rmSync(join(workspace.repository, 'config'));
  for (const key of keys) rmSync(join(workspace.repository, 'keys', key));
  const damaged = await workspace.here(['check'], { env });
  expect(damaged.code).toBe(1);
  expect(damaged.stderr + damaged.stdout).toMatch(/config: The config is missing\.[^]*keys: All keys are missing\./);
  expectDone(await workspace.here(['repair'], { env }));
  expectDone(await workspace.here(['check'], { env }));
  expect(readdirSync(join(workspace.repository, 'keys'))).toEqual(keys);
  expect(keys).not.toEqual(former);
  expect((await workspace.here(['snapshots'])).code).toBe(1);
});
