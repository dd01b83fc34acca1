import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { countThreads } from '../support/count-threads.ts';
import { expectDone } from '../support/expect-clean.ts';
import { noise } from '../support/odd-tree.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

async function makeStored(bytes: number): Promise<Workspace> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(workspace.path('source', 'file'), noise(bytes, 'content'));
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  return workspace;
}

/** How many threads a command starts that runs in this process. */
async function threadsOf(workspace: Workspace, args: readonly string[]): Promise<number> {
  return countThreads(async () => expectDone(await workspace.here(args)));
}

const mib = 1024 * 1024;

test('what is little is read by one thread, and written by one', async () => {
  await using workspace = await makeStored(1_000);
  // Another one writes the catalog, and reads it for the record that a restore leaves; of that one plans it.
  expect(await threadsOf(workspace, ['check'])).toBe(2);
  expect(await threadsOf(workspace, ['restore', 'latest', '--to', workspace.path('back')])).toBe(4);
});

test('what is more is read by several threads, and written by several', async () => {
  await using workspace = await makeStored(20 * mib);
  expect(await threadsOf(workspace, ['check', '--read-data'])).toBeGreaterThanOrEqual(3);
  expect(await threadsOf(workspace, ['restore', 'latest', '--to', workspace.path('back')])).toBeGreaterThanOrEqual(4);
});
