import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPairingCode, writePairingCode } from '../../../electron/engine/sites/server/pairing-code.ts';
import { Quota } from '../../../electron/engine/sites/server/quota.ts';
import { parseRange, parseTarget } from '../../../electron/engine/sites/server/rest-paths.ts';

const name = 'ab'.repeat(32);

describe('an address', () => {
  test('of the protocol is understood', () => {
    const user = 'branch-1';
    expect(parseTarget(`/${user}/`)).toEqual({ kind: 'repository', user, create: false });
    expect(parseTarget(`/${user}/?create=true`)).toEqual({ kind: 'repository', user, create: true });
    expect(parseTarget(`/${user}/data/`)).toEqual({ kind: 'list', user, type: 'data' });
    expect(parseTarget(`/${user}/config`)).toEqual({ kind: 'file', user, handle: { type: 'config', name: 'config' } });
    expect(parseTarget(`/${user}/locks/${name}`)).toEqual({ kind: 'file', user, handle: { type: 'locks', name } });
  });

  test('that is not exactly one of them is none', () => {
    const others = [
      '',
      '/',
      '/user',
      '/user/data',
      '/user/other/',
      '/User/',
      '/.user/',
      '/user/config/',
      `/user/${name}`,
    ];
    for (const url of [...others, `/user/data/${name}?`, `/user/data/${name.slice(1)}`, '/user/?create=false'])
      expect(parseTarget(url), url).toBeNull();
  });
});

test.each([
  [undefined, null],
  ['bytes=0-', { start: 0, end: 9 }],
  ['bytes=0-9', { start: 0, end: 9 }],
  ['bytes=3-4', { start: 3, end: 4 }],
  ['bytes=5-100', { start: 5, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-100', { start: 0, end: 9 }],
  ['bytes=10-', 'beyond'],
  ['bytes=10-11', 'beyond'],
  ['bytes=-0', 'beyond'],
  ['bytes=4-3', null],
  ['bytes=-', null],
  ['bytes=0-1,4-5', null],
  ['lines=0-1', null],
])('the range %s of ten bytes is %o', (header, range) => {
  expect(parseRange(header, 10)).toEqual(range);
});

describe('a registration code', () => {
  const parts = { address: '[fd00::1]:8000', fingerprint: 'cd'.repeat(32), secret: randomBytes(16) };

  test('carries address, fingerprint and secret', () => {
    const code = writePairingCode(parts);
    expect(readPairingCode(code)).toEqual(parts);
    expect(readPairingCode(` ${code.slice(0, 40)}\n  ${code.slice(40)}\n`)).toEqual(parts);
  });

  test('with any sign changed, or cut short, is not taken', () => {
    const code = writePairingCode(parts);
    for (let at = 0; at < code.length - 1; at++) {
      const other = code[at] === 'x' ? 'y' : 'x';
      const changed = code.slice(0, at) + other + code.slice(at + 1);
      expect(() => readPairingCode(changed), changed).toThrow(/code/);
      expect(() => readPairingCode(code.slice(0, at)), code.slice(0, at)).toThrow(/code/);
    }
  });
});

describe('a quota', () => {
  test('counts what is on its way, and forgets what came to nothing', async () => {
    const quota = new Quota(() => Promise.resolve(100));
    const first = await quota.reserve(50, 200);
    const second = await quota.reserve(50, 200);
    expect(await quota.reserve(1, 200)).toBeNull();
    first?.settle(0);
    second?.settle(50);
    expect(await quota.used()).toBe(150);
    expect(await quota.reserve(50, 200)).not.toBeNull();
    expect(await quota.reserve(1, 200)).toBeNull();
    expect(await quota.reserve(10 ** 12, null)).not.toBeNull();
  });
});
