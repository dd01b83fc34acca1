import { describe, expect, test } from 'vitest';
import { ParentFolder } from '../../../../electron/engine/sources/folder/parent-folder.ts';

const start = (name: string): string => `{"name":"${name}","type":"file","mtime":"2024-01-01T00:00:00Z"`;
const tail = (character: string): string => `,"content":["${character.repeat(64)}"]}`;
const tree = (names: readonly string[]): Buffer =>
  Buffer.from(`{"nodes":[${names.map((name) => start(name) + tail('a')).join(',')}]}\n`);
const names = Array.from({ length: 500 }, (_, at) => `file ${String(at).padStart(4, '0')}`);

describe.each([64 * 1024 * 1024, 2048])('a stored folder, compared in stretches of %i bytes', (textBytes) => {
  test('matches entry by entry to its end', () => {
    const folder = new ParentFolder('id', tree(names), { textBytes });
    for (const name of names) {
      expect(folder.exhausted).toBe(false);
      expect(folder.matchNext(start(name)), name).toBe(tail('a'));
    }
    expect(folder.exhausted).toBe(true);
  });

  test('is looked up by name from the first difference on', () => {
    const folder = new ParentFolder('id', tree(names), { textBytes });
    for (const name of names.slice(0, 100)) folder.matchNext(start(name));
    expect(folder.matchNext(start('file 0099a'))).toBe(null);
    expect(folder.find('file 0099a')).toBe(undefined);
    for (const name of names.slice(100, 400)) expect(folder.find(name)?.name).toBe(name);
    expect(folder.find('zzz')).toBe(undefined);
    expect(folder.exhausted).toBe(false);
  });
});

describe('a stored folder', () => {
  test('may be larger than the longest string', () => {
    const first = Buffer.from(`{"nodes":[${start('a')}${tail('a')},`);
    const json = Buffer.alloc(2 ** 29 + 1000, ' ');
    first.copy(json);
    expect(new ParentFolder('id', json).matchNext(start('a'))).toBe(tail('a'));
  });

  test('with something else than a comma between two entries is not taken over', () => {
    for (const between of [';', ' ,', '}', '']) {
      const json = `{"nodes":[${start('a')}${tail('a')}${between}${start('b')}${tail('a')}]}`;
      expect(new ParentFolder('id', Buffer.from(json)).matchNext(start('a')), between).toBe(null);
    }
  });

  test('that is no JSON at all knows no entries, and fails nothing', () => {
    const folder = new ParentFolder('id', Buffer.from('{"nodes":[{"name":'));
    expect(folder.matchNext(start('a'))).toBe(null);
    expect(folder.find('a')).toBe(undefined);
  });
});
