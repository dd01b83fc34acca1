import { expect, test } from 'vitest';
import { escapedPlace, placeOfKey } from '../../../electron/engine/recovery/s3/disk-names.ts';

test.each([
  ['a', [], 'a'],
  ['a/b c/ü\n', ['a', 'b c'], 'ü\n'],
  ['%2F/100%', ['%2F'], '100%'],
  ['.hidden/..x', ['.hidden'], '..x'],
])('%j lies under its own name', (key, folders, name) => {
  expect(placeOfKey(key, 1)).toEqual({ folders, name, isEscaped: false });
});

test('a key that ends in a slash and holds nothing is a folder', () => {
  expect(placeOfKey('a/b/', 0)).toEqual({ folders: ['a', 'b'], name: null, isEscaped: false });
});

test.each(['a//b', '/a', 'a/../b', '../../etc/passwd', '.', 'a/.', 'a/\0', 'x'.repeat(256), 'a/', '/', '%+escaped/a'])(
  '%j is escaped, below the target',
  (key) => {
    const { folders, name, isEscaped } = placeOfKey(key, 1);
    expect(isEscaped).toBe(true);
    expect(folders[0]).toBe('%+escaped');
    for (const part of [...folders, name]) expect(part).toMatch(/^[^/\0]{1,255}$/);
    expect([...folders, name].some((part) => part === '.' || part === '..')).toBe(false);
    expect(escapedPlace(key)).toEqual(placeOfKey(key, 1));
  },
);
