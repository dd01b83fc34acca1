import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listFolder } from '../../../../electron/engine/sources/folder/listing.ts';
import { makeWorkspace } from '../../../support/workspace.ts';

describe('a folder', () => {
  test('is listed in the order of a snapshot', async () => {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('source');
    for (const name of ['b', 'a', 'B', 'a-']) writeFileSync(workspace.path('source', name), name);
    const { names, stats } = listFolder(folder);
    expect(names).toEqual(['B', 'a', 'a-', 'b']);
    expect(names.map((_, position) => stats.at(position).size)).toEqual([1, 1, 2, 1]);
  });

  test('that has become a link to somebody else is not followed', async () => {
    await using workspace = await makeWorkspace();
    const folder = await workspace.folder('source');
    mkdirSync(workspace.path('secrets'));
    renameSync(folder, `${folder}.old`);
    symlinkSync(workspace.path('secrets'), folder);
    expect(() => listFolder(folder)).toThrow(/ENOTDIR|ELOOP/);
  });
});
