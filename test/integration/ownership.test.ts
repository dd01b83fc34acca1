import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeConfigured, type Configured } from '../support/configured.ts';
import { expectCleanForHoldfast, expectDone } from '../support/expect-clean.ts';
import { snapshotListSchema } from '../support/snapshot-list.ts';

test('a console that was taken over finds it out when it is back: it writes and removes nothing, and can still restore', async () => {
  await using workspace = await makeConfigured();
  const there = onHome(workspace, 'other-home');
  expectDone(await there('recover', '--from', workspace.repository));
  expectDone(await there('source', 'approve', 'docs'));
  expectDone(await there('protect', 'docs'));
  const before = filesIn(workspace);
  const here = onHome(workspace, null);
  for (const args of [['protect', 'docs'], ['forget', '--keep-last', '1', '--source', 'docs'], ['prune']])
    expect((await here(...args, '--json')).error(), args[0]).toMatchObject({ code: 'CONSOLE_PASSIVE' });
  expect(filesIn(workspace), 'nothing was written or removed').toEqual(before);
  expectDone(await here('restore', 'latest', '--source', 'docs', '--to', workspace.path('back')));
  // The one that has taken over goes on.
  expectDone(await there('protect', 'docs'));
});

test('whoever takes the sources back makes the other one stand aside, as often as they like', async () => {
  await using workspace = await makeConfigured();
  const here = onHome(workspace, null);
  const there = onHome(workspace, 'other-home');
  expectDone(await there('recover', '--from', workspace.repository));
  for (const [back, aside] of [
    [here, there],
    [there, here],
  ] as const) {
    expectDone(await back('recover', '--replace', '--from', workspace.repository));
    expectDone(await back('source', 'approve', 'docs'));
    expectDone(await back('protect', 'docs'));
    expect((await aside('protect', 'docs', '--json')).error()).toMatchObject({ code: 'CONSOLE_PASSIVE' });
  }
  await expectCleanForHoldfast(workspace);
});

test('the configuration of whoever has taken over is the one that counts, also where the other has saved a later one', async () => {
  await using workspace = await makeConfigured();
  const there = onHome(workspace, 'other-home');
  expectDone(await there('recover', '--from', workspace.repository));
  expectDone(await there('setting', 'set', 'console.name', 'other desk'));
  // It does not know yet, and changes something.
  expectDone(await onHome(workspace, null)('setting', 'set', 'console.name', 'late'));
  const third = await onHome(workspace, 'third-home')('recover', '--dry-run', '--from', workspace.repository, '--json');
  expect(JSON.parse(third.stdout)).toMatchObject({ console: { name: 'other desk' } });
});

test('two consoles that protect sources of their own in one repository do not disturb each other', async () => {
  await using workspace = await makeConfigured();
  const there = onHome(workspace, 'other-home');
  expectDone(
    await there('source', 'add', 'folder', '--name', 'other', '--set', `path=${await workspace.folder('other')}`),
  );
  await workspace.folder('other', 'inside');
  expectDone(await there('protect', 'other'));
  expectDone(await onHome(workspace, null)('protect', 'docs'));
  const snapshots = (await workspace.here(['snapshots', '--json'])).json(snapshotListSchema);
  expect(snapshots.map(({ source }) => source).toSorted()).toEqual(['docs', 'docs', 'other']);
});

/** Commands on another home than the workspace's own, where one is named. */
function onHome(workspace: Configured, name: string | null) {
  const home = name === null ? {} : { HOLDFAST_HOME: workspace.path(name) };
  return (...args: string[]) => workspace.here(args, { env: { ...workspace.env, ...home } });
}

/** Locks come and go. */
function filesIn({ repository }: Configured): string[] {
  const folders = ['snapshots', 'index', 'data'];
  return folders.flatMap((folder) => readdirSync(join(repository, folder), { recursive: true }).map(String)).toSorted();
}
