import { readdirSync, rmSync, writeFileSync } from 'node:fs';
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

test('a run that finds nothing new starts no thread that stores, one that finds a little starts one', async () => {
  await using workspace = await makeStored(1_000);
  const protect = ['protect', workspace.path('source')];
  // The one that walks, and the one that writes the catalog.
  expect(await threadsOf(workspace, protect)).toBe(2);
  writeFileSync(workspace.path('source', 'another'), noise(1_000, 'more'));
  expect(await threadsOf(workspace, protect)).toBe(3);
  expect(await threadsOf(workspace, protect)).toBe(2);
  for (let file = 0; file < 6; file++) writeFileSync(workspace.path('source', `${file}`), noise(4 * mib, `${file}`));
  expect(await threadsOf(workspace, protect)).toBeGreaterThanOrEqual(4);
  expectDone(await workspace.here(['check', '--read-data']));
});

test('what comes after it is done by threads that rest, and they keep no file open', async () => {
  await using workspace = await makeStored(1_000);
  let number = 0;
  const work = async (): Promise<void> => {
    writeFileSync(workspace.path('source', 'another'), noise(1_000, `${number++}`));
    expectDone(await workspace.here(['protect', workspace.path('source')]));
    expectDone(await workspace.here(['restore', 'latest', '--to', workspace.path('back')]));
    expectDone(await workspace.here(['check', '--read-data']));
    rmSync(workspace.path('back'), { recursive: true });
  };
  await work();
  const open = readdirSync('/proc/self/fd').length;
  const started = await countThreads(
    async () => {
      for (let turn = 0; turn < 4; turn++) await work();
    },
    { restingStay: true },
  );
  expect(started).toBeLessThanOrEqual(2);
  expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(open + 4);
});
