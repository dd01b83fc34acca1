/** Drills of folders by command: a part at a time, with damage, its repair, and what is left afterwards. */
import { cpSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drillSchema, drilledSourceSchema } from '../../../shared/contract/drills.ts';
import { evidenceOfDrills } from '../../support/drills.ts';
import { expectDone } from '../../support/expect-clean.ts';
import { noise } from '../../support/odd-tree.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';

const kib = 1024;

async function makeScene(workspace: Workspace): Promise<string> {
  const source = await workspace.folder('source');
  for (let at = 0; at < 40; at++) writeFileSync(join(source, `file-${at}`), noise(8 * kib, `file ${at}`));
  workspace.init();
  expectDone(await workspace.here(['source', 'add', 'folder', '--name', 'docs', '--set', `path=${source}`]));
  expectDone(await workspace.here(['protect', 'docs']));
  return source;
}

/** Names, sizes and all times but that of the last look. */
function stateOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const { ino, size, mtimeMs, ctimeMs, atimeMs } = statSync(join(folder, name));
      return [name, ino, size, mtimeMs, ctimeMs, atimeMs].join(' ');
    });
}

/** Of drills, and of the restores that they are made of. */
function placesLeft({ home }: Workspace): readonly string[] {
  const folders = ['drills', 'restores'].map((name) => join(home, 'holdfast', name));
  return folders.flatMap((folder) => (existsSync(folder) ? readdirSync(folder) : []));
}

test('parts of a folder have their turn until all was brought back, and the source is not touched', async () => {
  await using workspace = await makeWorkspace();
  const source = await makeScene(workspace);
  const before = stateOf(source);
  let items = 0;
  for (let turn = 0; turn < 4; turn++) {
    const drill = expectDone(await workspace.here(['drill', 'run', 'docs', '--sample', '80KiB', '--json'])).json(
      drillSchema,
    );
    expect(drill).toMatchObject({
      state: 'passed',
      how: 'sample',
      place: 'folder',
      left: 0,
      wholeItems: 40,
      items: 10,
    });
    expect(drill.checks.map(({ id, result }) => [id, result])).toEqual([
      ['manifest', 'good'],
      ['source', 'good'],
    ]);
    expect(drill.rto?.basis).toBe('estimated');
    expect(drill.evidence).not.toBeNull();
    items += drill.items;
  }
  expect(items).toBe(40);
  const [docs] = (await workspace.here(['drill', 'schedule', '--json'])).json(drilledSourceSchema.array());
  expect(docs?.coverage).toBeGreaterThan(0.9);
  const whole = expectDone(await workspace.here(['drill', 'run', 'docs', '--sample', 'whole', '--json'])).json(
    drillSchema,
  );
  expect(whole).toMatchObject({ isWhole: true, items: 40, bytes: 40 * 8 * kib, rto: { basis: 'measured' } });
  expect(stateOf(source)).toEqual(before);
  expect(placesLeft(workspace)).toEqual([]);
  expect(evidenceOfDrills(workspace)).toBe(5);
});

test('what is damaged fails a drill, which is repeated until a repair has mended it', async () => {
  await using workspace = await makeWorkspace();
  await makeScene(workspace);
  const good = workspace.path('good');
  cpSync(workspace.repository, good, { recursive: true });
  const packs = readdirSync(join(workspace.repository, 'data'), { recursive: true, encoding: 'utf8' })
    .map((name) => join(workspace.repository, 'data', name))
    .filter((path) => statSync(path).size > 100 * kib);
  for (const pack of packs) {
    const bytes = readFileSync(pack);
    for (let at = 100; at < bytes.length - 4 * kib; at += kib) bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(pack, bytes);
  }
  const run = ['drill', 'run', 'docs', '--sample', '80KiB', '--json'];
  for (let turn = 0; turn < 2; turn++) {
    const failed = await workspace.here(run);
    expect(failed.code).toBe(1);
    const drill = failed.json(drillSchema);
    expect(drill).toMatchObject({ state: 'failed', left: 0, rto: null });
    expect(drill.checks.find(({ id }) => id === 'manifest')?.result).toBe('bad');
  }
  expectDone(await workspace.here(['repair', '--from', good]));
  expect(expectDone(await workspace.here(run)).json(drillSchema)).toMatchObject({ state: 'passed', items: 10 });
  expect(placesLeft(workspace)).toEqual([]);
});

test('drills do not go where something is protected, and the settings say so', async () => {
  await using workspace = await makeWorkspace();
  const source = await makeScene(workspace);
  expectDone(await workspace.here(['setting', 'set', 'drills.folder', join(source, 'scratch')]));
  const refused = await workspace.here(['drill', 'run', 'docs', '--json']);
  expect(refused.json(drillSchema)).toMatchObject({ state: 'failed', error: { code: 'DRILL_NOT_ISOLATED' }, left: 0 });
  expect(readdirSync(source)).toHaveLength(40);
});
