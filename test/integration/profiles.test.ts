import { rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { recoveredSchema } from '../../shared/contract/configuration.ts';
import { previewSchema } from '../../shared/contract/profiles.ts';
import { makeWorkspace, type Workspace } from '../support/workspace.ts';

const listSchema = z.object({
  profiles: z.array(
    z.looseObject({ id: z.string(), name: z.string(), periods: z.array(z.looseObject({ id: z.string() })) }),
  ),
  assignments: z.array(z.looseObject({ scope: z.string(), subject: z.string(), profile: z.string() })),
  effective: z.array(z.looseObject({ source: z.string(), profile: z.string().nullable() })),
});

async function must(workspace: Workspace, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await workspace.here(args);
  expect(code, `holdfast ${args.join(' ')}: ${stderr}`).toBe(0);
  return stdout;
}

async function codeOf(workspace: Workspace, ...args: string[]): Promise<string | null> {
  const result = await workspace.here([...args, '--json']);
  return result.code === 0 ? null : result.error().code;
}

const listOf = async (workspace: Workspace, env: Record<string, string> = {}) =>
  (await workspace.here(['profile', 'list', '--json'], { env })).json(listSchema);

async function withSource(workspace: Workspace): Promise<void> {
  const folder = await workspace.folder('photos');
  workspace.init();
  await must(
    workspace,
    'source',
    'add',
    'folder',
    '--name',
    'photos',
    '--set',
    `path=${folder}`,
    '--set',
    'tag=office',
  );
}

test('profiles come back from the repository as they were, with what they are given to', async () => {
  await using workspace = await makeWorkspace();
  await withSource(workspace);
  await must(workspace, 'profile', 'add', '--preset', 'standard', '--name', 'Standard', '--set', 'zone=Europe/Berlin');
  await must(workspace, 'profile', 'add', '--name', 'Noon', '--set', 'noon.when=daily 12:00', '--set', 'noon.keep=3d');
  await must(workspace, 'profile', 'assign', 'Standard', '--all');
  await must(workspace, 'profile', 'assign', 'Noon', '--tag', 'office');
  const before = await listOf(workspace);
  expect(before.effective).toEqual([
    { source: 'photos', profile: before.profiles[0]?.id, from: { scope: 'tag', subject: 'office' } },
  ]);

  const HOLDFAST_HOME = workspace.path('new-home');
  const recovered = await workspace.here(['recover', '--json'], { env: { HOLDFAST_HOME } });
  expect(recovered.json(recoveredSchema)).toMatchObject({ profiles: ['Noon', 'Standard'], saved: true });
  expect(await listOf(workspace, { HOLDFAST_HOME })).toEqual(before);

  for (const file of ['catalog.db', 'catalog.db-wal', 'catalog.db-shm'])
    await rm(workspace.path('home', 'holdfast', file), { force: true });
  await must(workspace, 'rebuild-catalog');
  expect(await listOf(workspace)).toEqual(before);
});

test('a profile is made, changed, given and removed from the command line', async () => {
  await using workspace = await makeWorkspace();
  await withSource(workspace);
  await must(workspace, 'profile', 'add', '--preset', 'frequent', '--name', 'Office', '--drop', 'monthly');
  expect(await codeOf(workspace, 'profile', 'add', '--preset', 'standard', '--name', 'Office')).toBe('PROFILE_EXISTS');
  expect(await codeOf(workspace, 'profile', 'add', '--name', 'X', '--set', 'a.when=cron 0 0 30 2 *')).toBe(
    'PROFILE_INVALID',
  );
  const set = [
    'rpo=90m',
    'daily.keep=30d',
    'daily.locked=yes',
    'blackouts=mon-fri 08:00-10:00',
    'noon.when=daily 12:00',
  ];
  await must(workspace, 'profile', 'edit', 'Office', ...set.flatMap((text) => ['--set', text]), '--drop', 'weekly');
  const shown = await must(workspace, 'profile', 'show', 'Office');
  expect(shown).toMatch(/daily +daily 22:00 +30 days +1 +caught up +yes/);
  expect(shown).toMatch(/rpo +1 h 30 min/);
  expect(shown).toContain('mon tue wed thu fri 08:00–10:00');
  const [office] = (await listOf(workspace)).profiles;
  expect(office?.periods.map(({ id }) => id)).toEqual(['hourly', 'daily', 'noon']);

  await must(workspace, 'profile', 'assign', 'Office', '--source', 'photos');
  expect(await codeOf(workspace, 'profile', 'remove', 'Office')).toBe('PROFILE_IN_USE');
  expect(await codeOf(workspace, 'profile', 'assign', 'Office', '--source', 'nobody')).toBe('SOURCE_UNKNOWN');
  await must(workspace, 'profile', 'unassign', '--source', 'photos');
  expect(await must(workspace, 'profile', 'list')).toContain('Without a profile: photos');
  await must(workspace, 'profile', 'remove', 'Office');
  expect((await listOf(workspace)).profiles).toEqual([]);
});

test('what is asked for by hand lives as long as the profile of its source says', async () => {
  await using workspace = await makeWorkspace();
  await withSource(workspace);
  await must(workspace, 'profile', 'add', '--preset', 'standard', '--name', 'Standard', '--set', 'manual=3d');
  await must(workspace, 'profile', 'assign', 'Standard', '--tag', 'office');
  await writeFile(workspace.path('photos', 'picture'), 'one');
  await must(workspace, 'protect', 'photos');
  await must(workspace, 'rebuild-catalog');
  const shown = await must(workspace, 'retention', 'show', 'photos');
  expect(shown).toMatch(/manual +\d{4}-\d\d-\d\d \d\d:\d\d +by hand: until /);
  expect(await must(workspace, 'retention', 'reviews')).toContain('Nothing waits for an answer');
  const previewed = await must(workspace, 'profile', 'preview', 'Standard', '--source', 'photos', '--set', 'manual=9d');
  expect(previewed).toMatch(/UNTIL NOW +UNTIL THEN/);
});

test('a profile that was printed can be read again', async () => {
  await using workspace = await makeWorkspace();
  await withSource(workspace);
  await must(workspace, 'profile', 'add', '--preset', 'seven-year', '--name', 'Books');
  const file = workspace.path('books.json');
  await writeFile(file, await must(workspace, 'profile', 'show', 'Books', '--json'));
  await must(workspace, 'profile', 'add', '--file', file, '--name', 'Copy');
  const { profiles } = await listOf(workspace);
  expect(profiles[1]?.periods).toEqual(profiles[0]?.periods);
});

test('a preview says what will run, how much there will be, and what may surprise', async () => {
  await using workspace = await makeWorkspace();
  await withSource(workspace);
  const args = ['profile', 'preview', '--preset', 'frequent', '--days', '366', '--set', 'hourly.keep=20d'];
  const result = await workspace.here([...args, '--json']);
  const found = result.json(previewSchema);
  expect(found).toMatchObject({ more: true, steadyBytes: null, snapshots: [] });
  expect(found.runs).toHaveLength(1000);
  expect(found.steadyCount).toBeGreaterThan(480);
  expect(found.warnings.join()).toContain('more than 200');
  expect(await must(workspace, ...args)).toContain('In the long run');
});
