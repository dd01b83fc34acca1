import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { hookFromText, hooksFromStored, hookText, isWebhookUrl, runsTheSame } from '../../../shared/model/hooks.ts';
import { splitWords } from '../../../shared/model/hook-words.ts';
import { readHook, typedHook } from '../../../shared/model/typed-hook.ts';

const timeoutMs = 60_000;

describe('a line of text', () => {
  test.each([
    ['/usr/bin/true'],
    ["fsfreeze -f '/srv/my data'"],
    [String.raw`/bin/x "a b" c\ d 'it'"'"'s' "say \"hi\"" ''`],
    ['  spaced   out  '],
    ['x a=b --c=d,e :f @g %h'],
    ['x ünïcode “quotes”'],
  ])('%s is cut into the words that a shell makes of it', (line) => {
    const words = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
    expect(splitWords(line)).toEqual(words.split('\0').slice(0, -1));
  });

  test.each([
    ['a | b'],
    ['a && b'],
    ['echo $HOME'],
    ['echo "$HOME"'],
    ['echo `id`'],
    ['echo "`id`"'],
    ['ls *.txt'],
    ['a > b'],
    ['a; b'],
    ['a\nb'],
    ["echo 'not closed"],
    ['echo "not closed'],
    ['ends with \\'],
    ['KEY=value program'],
    ['# nothing'],
    [''],
    ['   '],
  ])('%j is more than words', (line) => {
    expect(splitWords(line)).toBeNull();
  });

  test('that an earlier version has stored is a program where it is plain, else one for a shell', () => {
    expect(hookFromText('rm -rf /')).toEqual({ kind: 'command', argv: ['rm', '-rf', '/'], timeoutMs });
    expect(hookFromText('a | b')).toEqual({ kind: 'shell', script: 'a | b', timeoutMs });
    expect(hookFromText('./relative x')).toEqual({ kind: 'shell', script: './relative x', timeoutMs });
    const stored = { before: '/usr/bin/true', after: null };
    const read = { before: hookFromText('/usr/bin/true'), after: null, required: false, maximumHoldMs: 60_000 };
    expect(hooksFromStored(stored)).toEqual(read);
    expect(hooksFromStored(read)).toEqual(read);
    expect(hooksFromStored('nothing of the kind')).toBe('nothing of the kind');
  });
});

test('what runs is shown so that a shell would read exactly that', () => {
  const argv = [
    '/bin/x',
    'a b',
    `it's`,
    'two\nlines',
    '\u001b[2J',
    '\u202eevil',
    'plain',
    '',
    String.raw`back\slash`,
    "\t'",
  ];
  const text = hookText({ kind: 'command', argv, timeoutMs });
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  const words = execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${text}`], {
    encoding: 'utf8',
    env: { LC_ALL: 'C.UTF-8' },
  });
  expect(words.split('\0').slice(0, -1)).toEqual(argv);
  expect(hookText({ kind: 'webhook', url: 'https://h/x', timeoutMs })).toBe('POST https://h/x');
});

test('hooks are the same where the same runs, however long it may take', () => {
  const hook = { kind: 'command', argv: ['a', 'b'], timeoutMs } as const;
  expect(runsTheSame(hook, { ...hook, timeoutMs: 5_000 })).toBe(true);
  expect(runsTheSame(hook, { ...hook, argv: ['a b'] })).toBe(false);
  expect(runsTheSame(hook, { kind: 'shell', script: 'a b', timeoutMs })).toBe(false);
  expect(runsTheSame(hook, null)).toBe(false);
  expect(runsTheSame(null, null)).toBe(true);
});

test('an address for a webhook is of http, and holds no password', () => {
  for (const url of ['http://localhost:8080', 'https://h/p?q=a@b#c', 'HTTP://[::1]:80/'])
    expect(isWebhookUrl(url)).toBe(true);
  for (const url of ['http://a:b@h/', 'http://a@h', 'http:/h', 'file:///x', 'http://', 'http://h /', 'http://a\\@h'])
    expect(isWebhookUrl(url), url).toBe(false);
});

test.each([
  [{ kind: 'command', argv: ['/bin/x', 'a b', 'c'] }],
  [{ kind: 'command', argv: ['/bin/x', 'two\nlines', '\u001b', ''] }],
  [{ kind: 'shell', script: 'a | b > "$C"' }],
  [{ kind: 'webhook', url: 'https://h/x?y=z' }],
] as const)('what one types for %j means exactly that', (hook) => {
  const whole = { ...hook, timeoutMs };
  expect(readHook(hook.kind, typedHook(whole), timeoutMs)).toEqual(whole);
});
