import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { foundPathSchema, pathVersionSchema, rebuildResultSchema } from '../../../shared/contract/catalog.ts';
import { diffEntrySchema, diffSummarySchema } from '../../../shared/contract/diff.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const foundSchema = z.array(foundPathSchema);
const diffSchema = z.object({ entries: z.array(diffEntrySchema), summary: diffSummarySchema });

async function protectedTwice(): Promise<{ workspace: Workspace; source: string }> {
  const workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  mkdirSync(join(source, 'letters'));
  writeFileSync(join(source, 'letters', 'Invoice 1.txt'), 'one');
  writeFileSync(join(source, 'notes'), 'old');
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  rmSync(join(source, 'letters', 'Invoice 1.txt'));
  writeFileSync(join(source, 'notes'), 'newer');
  writeFileSync(join(source, 'added'), 'x');
  expectDone(await workspace.here(['protect', source]));
  return { workspace, source };
}

async function find(workspace: Workspace, ...args: string[]): Promise<string[]> {
  const result = expectDone(await workspace.here(['find', ...args, '--json']));
  return result.json(foundSchema).map(({ path, current }) => `${path}${current ? '' : ' (gone)'}`);
}

test('what was protected is found, in words and as JSON, with its versions and differences', async () => {
  const { workspace, source } = await protectedTwice();
  await using _ = workspace;
  expect(await find(workspace, 'invoice')).toEqual([`${source}/letters/Invoice 1.txt (gone)`]);
  expect(await find(workspace, 'invoice', '--snapshot', 'latest')).toEqual([]);
  expect(await find(workspace, '*', '--limit', '2')).toHaveLength(2);
  const words = expectDone(await workspace.here(['find', 'letters/inv']));
  expect(words.stdout).toMatch(/gone since .*letters\/Invoice 1\.txt\n1 path\n$/s);
  expect(expectDone(await workspace.here(['find', 'nowhere'])).stdout).toBe('Nothing found.\n');

  const versions = await workspace.here(['versions', 'notes', '--json'], { cwd: source });
  expect(versions.json(z.array(pathVersionSchema)).map(({ size, current }) => [size, current])).toEqual([
    [5, true],
    [3, false],
  ]);
  const none = await workspace.here(['versions', '/nowhere', '--json']);
  expect(none.code).toBe(1);
  expect(none.error().code).toBe('PATH_NOT_IN_SNAPSHOT');

  const snapshots = await workspace.here(['snapshots', '--json']);
  const [before = '', after = ''] = snapshots.json(z.array(z.looseObject({ id: z.string() }))).map(({ id }) => id);
  const { entries, summary } = expectDone(await workspace.here(['diff', before, after, '--json'])).json(diffSchema);
  expect(entries.map(({ change, path }) => `${change} ${path.slice(source.length)}`)).toEqual([
    'added /added',
    'removed /letters/Invoice 1.txt',
    'changed /notes',
  ]);
  expect(summary).toMatchObject({ added: 1, removed: 1, changed: 1, typeChanged: 0, addedBytes: 6, removedBytes: 6 });
  expect(expectDone(await workspace.here(['diff', after, 'latest'])).stdout).toBe('The snapshots are equal.\n');
});

test('without a catalog, find says that it makes one, and gives the same answer', async () => {
  const { workspace, source } = await protectedTwice();
  await using _ = workspace;
  rmSync(workspace.path('home', 'holdfast', 'catalog.db'));
  const result = expectDone(await workspace.here(['find', 'invoice', '--json']));
  expect(result.stderr).toContain('2 snapshots are not in the catalog yet');
  expect(result.json(foundSchema).map(({ path }) => path)).toEqual([`${source}/letters/Invoice 1.txt`]);
});

test('a damaged catalog is set aside with a notice, and filled again', async () => {
  const { workspace } = await protectedTwice();
  await using _ = workspace;
  const home = workspace.path('home', 'holdfast');
  writeFileSync(join(home, 'catalog.db'), 'no database');
  const result = expectDone(await workspace.here(['rebuild-catalog', '--json']));
  expect(result.stderr).toContain('was set aside as');
  expect(result.json(rebuildResultSchema)).toMatchObject({ indexed: 2, searchable: 2, issues: [] });
  expect(readdirSync(home).filter((name) => name.startsWith('catalog.db.damaged-'))).toHaveLength(1);
});

test('a catalog that cannot be written fails no protect; the next run catches up', async () => {
  await using workspace = await makeWorkspace();
  const source = await workspace.folder('source');
  writeFileSync(join(source, 'file'), 'x');
  workspace.init();
  expectDone(await workspace.here(['protect', source]));
  const file = workspace.path('home', 'holdfast', 'catalog.db');
  for (const part of [file, `${file}-wal`, `${file}-shm`]) rmSync(part, { force: true });
  mkdirSync(file, { recursive: true });
  writeFileSync(join(source, 'second'), 'x');
  const blocked = expectDone(await workspace.here(['protect', source]));
  expect(blocked.stderr).toContain('The snapshot is stored, but not in the catalog yet');
  rmSync(file, { recursive: true });
  const found = expectDone(await workspace.here(['find', 'second']));
  expect(found.stdout).toContain(join(source, 'second'));
  writeFileSync(join(source, 'third'), 'x');
  expectDone(await workspace.here(['protect', source]));
  const again = expectDone(await workspace.here(['rebuild-catalog', '--json']));
  expect(again.json(rebuildResultSchema)).toMatchObject({ indexed: 0, searchable: 3 });
});
