import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { expectDone } from '../support/expect-clean.ts';
import { programVariable } from '../support/launcher.ts';
import { serve } from '../support/serving.ts';
import { snapshotListSchema } from '../support/snapshot-list.ts';
import { makeWorkspace } from '../support/workspace.ts';

// All other tests start what is bundled from the sources.
beforeEach(() => void vi.stubEnv(programVariable, undefined));
afterEach(() => void vi.unstubAllEnvs());

test('the program as it lies in the checkout protects, finds, compares, restores, checks, prunes and serves', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  const holdfast = async (...args: string[]) => expectDone(await workspace.holdfast(args)).stdout;
  writeFileSync(workspace.path('source', 'letter'), 'Dear all');
  await holdfast('init');
  const keys = workspace.path('repository', 'keys');
  const key: unknown = JSON.parse(readFileSync(join(keys, readdirSync(keys)[0] ?? ''), 'utf8'));
  expect(key, 'what tests make is cheap, what users make is not').toMatchObject({ N: 32_768, r: 8, p: 3 });
  await holdfast('protect', source);
  writeFileSync(workspace.path('source', 'answer'), 'Dear you');
  await holdfast('protect', source);
  expect(await holdfast('find', 'answer')).toContain('answer');
  const listed = (await workspace.here(['snapshots', '--json'])).json(snapshotListSchema);
  const [older = '', newer = ''] = listed.map(({ id }) => id);
  expect(await holdfast('diff', older, newer)).toContain('answer');
  await holdfast('restore', 'latest', '--to', workspace.path('back'));
  expect(readFileSync(workspace.path('back', source, 'letter'), 'utf8')).toBe('Dear all');
  await holdfast('forget', older);
  await holdfast('prune');
  await holdfast('check', '--read-data');
  await using served = await serve(workspace);
  expect(await holdfast('ls', 'latest', '--recursive')).toContain('letter');
  expect(await served.stop()).toMatchObject({ code: 0 });
});
