import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  encodeFact,
  encodeSnapshot,
  readFact,
  readFacts,
  type SnapshotFile,
} from '../../../electron/engine/repository/format/snapshot.ts';
import { listSnapshots, resolveReference, type StoredSnapshot } from '../../../electron/engine/repository/snapshots.ts';
import { makeLocalPlace, makeRepository } from '../../support/local-place.ts';

const id = 'ab'.repeat(32);
const plain: SnapshotFile = {
  time: '2024-05-06T07:08:09.123456789Z',
  tree: id,
  paths: ['/home/ann'],
  hostname: 'desk',
  username: 'ann',
  uid: 1000,
  gid: 1001,
  excludes: [],
  tags: [],
};

describe('the JSON of a snapshot, as restic writes it', () => {
  test('leaves out what is empty or zero', () => {
    expect(encodeSnapshot({ ...plain, uid: 0, gid: 0 }).toString()).toBe(
      `{"time":"2024-05-06T07:08:09.123456789Z","tree":"${id}","paths":["/home/ann"],"hostname":"desk","username":"ann"}\n`,
    );
  });

  test('has every field in its order', () => {
    const all: SnapshotFile = {
      program_version: 'holdfast 0.1.0',
      original: id,
      parent: id,
      ...plain,
      tags: ['a', 'b'],
      excludes: ['*.tmp'],
    };
    expect(encodeSnapshot(all).toString()).toBe(
      `{"time":"2024-05-06T07:08:09.123456789Z","parent":"${id}","tree":"${id}","paths":["/home/ann"],` +
        `"hostname":"desk","username":"ann","uid":1000,"gid":1001,"excludes":["*.tmp"],"tags":["a","b"],` +
        `"original":"${id}","program_version":"holdfast 0.1.0"}\n`,
    );
  });
});

describe('a fact in a tag', () => {
  test.each([
    ['plain', 'holdfast:source=plain'],
    ['a,b', 'holdfast:source=a%2Cb'],
    ['100%', 'holdfast:source=100%25'],
    ['%2C', 'holdfast:source=%252C'],
    ['%252C,%', 'holdfast:source=%25252C%2C%25'],
    ['', 'holdfast:source='],
    ['a=b', 'holdfast:source=a=b'],
  ])('%j is %s', (value, tag) => {
    expect(encodeFact('source', value)).toBe(tag);
    expect(readFact([tag], 'source')).toBe(value);
  });

  test('comes back, whatever it says, and has no comma', () => {
    const tricky = fc.array(fc.constantFrom('%', ',', '2', '5', 'C', 'c', '=', 'x')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(tricky, fc.string({ unit: 'grapheme' })), (value) => {
        const tag = encodeFact('source', value);
        expect(tag).not.toContain(',');
        expect(readFact([tag], 'source')).toBe(value);
      }),
    );
  });

  test('is not taken for another, nor for what a person wrote', () => {
    const tags = ['source=x', 'holdfast:sources=x', 'Holdfast:source=x', encodeFact('status', 'complete')];
    expect(readFact(tags, 'source')).toBeUndefined();
    expect(readFact(tags, 'status')).toBe('complete');
    expect(readFacts([encodeFact('incomplete', 'a'), 'b', encodeFact('incomplete', 'c')], 'incomplete')).toEqual([
      'a',
      'c',
    ]);
  });
});

describe('stored snapshots', () => {
  test('come back as they were saved', async () => {
    await using place = await makeLocalPlace();
    const repository = await makeRepository(place);
    const full: SnapshotFile = { ...plain, parent: id, tags: ['mine', encodeFact('source', 'a,b 100%')] };
    const saved = await repository.saveSnapshot(full);
    expect(await repository.loadSnapshot(saved)).toEqual(full);
  });

  test('of restic are read, whatever it left out or put in', async () => {
    await using place = await makeLocalPlace();
    const repository = await makeRepository(place);
    const json = { time: plain.time, tree: id, paths: null, later: 1, summary: { files_new: 'many' } };
    const saved = await repository.saveUnpacked('snapshots', Buffer.from(JSON.stringify(json)));
    expect(await repository.loadSnapshot(saved)).toMatchObject({ tree: id, paths: [], tags: [], excludes: [] });
  });

  test.each([
    ['no tree', { ...plain, tree: undefined }],
    ['null as tree', { ...plain, tree: null }],
    ['a tree that is a path', { ...plain, tree: '../x' }],
    ['no time', { ...plain, time: undefined }],
    ['a negative owner', { ...plain, uid: -1 }],
    ['tags that are no list', { ...plain, tags: 'a,b' }],
    ['a list', [plain]],
    ['null', null],
  ])('that say %s are damaged', async (_what, json) => {
    await using place = await makeLocalPlace();
    const repository = await makeRepository(place);
    const saved = await repository.saveUnpacked('snapshots', Buffer.from(JSON.stringify(json)));
    await expect(repository.loadSnapshot(saved)).rejects.toMatchObject({ code: 'STORED_FILE_DAMAGED' });
  });

  test('are listed oldest first; those that cannot be read are named and hide no other', async () => {
    await using place = await makeLocalPlace();
    const repository = await makeRepository(place);
    const save = (time: string, tags: string[] = []) => repository.saveSnapshot({ ...plain, time, tags });
    const late = await save('2024-03-01T01:30:00+01:00');
    const early = await save('2024-02-29T23:59:59.9Z');
    const later = await save('2024-03-01T00:30:00.001Z', [encodeFact('source', 'documents')]);
    await save('2024-04-01T00:00:00Z', [encodeFact('kind', 'configuration')]);
    const timeless = await save('yesterday');
    const damaged = await save('2024-01-01T00:00:00Z');
    const file = join(place.folder, 'snapshots', damaged);
    chmodSync(file, 0o600);
    writeFileSync(file, 'damaged');
    const { snapshots, unreadable } = await listSnapshots(repository);
    expect(snapshots.map((snapshot) => snapshot.id)).toEqual([early, late, later]);
    expect(snapshots.map(({ source }) => source)).toEqual(['/home/ann', '/home/ann', 'documents']);
    expect(snapshots[0]?.takenAtMs).toBe(Date.UTC(2024, 1, 29, 23, 59, 59, 900));
    expect(unreadable.map(({ path, code }) => `${path} ${code}`).sort()).toEqual(
      [`snapshots/${timeless} STORED_FILE_DAMAGED`, `snapshots/${damaged} STORED_FILE_DAMAGED`].sort(),
    );
  });
});

describe('what a person types for a snapshot', () => {
  const stored = (name: string, source: string, takenAtMs: number): StoredSnapshot => ({
    id: name.padEnd(64, '0'),
    file: plain,
    takenAtMs,
    source,
  });
  const [a, b, c] = [stored('abc1', 'one', 1), stored('abc2', 'two', 2), stored('def', 'one', 3)];
  const all = [a, b, c];
  const codeOf = (reference: string, source?: string): unknown => {
    try {
      return resolveReference(all, reference, source);
    } catch (error) {
      return (error as { code?: unknown }).code;
    }
  };

  test.each([
    ['latest', undefined, c, null],
    ['latest', 'two', b, null],
    ['abc1', undefined, a, null],
    [a.id, undefined, a, null],
    ['abc', 'two', b, null],
    ['d', undefined, c, null],
    ['d:', undefined, c, null],
    ['d:/home/x', undefined, c, '/home/x'],
    ['latest:/a:b', undefined, c, '/a:b'],
  ])('%s, of source %s', (reference, source, snapshot, path) => {
    expect(resolveReference(all, reference, source)).toEqual({ snapshot, path });
  });

  test.each([
    ['abc', undefined, 'SNAPSHOT_AMBIGUOUS'],
    ['', undefined, 'SNAPSHOT_NOT_FOUND'],
    [':/path', undefined, 'SNAPSHOT_NOT_FOUND'],
    ['fff', undefined, 'SNAPSHOT_NOT_FOUND'],
    ['ABC1', undefined, 'SNAPSHOT_NOT_FOUND'],
    ['def', 'two', 'SNAPSHOT_NOT_FOUND'],
    ['latest', 'three', 'SNAPSHOT_NOT_FOUND'],
    ['../abc1', undefined, 'SNAPSHOT_NOT_FOUND'],
    ['ab'.repeat(33), undefined, 'SNAPSHOT_NOT_FOUND'],
  ])('%s, of source %s, is %s', (reference, source, code) => {
    expect(codeOf(reference, source)).toBe(code);
  });
});
