import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  baseRaw,
  dirRaw,
  displayRaw,
  fsPath,
  joinRaw,
  rawFromDisplay,
  rawFromUtf8,
} from '../../../electron/engine/platform/raw-path.ts';

const anyRaw = fc
  .array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x5c, 0x78, 0x2f, 0xe2, 0x80, 0xa8, 0xc2, 0x39)))
  .map((bytes) => String.fromCharCode(...bytes));
const anyText = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));

test('any bytes come back from their display form', () => {
  fc.assert(
    fc.property(anyRaw, (raw) => {
      expect(rawFromDisplay(displayRaw(raw))).toBe(raw);
    }),
    { numRuns: 2_000 },
  );
});

test('any UTF-8 text comes back from its display form', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const raw = rawFromUtf8(text);
      expect(rawFromDisplay(displayRaw(raw))).toBe(raw);
    }),
  );
});

test('a display form holds no control characters, line separators or lone surrogates', () => {
  fc.assert(
    fc.property(fc.oneof(anyRaw, anyText.map(rawFromUtf8)), (raw) => {
      const shown = displayRaw(raw);
      // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffd]/);
      expect(shown.isWellFormed()).toBe(true);
    }),
  );
});

test('a UTF-8 path without backslashes parses to itself', () => {
  fc.assert(
    fc.property(
      anyText.filter((text) => !text.includes('\\')),
      (text) => {
        expect(Buffer.from(rawFromDisplay(text), 'latin1')).toEqual(Buffer.from(text, 'utf8'));
      },
    ),
  );
});

test.each([
  ['plain/file.txt', 'plain/file.txt'],
  ['', ''],
  ['caf\u00c3\u00a9', 'café'],
  ['\u00f0\u009f\u0098\u0080', '😀'],
  ['caf\u00e9', 'caf\\xe9'],
  ['\u00e2(', '\\xe2('],
  ['new\nline\ttab', 'new\\x0aline\\x09tab'],
  ['del\u007f', 'del\\x7f'],
  ['c1\u00c2\u0085', 'c1\\xc2\\x85'],
  ['a\\b', 'a\\\\b'],
  ['\\x41', '\\\\x41'],
  ['overlong\u00c0\u00af', 'overlong\\xc0\\xaf'],
  ['surrogate\u00ed\u00a0\u0080', 'surrogate\\xed\\xa0\\x80'],
  ['beyond\u00f4\u0090\u0080\u0080', 'beyond\\xf4\\x90\\x80\\x80'],
  ['line\u00e2\u0080\u00a8', 'line\\xe2\\x80\\xa8'],
  ['gpj\u00e2\u0080\u00ae.exe', 'gpj\\xe2\\x80\\xae.exe'],
  ['bom\u00ef\u00bb\u00bf', 'bom\ufeff'],
  ['lost\u00ef\u00bf\u00bd', 'lost\\xef\\xbf\\xbd'],
])('%j is shown as %j', (raw, shown) => {
  expect(displayRaw(raw)).toBe(shown);
  expect(rawFromDisplay(shown)).toBe(raw);
});

test('what is typed with a stray backslash or with capital digits is understood', () => {
  expect(rawFromDisplay('a\\b')).toBe('a\\b');
  expect(rawFromDisplay('end\\')).toBe('end\\');
  expect(rawFromDisplay('\\x4')).toBe('\\x4');
  expect(rawFromDisplay('\\xE9')).toBe('\u00e9');
});

test('fs takes strings for ASCII and bytes for the rest, and both name the right file', () => {
  expect(fsPath('/a/b')).toBe('/a/b');
  expect(fsPath('/caf\u00e9')).toEqual(Buffer.from([0x2f, 0x63, 0x61, 0x66, 0xe9]));

  const dir = mkdtempSync(join(tmpdir(), 'holdfast-raw-'));
  try {
    for (const name of ['plain', 'bad\u00ff\u00fe', rawFromUtf8('été')]) writeFileSync(fsPath(joinRaw(dir, name)), '');
    const names = readdirSync(dir, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
    expect(names.toSorted()).toEqual(['bad\u00ff\u00fe', 'plain', rawFromUtf8('été')].toSorted());
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.each([
  ['/a/b', '/a', 'b'],
  ['/a', '/', 'a'],
  ['a', '', 'a'],
  ['a/b', 'a', 'b'],
  ['a//b/', 'a', 'b'],
  ['//a', '/', 'a'],
  ['/', '/', ''],
  ['', '', ''],
])('%j lies in %j under the name %j', (path, dir, base) => {
  expect(dirRaw(path)).toBe(dir);
  expect(baseRaw(path)).toBe(base);
});

test('joining puts one slash between directory and name', () => {
  expect(joinRaw('/', 'a')).toBe('/a');
  expect(joinRaw('/a', 'b')).toBe('/a/b');
  expect(joinRaw('', 'b')).toBe('b');
});
