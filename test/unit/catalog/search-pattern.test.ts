import { expect, test } from 'vitest';
import { parsePattern } from '../../../electron/engine/catalog/search-pattern.ts';
import { searchText } from '../../../electron/engine/catalog/search-text.ts';
import { rawFromUtf8 } from '../../../electron/engine/platform/raw-path.ts';

function matches(pattern: string, path: string): boolean {
  const parsed = parsePattern(pattern);
  const raw = rawFromUtf8(path);
  const name = raw.slice(raw.lastIndexOf('/') + 1);
  return parsed !== null && parsed.matchesName(name) && parsed.matchesPath(raw);
}

const cases: readonly (readonly [pattern: string, path: string, expected: boolean])[] = [
  ['voice', '/data/Invoice.pdf', true],
  ['VOICE', '/data/invoice.pdf', true],
  ['voice', '/invoice/letter.pdf', false],
  ['*.pdf', '/data/a.pdf', true],
  ['*.pdf', '/data/a.pdf.bak', false],
  ['a?c', '/abc', true],
  ['a?c', '/abbc', false],
  ['a?c', '/a\u{1f600}c', true],
  ['a*b*c', '/aXbYbZc', true],
  ['*', '/anything', true],
  ['\\x2a', '/a*b', true],
  ['\\x2a', '/ab', false],
  ['\\\\', '/a\\b', true],
  ['100%', '/100%', true],
  ['100%', '/1000', false],
  ['_', '/a_b', true],
  ['_', '/ab', false],
  ['été', '/e\u0301te\u0301', true],
  ['ΟΔΟΣ', '/οδος', true],
  ['οδοσ', '/ΟΔΟΣΕ', true],
  ['2024/inv', '/home/2024/invoice.pdf', true],
  ['2024/inv', '/home/x2024/invoice.pdf', true],
  ['2024/inv', '/home/2024/old/invoice.pdf', false],
  ['2024/inv', '/home/2024/my-invoice.pdf', false],
  ['2024/*.pdf', '/home/2024/invoice.pdf', true],
  ['2024/*.pdf', '/home/x2024/invoice.pdf', false],
  ['/home/*.pdf', '/home/a.pdf', true],
  ['/home/*.pdf', '/data/home/a.pdf', false],
  ['/home/**/*.pdf', '/home/a/b/c.pdf', true],
  ['/home/**/*.pdf', '/home/c.pdf', true],
  ['home/', '/my/home/anything', true],
  ['home/', '/my/home', false],
  ['a/**/b/**/c', '/x/a/b/y/z/c', true],
  ['a/**/b/**/c', '/x/a/y/z/c', false],
];

test.each(cases)('%j and %j: %j', (pattern, path, expected) => {
  expect(matches(pattern, path)).toBe(expected);
});

test('bytes that are no text are matched as bytes', () => {
  const parsed = parsePattern('\\xff');
  expect(parsed?.matchesName('a\xffb')).toBe(true);
  // U+00FF is another thing than the byte.
  expect(parsed?.matchesName(rawFromUtf8('ÿ'))).toBe(false);
  expect(parsePattern('a?b')?.matchesName('a\xffb')).toBe(true);
});

test('a pattern with NUL matches no name, for none can have it', () => {
  expect(parsePattern('a\\x00b')).toBeNull();
});

test('every literal of a pattern stands in the indexed form of each name that it matches', () => {
  for (const [pattern, path, expected] of cases) {
    if (!expected) continue;
    const name = rawFromUtf8(path.slice(path.lastIndexOf('/') + 1));
    for (const literal of parsePattern(pattern)?.literals ?? [])
      expect(`${searchText(name)}\u0001\u0001`, pattern).toContain(literal);
  }
});

test('a pattern made to take for ever takes no time to speak of', () => {
  const parsed = parsePattern(`${'*a'.repeat(400)}b`);
  expect(parsed?.matchesName('a'.repeat(4096))).toBe(false);
});

test.each([
  ['?', 1],
  ['??', 2],
  ['a?\u{1f600}', 3],
  ['?*', null],
  ['ab', null],
])('a pattern without stars, as %s, knows how many characters a name has that it matches', (pattern, characters) => {
  expect(parsePattern(pattern)?.characters).toBe(characters);
});
