import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { rawFromUtf8 } from '../../../../electron/engine/platform/raw-path.ts';
import { compileExcludes, isCacheDirectory } from '../../../../electron/engine/sources/folder/excludes.ts';

const isFileExcluded = (patterns: readonly string[], path: string, root?: string): boolean =>
  compileExcludes(patterns, root === undefined ? {} : { root }).matches(path, false);

const charactersOf = (text: string): string[] => Array.from(text);

describe('patterns', () => {
  test.each([
    ['*.tmp', 'a/b/x.tmp', true],
    ['*.tmp', 'a/b/x.TMP', false],
    ['/build', 'build', true],
    ['/build', 'sub/build', false],
    ['logs/', 'logs', false],
    ['logs/', 'logs/today', true],
    ['a/**/z', 'a/b/c/z', true],
    ['node_modules', 'deep/node_modules/pkg/index.js', true],
    ['\\!important', '!important', true],
    ['\\#1', '#1', true],
    ['# a comment', '# a comment', false],
    ['   ', '   ', false],
    ['', 'anything', false],
    ['/', 'anything', false],
  ])('%j on the file %j: %s', (pattern, path, excluded) => {
    expect(isFileExcluded([pattern], path)).toBe(excluded);
  });

  test('a pattern with a trailing slash means directories only', () => {
    const excludes = compileExcludes(['logs/']);
    expect(excludes.matches('logs', true)).toBe(true);
    expect(excludes.matches('logs', false)).toBe(false);
  });

  test('a later pattern brings back what an earlier one left out', () => {
    const patterns = ['*.log', '!keep.log'];
    expect(isFileExcluded(patterns, 'a.log')).toBe(true);
    expect(isFileExcluded(patterns, 'a/keep.log')).toBe(false);
  });

  test('nothing comes back from below a directory that is left out', () => {
    expect(isFileExcluded(['cache/', '!cache/keep'], 'cache/keep')).toBe(true);
  });

  test('no patterns leave nothing out', () => {
    expect(isFileExcluded([], 'a')).toBe(false);
    expect(compileExcludes(['', '# only a comment'])).toBe(compileExcludes([]));
  });

  test('answers stay right over more paths than are remembered', () => {
    const excludes = compileExcludes(['*.tmp', '!*7.tmp', 'cache/']);
    for (let index = 0; index < 25_000; index += 1) {
      expect(excludes.matches(`d${index % 50}/f${index}.tmp`, false)).toBe(index % 10 !== 7);
      expect(excludes.matches(`d${index % 50}/cache/f${index}`, false)).toBe(true);
    }
  });
});

describe('names', () => {
  test.each([
    ['..foo', '..foo', true],
    ['*', '...', true],
    ['.hidden', './.hidden', true],
    ['a/b', 'a//b', true],
    ['a/b', './a/./b/', true],
    ['\\ \\ ', '  ', true],
    ['*.log', '  .log', true],
    ['a\\\\b', 'a\\b', true],
    ['b', 'a\\b', false],
    ['*.txt', 'two\nlines.txt', true],
    ['lines.txt', 'two\nlines.txt', false],
    ['two\nlines.txt', 'two\nlines.txt', true],
    ['__proto__', '__proto__', true],
    ['*.js', 'constructor', false],
    ['café', rawFromUtf8('café'), true],
    ['caf?', rawFromUtf8('café'), true],
    ['caf[é]', rawFromUtf8('café'), true],
  ])('%j on %j: %s', (pattern, path, excluded) => {
    expect(isFileExcluded([pattern], path)).toBe(excluded);
  });

  test.each(['', '.', './', '/', '..', '../x', 'a/../../x', '/x'])('%j is not below the root, and stays', (path) => {
    expect(isFileExcluded(['*', '**', 'x', '/x'], path)).toBe(false);
  });

  test('bytes that are not UTF-8 match wildcards and no letter', () => {
    const latin1 = 'caf\u00e9.log';
    expect(isFileExcluded(['*.log'], latin1)).toBe(true);
    expect(isFileExcluded(['caf?.log'], latin1)).toBe(true);
    expect(isFileExcluded(['caf[!x].log'], latin1)).toBe(true);
    for (const pattern of ['café.log', 'cafÃ©.log', 'caf\ufffd.log', 'caf[é].log', 'caf[\ufffd💀😀].log']) {
      expect(isFileExcluded([pattern], latin1)).toBe(false);
    }
    expect(isFileExcluded(['caf\ufffd.log'], rawFromUtf8('caf\ufffd.log'))).toBe(true);
  });

  test('no pattern and no name make it throw', () => {
    const anyPattern = fc.string({
      unit: fc.constantFrom(...charactersOf('ab*?[]!\\/. #{}()^$|+-:\n\r\t é\ufeff💀\ue000')),
    });
    const anyRaw = fc
      .array(fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(0x2e, 0x2f, 0x5c, 0x20, 0x61)))
      .map((bytes) => String.fromCharCode(...bytes));
    fc.assert(
      fc.property(fc.array(anyPattern, { maxLength: 4 }), anyRaw, fc.boolean(), (patterns, path, isDirectory) => {
        expect(compileExcludes(patterns, { root: '/a' }).matches(path, isDirectory)).toBeTypeOf('boolean');
      }),
      { numRuns: 2_000 },
    );
  });

  test('names without wildcards leave out exactly themselves', () => {
    const name = fc
      .string({ minLength: 1, unit: fc.constantFrom(...charactersOf('aB.é💀-_')) })
      .filter((text) => !/^\.+$/.test(text));
    fc.assert(
      fc.property(name, name, (pattern, other) => {
        expect(isFileExcluded([pattern], rawFromUtf8(other))).toBe(pattern === other);
      }),
    );
  });
});

describe('absolute patterns', () => {
  test.each([
    ['/home/me/big', '/home/me', 'big', true],
    ['/home/me/big', '/home/me', 'big/file', true],
    ['/home/me/big', '/home/me/', 'big', true],
    ['/home/me/big', '/home/me', 'sub/big', false],
    ['/home/me/a/*.iso', '/home/me', 'a/x.iso', true],
    ['/home/me/a/*.iso', '/home/me', 'x.iso', false],
    ['/home/me/big', '/home/meme', 'big', false],
    ['/home/meme', '/home/me', 'me', false],
    ['/home/me', '/home/me', 'anything', false],
    ['/home/me/', '/home/me', 'anything', false],
    ['/big', '/home/me', 'big', true],
    ['/etc/x', '/', 'etc/x', true],
    ['/srv/[old]/big', '/srv/[old]', 'big', true],
    ['/srv/\\[old\\]/big', '/srv/[old]', 'big', true],
    ['/srv/my docs/big', '/srv/my docs', 'big', true],
    ['/srv/été/big', rawFromUtf8('/srv/été'), 'big', true],
    ['/srv/été/big', '/srv/\u00e9t\u00e9', 'big', false],
  ])('%j with the root %j on %j: %s', (pattern, root, path, excluded) => {
    expect(isFileExcluded([pattern], path, root)).toBe(excluded);
  });

  test('one of them can bring something back', () => {
    const patterns = ['*.iso', '!/home/me/keep.iso'];
    expect(isFileExcluded(patterns, 'keep.iso', '/home/me')).toBe(false);
    expect(isFileExcluded(patterns, 'other.iso', '/home/me')).toBe(true);
  });
});

describe('cache directories', () => {
  const signature = 'Signature: 8a477f597d28d172789f06886806bc55';
  let dir: string;
  let tag: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'holdfast-cache-'));
    tag = join(dir, 'CACHEDIR.TAG');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test.each([signature, `${signature}\n# made by a build\n`])(
    'a tag that starts with the signature counts',
    (content) => {
      writeFileSync(tag, content);
      expect(isCacheDirectory(dir)).toBe(true);
    },
  );

  test.each(['', 'Signature: ', signature.slice(0, -1), ` ${signature}`, signature.toUpperCase()])(
    'a tag that says %j does not',
    (content) => {
      writeFileSync(tag, content);
      expect(isCacheDirectory(dir)).toBe(false);
    },
  );

  test('neither an untagged nor a missing directory is one, nor a file', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(isCacheDirectory(dir)).toBe(false);
    expect(isCacheDirectory(join(dir, 'missing'))).toBe(false);
    expect(isCacheDirectory(join(dir, 'file'))).toBe(false);
  });

  test('a link to a good tag does not count', () => {
    writeFileSync(join(dir, 'real'), signature);
    symlinkSync('real', tag);
    expect(isCacheDirectory(dir)).toBe(false);
  });

  test('a directory of that name does not count', () => {
    mkdirSync(tag);
    expect(isCacheDirectory(dir)).toBe(false);
  });

  test.skipIf(process.platform === 'win32')('a fifo of that name does not count, and does not block', () => {
    execFileSync('mkfifo', [tag]);
    expect(isCacheDirectory(dir)).toBe(false);
  });

  test.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('an unreadable tag does not count', () => {
    writeFileSync(tag, signature);
    chmodSync(tag, 0);
    expect(isCacheDirectory(dir)).toBe(false);
  });
});
