import { randomBytes } from 'node:crypto';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { makeWorkspace } from '../support/workspace.ts';

test('check says how many bytes of packs it has read: all of them', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'large'), randomBytes(80 * 1024 * 1024));
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  const checked = await workspace.here(['check', '--read-data', '--json']);
  expectDone(checked);
  const { packs, packsRead, bytesRead } = JSON.parse(checked.stdout) as Record<string, number>;
  expect(packs).toBeGreaterThan(4);
  expect(packsRead).toBe(packs);
  expect(bytesRead).toBeGreaterThan(statSync(join(source, 'large')).size);
});
