import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { forgetPosition } from '../../../electron/engine/catalog/intervals.ts';
import type { Scope } from '../../../electron/engine/catalog/operations.ts';
import { keepStatements } from '../../../electron/engine/catalog/statements.ts';

test('wherever it is cut off to forget a source, no path stands without its folder', () => {
  const db = new Database(':memory:');
  db.exec(`CREATE TABLE paths (id INTEGER PRIMARY KEY, source INTEGER, parent INTEGER, name BLOB);
    CREATE TABLE path_names (name TEXT);
    CREATE TABLE versions (path INTEGER, first INTEGER, last INTEGER);`);
  const add = db.prepare('INSERT INTO paths (source, parent, name) VALUES (?, ?, ?)');
  // A root, ten folders and fifty files in each.
  add.run(1, -1, Buffer.from(''));
  for (let folder = 0; folder < 10; folder++) {
    const { lastInsertRowid } = add.run(1, 1, Buffer.from(`folder ${folder}`));
    for (let file = 0; file < 50; file++) add.run(1, lastInsertRowid, Buffer.from(`file ${file}`));
  }
  const orphans = db.prepare('SELECT count(*) FROM paths WHERE parent > 0 AND parent NOT IN (SELECT id FROM paths)');
  const left = db.prepare('SELECT count(*) FROM paths');
  const scope = { db, sql: keepStatements(db) } as unknown as Scope;
  let steps = 0;
  for (const _step of forgetPosition(scope, 1, { position: 1, previous: null, next: null })) {
    steps += 1;
    expect(orphans.pluck().get(), `after step ${steps}`).toBe(0);
  }
  expect(steps).toBeGreaterThan(5);
  expect(left.pluck().get()).toBe(0);
  db.close();
});
