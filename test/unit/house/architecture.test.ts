import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { importTable } from '../../house/import-table.ts';

const checkout = join(import.meta.dirname, '../../..');
const map = readFileSync(join(checkout, 'docs', 'ARCHITECTURE.md'), 'utf8');
const files = globSync(['{shared,electron,renderer,packaging,test}/**/*.{ts,tsx,mjs}', '*.ts', '.ci/*'], {
  cwd: checkout,
});
/** What stands in the first column of the table of rooms. */
const rows = new Set(
  [...map.matchAll(/^\| (`[^|]*`) +\|/gm)].flatMap(([, cell = '']) => cell.match(/[\w./<>-]+/g) ?? []),
);

test('every room below the engine has its row, and every row its room', () => {
  const folders = new Set(files.map((file) => `${file.split('/').slice(0, -1).join('/')}/`));
  const rooms = [...folders].filter((folder) => /^electron\/engine\/[\w-]+\/(?:[\w-]+\/)?$/.test(folder));
  // What lies in api/ and migrations/ is told with the room it belongs to.
  const untold = rooms.filter((room) => !rows.has(room) && !/\/api\/|\/migrations\//.test(room));
  expect(untold).toEqual([]);
  const isThere = (row: string): boolean => files.some((file) => file.startsWith(row.replace('<area>/', '')));
  expect([...rows].filter((row) => row.startsWith('electron/') && !isThere(row))).toEqual([]);
});

test('every file that the map names is there', () => {
  const named = [...map.matchAll(/`([\w./-]+\.(?:ts|tsx|mjs))`/g)].map(([, name = '']) => name);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((name) => !files.some((file) => file === name || file.endsWith(`/${name}`)))).toEqual([]);
});

test('every entry and room of the import table is there', () => {
  const plain = importTable.map(({ name }) => name).filter((name) => !name.endsWith('/*'));
  expect(plain.filter((name) => !files.some((file) => file === name || file.startsWith(`${name}/`)))).toEqual([]);
});

/** A file that needs a table of contents is two files. These are known to be long; the list only becomes shorter. */
const long: Readonly<Record<string, number>> = {
  'electron/engine/recovery/restore-walk.ts': 440,
  'electron/engine/connections/connections.ts': 420,
  'electron/desktop/desktop.ts': 420,
  'electron/engine/sources/folder/capture-walk.ts': 420,
  'electron/engine/recovery/data-worker.ts': 420,
  'electron/engine/platform/libc.ts': 420,
  'electron/engine/repository/blob-index.ts': 480,
};

test('no file of the program is longer than a reader keeps in mind', () => {
  const most = 400;
  const found = files
    .filter((file) => /^(?:shared|electron|renderer)\//.test(file))
    .map((file) => ({ file, lines: readFileSync(join(checkout, file), 'utf8').split('\n').length - 1 }))
    .filter(({ file, lines }) => lines > (long[file] ?? most));
  expect(found).toEqual([]);
});
