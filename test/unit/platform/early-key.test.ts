import { createHook } from 'node:async_hooks';
import { scryptSync } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { mustRun } from '../../support/processes.ts';
import { beginKey, deriveBytes } from '../../../electron/engine/platform/early-key.ts';

const salt = Buffer.from('sixty-four bytes of salt, or less');
const cost = { N: 1024, r: 8, p: 1 };
const nameOf = (digit: string): string => digit.repeat(64);
let folder: string;
let derivations = 0;
const hook = createHook({
  init: (_, type) => {
    if (type === 'SCRYPTREQUEST') derivations += 1;
  },
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-early-key-'));
  derivations = 0;
  hook.enable();
});
afterEach(async () => {
  hook.disable();
  await rm(folder, { recursive: true });
});

async function keep(name: string, content: object | string): Promise<void> {
  await mkdir(join(folder, 'keys'), { recursive: true });
  await writeFile(join(folder, 'keys', name), typeof content === 'string' ? content : JSON.stringify(content));
}

/** Until it has begun: a busy disk is not waited for. */
async function begin(password: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await beginKey({ folder, password });
    if (derivations > 0) return;
  }
}

test('what was begun is taken by who asks for it, once', async () => {
  await keep(nameOf('a'), { kdf: 'scrypt', ...cost, salt: salt.toString('base64'), data: '' });
  await keep(nameOf('b'), { kdf: 'scrypt', ...cost, salt: 'AAAA', data: '' });
  await begin('correct horse');
  const first = await deriveBytes('correct horse', salt, cost);
  expect(derivations).toBe(1);
  const second = await deriveBytes('correct horse', salt, cost);
  expect(derivations).toBe(2);
  const wanted = scryptSync('correct horse', salt, 64, cost);
  expect([first, second]).toEqual([wanted, wanted]);
});

test.each([
  ['another password', 'battery staple', salt, cost],
  ['another salt', 'correct horse', Buffer.from('other'), cost],
  ['another cost', 'correct horse', salt, { ...cost, p: 2 }],
])('%s is derived for itself', async (_, password, otherSalt, otherCost) => {
  await keep(nameOf('a'), { kdf: 'scrypt', ...cost, salt: salt.toString('base64'), data: '' });
  await begin('correct horse');
  const derived = await deriveBytes(password, otherSalt, otherCost);
  expect(derivations).toBe(2);
  expect(derived).toEqual(scryptSync(password, otherSalt, 64, otherCost));
});

test.each([
  ['no JSON', 'keys'],
  ['no salt', { ...cost }],
  ['a cost beyond all use', { ...cost, N: 2 ** 30, salt: 'AAAA' }],
  ['rounds beyond all use', { ...cost, p: 64, salt: 'AAAA' }],
  ['numbers that are none', { N: 'many', r: {}, p: null, salt: 'AAAA' }],
])('nothing is begun by a key file with %s', async (_, content) => {
  await keep(nameOf('a'), content);
  await beginKey({ folder, password: 'correct horse' });
  expect(derivations).toBe(0);
});

test('what only lies beside the keys is not looked at, and a pipe in the place of one is not waited for', async () => {
  await keep('0-unfinished', { ...cost, salt: 'AAAA' });
  await mustRun('mkfifo', [join(folder, 'keys', nameOf('a'))]);
  await beginKey({ folder, password: 'correct horse' });
  expect(derivations).toBe(0);
  // Had it been waited for, the thread that opens it would be there still.
  await expect.poll(() => process.getActiveResourcesInfo()).not.toContain('FSReqPromise');
});

test('nothing is begun where there is no key', async () => {
  await beginKey({ folder, password: 'correct horse' });
  await mkdir(join(folder, 'keys'));
  await beginKey({ folder, password: 'correct horse' });
  expect(derivations).toBe(0);
});
