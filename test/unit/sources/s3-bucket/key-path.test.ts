import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOfPath, longestName, pathOfKey } from '../../../../electron/engine/sources/s3-bucket/key-path.ts';

const namesOf = (key: string): string[] => {
  const { folders, name } = pathOfKey(key);
  return [...folders.map((folder) => folder.name), name];
};
const raw = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const piece = fc.constantFrom(
  'a',
  'b',
  '/',
  '//',
  '.',
  '..',
  '%',
  '%2F',
  '%+',
  '+',
  ' ',
  'ü',
  '\u0000',
  '\n',
  'x'.repeat(239),
  'y'.repeat(260),
);
const key = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => raw(pieces.join('')));

describe('a key as a path', () => {
  test('is the key again', () => {
    fc.assert(fc.property(key, (one) => keyOfPath(namesOf(one)) === one));
  });

  test('has names that every file system takes', () => {
    fc.assert(
      fc.property(key, (one) => {
        for (const name of namesOf(one)) {
          expect(name).toMatch(/^[!-~ ]+$/);
          expect(name).not.toMatch(/^\.{1,2}$|[/\\:*?"<>|]|[. ]$/);
          expect(name.length).toBeLessThanOrEqual(longestName);
        }
      }),
    );
  });

  test('shares no path with another, nor stands where another has a folder', () => {
    fc.assert(
      fc.property(key, key, (one, another) => {
        fc.pre(one !== another);
        const [first, second] = [namesOf(one), namesOf(another)];
        expect(first.join('\n')).not.toBe(second.join('\n'));
        const [shorter, longer] = first.length < second.length ? [first, second] : [second, first];
        if (shorter.length < longer.length) expect(longer.slice(0, shorter.length)).not.toEqual(shorter);
      }),
    );
  });

  test.each([
    ['a/b', ['a%2F', 'b']],
    ['a', ['a']],
    ['a/', ['a%2F', '%']],
    ['//x', ['%2F', '%2F', 'x']],
    ['..', ['.%2E']],
    ['100%', ['100%25']],
  ])('%j is %j', (one, names) => {
    expect(namesOf(one)).toEqual(names);
  });
});
