import { expect, test } from 'vitest';
import { openFile, type Database } from '../../../electron/engine/catalog/sqlite.ts';
import { Slices, type Task } from '../../../electron/engine/catalog/slices.ts';
import { makeCatalogHome } from '../../support/catalog-home.ts';

async function withSlices(body: (slices: Slices, db: Database) => Promise<void>): Promise<void> {
  await using place = await makeCatalogHome();
  const catalog = place.open();
  await catalog.read('repositories.list', { tenant: 't', actor: 'a' }, null);
  await catalog.close();
  const db = openFile(place.file, { readonly: false });
  db.exec('CREATE TABLE log (word TEXT)');
  await body(new Slices(db), db);
  db.close();
}

const words = (db: Database): unknown[] => db.prepare('SELECT word FROM log ORDER BY rowid').pluck().all();
const log = (db: Database, word: string) => db.prepare('INSERT INTO log VALUES (?)').run(word);
const ask = (slices: Slices, lane: string, start: () => unknown): Promise<unknown> =>
  new Promise((resolve, reject) => {
    slices.add({ lane, start, onDone: resolve, onFailure: reject } satisfies Task);
  });

/** Work that fills several slices. */
function* long(db: Database, word: string, steps: number): Generator<void, string> {
  for (let step = 0; step < steps; step++) {
    log(db, word);
    const until = performance.now() + 4;
    while (performance.now() < until);
    yield;
  }
  return word;
}

test('a short change does not wait for the end of a long one', async () => {
  await withSlices(async (slices, db) => {
    const order: unknown[] = [];
    const slow = ask(slices, 'a', () => long(db, 'slow', 40)).then((value) => order.push(value));
    const quick = ask(slices, 'b', () => log(db, 'quick')).then(() => order.push('quick'));
    await Promise.all([slow, quick]);
    expect(order).toEqual(['quick', 'slow']);
    expect(slices.figures.transactions).toBeGreaterThan(2);
  });
});

test('two long changes take turns', async () => {
  await withSlices(async (slices, db) => {
    await Promise.all([ask(slices, 'a', () => long(db, 'a', 20)), ask(slices, 'b', () => long(db, 'b', 20))]);
    const turns = words(db).filter((word, at, all) => word !== all[at - 1]);
    expect(turns.length).toBeGreaterThan(4);
  });
});

test('changes of one lane run one after the other', async () => {
  await withSlices(async (slices, db) => {
    await Promise.all([ask(slices, 'same', () => long(db, 'a', 10)), ask(slices, 'same', () => long(db, 'b', 10))]);
    expect(words(db).join('')).toBe('a'.repeat(10) + 'b'.repeat(10));
  });
});

test('a change that fails leaves nothing of its transaction, and the next one runs', async () => {
  await withSlices(async (slices, db) => {
    const failing = ask(slices, 'a', () => {
      log(db, 'half');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await ask(slices, 'a', () => log(db, 'whole'));
    expect(words(db)).toEqual(['whole']);
  });
});

test('idle comes when all is done', async () => {
  await withSlices(async (slices, db) => {
    await slices.idle();
    void ask(slices, 'a', () => long(db, 'a', 12));
    await slices.idle();
    expect(words(db)).toHaveLength(12);
  });
});
