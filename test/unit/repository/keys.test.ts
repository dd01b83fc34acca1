import { createHook } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import { generateSealingKey } from '../../../electron/engine/repository/crypto.ts';
import { addKey, listKeys, openMasterKey, removeKey } from '../../../electron/engine/repository/keys.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { makeLocalPlace, type LocalPlace } from '../../support/local-place.ts';
import { makeKeyFile, randomMasterKey, type MasterKey, type ScryptParameters } from '../../support/restic-crypto.ts';
import { sha256 } from '../../support/restic-repository.ts';

const cheap: ScryptParameters = { N: 16, r: 8, p: 1 };
let place: LocalPlace;
let master: MasterKey;

beforeEach(async () => {
  place = await makeLocalPlace();
  await place.backend.create();
  master = randomMasterKey();
});
afterEach(() => place[Symbol.asyncDispose]());

/** Stores a key file as another program would; returns its name. */
async function putKey(content: Buffer, name = sha256(content)): Promise<string> {
  await place.backend.save({ type: 'keys', name }, content);
  return name;
}
const putPassword = async (password: string, claimed = {}, used = cheap): Promise<string> =>
  putKey(makeKeyFile(master, password, used, claimed));
const open = (password: string) => openMasterKey(place.backend, password);

describe('a password', () => {
  test('that was added opens the master key, and no other does', { timeout: 30_000 }, async () => {
    const key = generateSealingKey();
    const added = await addKey(place.backend, key, 'pässwörd ☃');
    const opened = await open('pässwörd ☃');
    expect(opened.keyId).toBe(added.id);
    expect(Buffer.from(opened.key.encrypt).equals(Buffer.from(key.encrypt))).toBe(true);
    expect(Buffer.from(opened.key.macK).equals(Buffer.from(key.macK))).toBe(true);
    expect(Buffer.from(opened.key.macR).equals(Buffer.from(key.macR))).toBe(true);
    for (const wrong of ['', 'pässwörd', 'PÄSSWÖRD ☃', 'pässwörd ☃ '])
      await expect(open(wrong), wrong).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  });

  test('is stored as restic stores it, at the price of 32 MiB, and named for its content', async () => {
    const { id } = await addKey(place.backend, generateSealingKey(), 'secret password');
    const content = readFileSync(join(place.folder, 'keys', id));
    expect(sha256(content)).toBe(id);
    const file = JSON.parse(content.toString()) as Record<string, unknown>;
    expect(file).toMatchObject({ kdf: 'scrypt', r: 8 });
    expect(128 * Number(file['N']) * Number(file['r'])).toBeGreaterThanOrEqual(32 * 1024 * 1024);
    expect(Buffer.from(String(file['salt']), 'base64')).toHaveLength(64);
    expect(content.toString()).not.toContain('secret password');
  });

  test('is one of several', async () => {
    const names = [await putPassword('one'), await putPassword('two'), await putPassword('three')];
    expect((await open('one')).keyId).toBe(names[0]);
    expect((await open('two')).keyId).toBe(names[1]);
    expect((await open('three')).keyId).toBe(names[2]);
    await expect(open('four')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  });

  test('that has opened it is derived once, and opens nothing more once its key is gone', async () => {
    const name = await putPassword('right');
    let derivations = 0;
    const hook = createHook({ init: (_, type) => void (derivations += type === 'SCRYPTREQUEST' ? 1 : 0) });
    hook.enable();
    try {
      for (let time = 0; time < 3; time++) expect((await open('right')).keyId).toBe(name);
      expect(derivations).toBe(1);
      await expect(open('wrong')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
      expect(derivations, 'what opens nothing is not kept').toBe(2);
      const other = await putPassword('other');
      await removeKey(place.backend, name, other);
      await expect(open('right')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
    } finally {
      hook.disable();
    }
  });

  test('used twice opens with either key', async () => {
    const names = [await putPassword('same'), await putPassword('same')];
    expect(names).toContain((await open('same')).keyId);
  });

  test.each([
    ['a small N', { N: 64, r: 8, p: 1 }],
    ['restic’s default', { N: 32_768, r: 8, p: 1 }],
    ['a large r', { N: 256, r: 64, p: 2 }],
  ])('is taken at the price its key file names: %s', async (_what, used) => {
    await putPassword('password', {}, used);
    expect(Buffer.from((await open('password')).key.encrypt).equals(master.encrypt)).toBe(true);
  });
});

describe('a key file that is damaged', () => {
  const broken: readonly (readonly [string, () => Buffer])[] = [
    ['empty', () => Buffer.alloc(0)],
    ['cut in half', () => makeKeyFile(master, 'password', cheap).subarray(0, 200)],
    ['not JSON', () => Buffer.from('not a key')],
    ['null', () => Buffer.from('null')],
    ['of another method', () => makeKeyFile(master, 'password', cheap, { kdf: 'argon2id' })],
    ['without salt', () => makeKeyFile(master, 'password', cheap, { salt: undefined })],
    ['with a salt that is not base64', () => makeKeyFile(master, 'password', cheap, { salt: '***' })],
    ['with an N that is no power of two', () => makeKeyFile(master, 'password', cheap, { N: 17 })],
    ['with an N of 1', () => makeKeyFile(master, 'password', cheap, { N: 1 })],
    ['with a negative r', () => makeKeyFile(master, 'password', cheap, { r: -1 })],
    ['with an r of 0', () => makeKeyFile(master, 'password', cheap, { r: 0 })],
    ['with a p as text', () => makeKeyFile(master, 'password', cheap, { p: '1' })],
  ];

  test.each(broken)('(%s) does not hide the others', async (_what, make) => {
    await putKey(make(), '0'.repeat(64));
    const good = await putPassword('password');
    expect((await open('password')).keyId).toBe(good);
    await expect(open('wrong')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  });

  test.each(broken)(
    '(%s) and is the only one: the repository is damaged, the password not wrong',
    async (_what, make) => {
      await putKey(make());
      await expect(open('password')).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
    },
  );

  test('or missing with all others: the repository is damaged', async () => {
    await expect(open('password')).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
  });

  test('in what it seals opens with no password, also the right one', async () => {
    const data = Buffer.from(
      makeKeyFile(master, 'password', cheap)
        .toString()
        .replace(/"data":"..../, '"data":"AAAA'),
    );
    await putKey(data);
    await expect(open('password')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  });

  test('in the keys it holds does not hide the others', async () => {
    const short = { ...master, encrypt: Buffer.alloc(16) };
    await putKey(makeKeyFile(short, 'password', cheap), '0'.repeat(64));
    const good = await putPassword('password');
    expect((await open('password')).keyId).toBe(good);
  });

  test('is listed as unreadable', async () => {
    await putKey(Buffer.from('not a key'), '0'.repeat(64));
    await putPassword('password');
    const keys = await listKeys(place.backend);
    expect(keys.map(({ username }) => username).sort()).toEqual(['(unreadable)', 'someone']);
  });

  test('is not what a key file is that cannot be read just now', async () => {
    await putPassword('password');
    const backend = withFaults(place.backend, {
      before: (call) => {
        if (call.operation === 'load') throw new HoldfastError('NO_PERMISSION', 'keys/… may not be read.');
      },
    });
    await expect(openMasterKey(backend, 'password')).rejects.toMatchObject({ code: 'NO_PERMISSION' });
  });
});

describe('a hostile key file', () => {
  test.each([
    ['a terabyte of memory', { N: 2 ** 30, r: 1024 }],
    ['two GiB', { N: 2 ** 21, r: 8 }],
    ['two GiB by r', { N: 2 ** 14, r: 1024 }],
    ['an r beyond all bounds', { N: 2, r: 2 ** 30 }],
    ['an N beyond all numbers', { N: 2 ** 60 }],
    ['rounds without end', { p: 2 ** 20 }],
  ])('that asks for %s is not honoured, at once', async (_what, claimed) => {
    await putKey(makeKeyFile(master, 'password', cheap, claimed), '0'.repeat(64));
    const good = await putPassword('password');
    const startedAt = performance.now();
    const before = process.resourceUsage().maxRSS;
    expect((await open('password')).keyId).toBe(good);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(100);
  });
});

describe('removing a key', () => {
  test('by a part of its id takes its password, and no other', async () => {
    const [first, second] = [await putPassword('one'), await putPassword('two')];
    const removed = await removeKey(place.backend, second.slice(0, 20), first);
    expect(removed).toMatchObject({ id: second, username: 'someone', hostname: 'elsewhere' });
    expect(removed.createdAt).toBe('2024-05-06T07:08:09.123Z');
    await expect(open('two')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
    expect((await open('one')).keyId).toBe(first);
  });

  test('is refused for the one that opened the repository', async () => {
    const first = await putPassword('one');
    await putPassword('two');
    await expect(removeKey(place.backend, first, first)).rejects.toMatchObject({ code: 'KEY_IN_USE' });
    expect(await listKeys(place.backend)).toHaveLength(2);
  });

  test('is refused where there is none of that name, or more than one', async () => {
    const content = makeKeyFile(master, 'one', cheap);
    await putKey(content, `aa${'0'.repeat(62)}`);
    await putKey(content, `ab${'0'.repeat(62)}`);
    await expect(removeKey(place.backend, 'b', '')).rejects.toMatchObject({ code: 'KEY_NOT_FOUND' });
    await expect(removeKey(place.backend, 'a', '')).rejects.toMatchObject({ code: 'BAD_USAGE' });
    expect(await listKeys(place.backend)).toHaveLength(2);
  });
});

test('keys are listed oldest first', async () => {
  const older = await putPassword('one', { created: '2020-01-01T00:00:00Z' });
  const newer = await putPassword('two', { created: '2023-01-01T00:00:00+01:00' });
  const nameless = await putPassword('three', { created: undefined, username: undefined, hostname: undefined });
  const keys = await listKeys(place.backend);
  expect(keys.map(({ id }) => id)).toEqual([nameless, older, newer]);
  expect(keys.map(({ createdAt }) => createdAt)).toEqual(['', '2020-01-01T00:00:00.000Z', '2022-12-31T23:00:00.000Z']);
});
