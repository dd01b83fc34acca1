import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { rawFromUtf8 } from '../../../electron/engine/platform/raw-path.ts';
import { shellWord, shellWordOfBytes } from '../../../electron/engine/platform/shell-words.ts';

const meant = (word: string): Buffer => execFileSync('bash', ['-c', `printf %s ${word}`]);

describe('a word shown to be copied into a shell', () => {
  test.each([
    'plain/path.txt',
    '-r',
    'two words',
    "it's",
    '$HOME `id` $(id)',
    '',
    '*?[a]',
    'grün',
    '~/x',
    'a=b',
    '!!',
    '\\',
  ])('means exactly %j', (text) => {
    expect(meant(`-- ${shellWord(text)}`.slice(3)).toString()).toBe(text);
  });

  test.each(['\xff\xfe', 'line\nbreak', "\x1b[31m'\\", rawFromUtf8('\u202Eabc'), '\xe91', '\xff\x410'])(
    'means exactly the bytes %j, and shows none that mislead',
    (raw) => {
      const word = shellWordOfBytes(raw);
      expect(word).toMatch(/^\$'[\x20-\x7e]*'$/);
      expect(meant(word).toString('latin1')).toBe(raw);
    },
  );
});
