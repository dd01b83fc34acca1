import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

async function withThreeSnapshots(workspace: Workspace): Promise<void> {
  const folder = await workspace.folder('photos');
  workspace.init();
  for (const text of ['one', 'two', 'three']) {
    await writeFile(workspace.path('photos', 'picture'), text);
    await must(workspace, ['protect', folder]);
  }
}

async function must(workspace: Workspace, args: readonly string[], home?: string): Promise<string> {
  const { code, stdout, stderr } = await workspace.here(args, home === undefined ? {} : withHome(home));
  expect(stderr, `holdfast ${args.join(' ')}`).not.toContain('Error');
  expect(code, `holdfast ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

const withHome = (home: string) => ({ env: { HOLDFAST_HOME: home } });

async function codeOf(workspace: Workspace, args: readonly string[], home?: string): Promise<string | null> {
  const result = await workspace.here([...args, '--json'], home === undefined ? {} : withHome(home));
  return result.code === 0 ? null : result.error().code;
}

test('while an incident is open nothing is removed or pruned, by rules or by hand', async () => {
  await using workspace = await makeWorkspace();
  await withThreeSnapshots(workspace);
  await must(workspace, ['incident', 'freeze', '--reason', 'files look encrypted']);

  expect(await codeOf(workspace, ['forget', '--keep-last', '1'])).toBe('FROZEN');
  expect(await codeOf(workspace, ['forget', 'latest', '--allow-last'])).toBe('FROZEN');
  expect(await codeOf(workspace, ['prune'])).toBe('FROZEN');
  expect(await codeOf(workspace, ['incident', 'freeze', '--reason', 'again'])).toBe('INCIDENT_OPEN');
  // What only looks is not in its way.
  expect(await codeOf(workspace, ['forget', '--keep-last', '1', '--dry-run'])).toBeNull();
  expect(await codeOf(workspace, ['prune', '--dry-run'])).toBeNull();
  expect(await codeOf(workspace, ['protect', workspace.path('photos')])).toBeNull();
  expect(await must(workspace, ['incident'])).toContain('files look encrypted');

  await must(workspace, ['incident', 'end']);
  expect(await codeOf(workspace, ['incident', 'end'])).toBe('NO_INCIDENT');
  expect(await codeOf(workspace, ['forget', '--keep-last', '1'])).toBeNull();
  expect(await codeOf(workspace, ['prune'])).toBeNull();
});

test('another console of the same repository is stopped too, until the incident ends where it began', async () => {
  await using workspace = await makeWorkspace();
  await withThreeSnapshots(workspace);
  const other = await workspace.folder('other-home');
  await must(workspace, ['incident', 'freeze', '--reason', 'stolen laptop']);
  expect(await codeOf(workspace, ['forget', '--keep-last', '1'], other)).toBe('FROZEN');
  expect(await codeOf(workspace, ['prune'], other)).toBe('FROZEN');
  await must(workspace, ['incident', 'end']);
  expect(await codeOf(workspace, ['forget', '--keep-last', '1'], other)).toBeNull();
});

test('a lost catalog does not end an incident', async () => {
  await using workspace = await makeWorkspace();
  await withThreeSnapshots(workspace);
  await must(workspace, ['incident', 'freeze', '--reason', 'under attack']);
  for (const file of ['catalog.db', 'catalog.db-wal', 'catalog.db-shm'])
    await rm(workspace.path('home', 'holdfast', file), { force: true });
  expect(await codeOf(workspace, ['forget', '--keep-last', '1'])).toBe('FROZEN');
  expect(await must(workspace, ['incident'])).toContain('under attack');
});

test('it is frozen here also while the repository cannot be reached', async () => {
  await using workspace = await makeWorkspace();
  await withThreeSnapshots(workspace);
  const elsewhere = { env: { HOLDFAST_REPOSITORY: workspace.path('unmounted') } };
  const frozen = await workspace.here(['incident', 'freeze', '--reason', 'disk on fire'], elsewhere);
  expect(frozen.code, frozen.stderr).toBe(0);
  expect(frozen.stderr).toContain('not in the repository');
  expect(await codeOf(workspace, ['forget', '--keep-last', '1'])).toBe('FROZEN');
});
