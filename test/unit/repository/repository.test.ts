import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withFaults } from '../../../electron/engine/repository/backend/faults.ts';
import type { LocalBackend } from '../../../electron/engine/repository/backend/local.ts';
import { addKey, listKeys, removeKey } from '../../../electron/engine/repository/keys.ts';
import { isIrreducible } from '../../../electron/engine/repository/polynomial.ts';
import { initRepository, openRepository, type Repository } from '../../../electron/engine/repository/repository.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { makeLocalPlace, makeRepository, type LocalPlace } from '../../support/local-place.ts';
import { makeKeyFile, randomMasterKey, seal } from '../../support/restic-crypto.ts';
import { createRepository, sha256 } from '../../support/restic-repository.ts';
import { makeBomb } from '../../support/zstd-frames.ts';

let place: LocalPlace;
beforeEach(async () => {
  place = await makeLocalPlace();
});
afterEach(() => place[Symbol.asyncDispose]());

const cheap = { N: 16, r: 8, p: 1 };
const password = 'correct horse battery staple';
const damage = (path: string, change: (data: Buffer) => Buffer): void => {
  const file = join(place.folder, path);
  const data = readFileSync(file);
  chmodSync(file, 0o600);
  writeFileSync(file, change(data));
};
const flipped = (data: Buffer): Buffer => {
  const copy = Buffer.from(data);
  copy[copy.length >> 1] = (copy[copy.length >> 1] ?? 0) ^ 1;
  return copy;
};

describe('a new repository', () => {
  test('opens with its password and with no other, and is the same one', { timeout: 30_000 }, async () => {
    const made = await initRepository(place.backend, password);
    const opened = await openRepository(place.backend, password);
    expect(opened.config).toEqual(made.config);
    expect(opened.keyId).toBe(made.keyId);
    expect(opened.config.version).toBe(2);
    expect(opened.config.id).toMatch(/^[0-9a-f]{64}$/);
    expect(isIrreducible(BigInt(`0x${opened.config.chunkerPolynomial}`))).toBe(true);
    const name = await made.saveUnpacked('index', Buffer.from('{"packs":[]}'));
    expect((await opened.loadUnpacked('index', name)).toString()).toBe('{"packs":[]}');
    await expect(openRepository(place.backend, `${password}!`)).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
    expect(readFileSync(join(place.folder, 'config')).toString('latin1')).not.toContain(
      opened.config.chunkerPolynomial,
    );
  });

  test('is never made over one that is there', { timeout: 30_000 }, async () => {
    const made = await initRepository(place.backend, password);
    const before = await place.paths();
    await expect(initRepository(place.backend, 'another')).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
    expect(await place.paths()).toEqual(before);
    expect((await openRepository(place.backend, password)).config).toEqual(made.config);
  });

  test('is made where an earlier attempt was interrupted before there was a config', { timeout: 30_000 }, async () => {
    const interrupted = withFaults(place.backend, {
      before: (call) => {
        if (call.operation === 'save' && call.handle.type === 'config')
          throw new HoldfastError('NO_SPACE', 'As it was planned.');
      },
    });
    await expect(initRepository(interrupted, password)).rejects.toMatchObject({ code: 'NO_SPACE' });
    await initRepository(place.backend, password);
    expect(await listKeys(place.backend)).toHaveLength(1);
  });

  test('has one key, its own, where a killed attempt had left another', { timeout: 30_000 }, async () => {
    await place.backend.create();
    const left = await addKey(place.backend, randomMasterKey(), password);
    const made = await initRepository(place.backend, password);
    expect((await listKeys(place.backend)).map(({ id }) => id)).toEqual([made.keyId]);
    expect(made.keyId).not.toBe(left.id);
    expect((await openRepository(place.backend, password)).config).toEqual(made.config);
  });

  test('is left as it is, without a foreign key, by an attempt that came second', { timeout: 30_000 }, async () => {
    let first: Repository | undefined;
    const second = withFaults(place.backend, {
      before: async (call) => {
        if (call.operation !== 'save' || call.handle.type !== 'config') return;
        first = await initRepository(place.backend, password);
      },
    });
    await expect(initRepository(second, password)).rejects.toMatchObject({ code: 'REPOSITORY_EXISTS' });
    expect((await listKeys(place.backend)).map(({ id }) => id)).toEqual([first?.keyId]);
    expect((await openRepository(place.backend, password)).config).toEqual(first?.config);
  });

  test('takes the version and the polynomial it is given', { timeout: 30_000 }, async () => {
    const options = { version: 1, chunkerPolynomial: '3dea92648f6e83' } as const;
    await initRepository(place.backend, password, options);
    const { config } = await openRepository(place.backend, password);
    expect(config).toMatchObject(options);
  });

  test('changes its password: the new one is there before the old one goes', { timeout: 30_000 }, async () => {
    const made = await initRepository(place.backend, 'old');
    const added = await addKey(place.backend, made.key, 'new');
    expect((await openRepository(place.backend, 'old')).config).toEqual(made.config);
    const opened = await openRepository(place.backend, 'new');
    expect(opened.keyId).toBe(added.id);
    await removeKey(place.backend, made.keyId, opened.keyId);
    expect((await listKeys(place.backend)).map(({ id }) => id)).toEqual([added.id]);
    await expect(openRepository(place.backend, 'old')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
    expect((await openRepository(place.backend, 'new')).config).toEqual(made.config);
  });
});

/** A repository made by another program, with a cheap password. */
function restics(config?: Readonly<Record<string, unknown>> | Buffer): LocalBackend {
  createRepository(place.folder, { password, scrypt: cheap, ...(config === undefined ? {} : { config }) });
  return place.backend;
}
const honestConfig = { version: 2, id: 'ab'.repeat(32), chunker_polynomial: '25b468838dcb75' };

describe('opening', () => {
  test('gives what the config says', async () => {
    expect((await openRepository(restics({ ...honestConfig, later: 'field' }), password)).config).toEqual({
      version: 2,
      id: honestConfig.id,
      chunkerPolynomial: honestConfig.chunker_polynomial,
    });
  });

  test.each([
    ['nothing at all', async () => {}],
    ['an empty folder', () => place.putStranger('readme', '').then(() => rmSync(join(place.folder, 'readme')))],
    ['a folder of something else', () => place.putStranger('holiday/photo.jpg', 'photo')],
    ['a file', async () => writeFileSync(place.folder, 'a file')],
    ['the folders of a repository, empty', () => place.backend.create()],
  ])('%s is NOT_A_REPOSITORY', async (_what, prepare) => {
    await prepare();
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({ code: 'NOT_A_REPOSITORY' });
  });

  test('a repository that lost its config and all its keys is REPOSITORY_DAMAGED, and no place for a new one', async () => {
    restics();
    for (const lost of ['config', 'keys']) rmSync(join(place.folder, lost), { recursive: true });
    mkdirSync(join(place.folder, 'snapshots'), { recursive: true });
    writeFileSync(join(place.folder, 'snapshots', 'a'.repeat(64)), 'sealed');
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
  });

  test('a repository that lost its config is REPOSITORY_DAMAGED', async () => {
    restics();
    rmSync(join(place.folder, 'config'));
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
  });

  test.each<readonly [string, (data: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)],
    ['cut short', (data) => data.subarray(0, 40)],
    ['flipped in one bit', flipped],
    ['that of another repository', () => seal(randomMasterKey(), Buffer.from(JSON.stringify(honestConfig)))],
  ])('a config that is %s is REPOSITORY_DAMAGED', async (_what, change) => {
    restics();
    damage('config', change);
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
  });

  test.each<readonly [string, Readonly<Record<string, unknown>> | Buffer]>([
    ['no JSON', Buffer.from('no JSON')],
    ['a list', Buffer.from('[]')],
    ['nothing', Buffer.alloc(0)],
    ['no version', { ...honestConfig, version: undefined }],
    ['version 0', { ...honestConfig, version: 0 }],
    ['version 1.5', { ...honestConfig, version: 1.5 }],
    ['version "2"', { ...honestConfig, version: '2' }],
    ['a bad id', { ...honestConfig, id: '../x' }],
    ['no polynomial', { ...honestConfig, chunker_polynomial: undefined }],
    ['a polynomial that is no number', { ...honestConfig, chunker_polynomial: 'xyz' }],
  ])('a config that says %s is REPOSITORY_DAMAGED', async (_what, config) => {
    restics(config);
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({ code: 'REPOSITORY_DAMAGED' });
  });

  test.each([3, 4, 1000])('version %i is REPOSITORY_VERSION_UNSUPPORTED, whatever else it says', async (version) => {
    restics({ version, another: 'world' });
    await expect(openRepository(place.backend, password)).rejects.toMatchObject({
      code: 'REPOSITORY_VERSION_UNSUPPORTED',
    });
  });

  test('asks the password before it believes the config', async () => {
    restics({ version: 3 });
    await expect(openRepository(place.backend, 'wrong')).rejects.toMatchObject({ code: 'WRONG_PASSWORD' });
  });

  test('a config opened by the master key of another is damage, not a wrong password', async () => {
    restics();
    const other = randomMasterKey();
    await place.backend.save(
      { type: 'keys', name: '0'.repeat(64) },
      makeKeyFile(other, 'password of another repository', cheap),
    );
    await expect(openRepository(place.backend, 'password of another repository')).rejects.toMatchObject({
      code: 'REPOSITORY_DAMAGED',
    });
  });
});

describe('a sealed file', () => {
  test.each([1, 2] as const)('of version %i comes back and is named for its bytes', async (version) => {
    createRepository(place.folder, { password, scrypt: cheap, version });
    const repository = await openRepository(place.backend, password);
    for (const json of ['{}', '[]', `{"x":"${'y'.repeat(100_000)}"}`, '{"ü":"☃"}']) {
      const name = await repository.saveUnpacked('index', Buffer.from(json));
      expect(name).toBe(sha256(readFileSync(join(place.folder, 'index', name))));
      expect((await repository.loadUnpacked('index', name)).toString()).toBe(json);
      const stored = readFileSync(join(place.folder, 'index', name));
      if (version === 1) expect(stored.length).toBe(Buffer.byteLength(json) + 32);
    }
  });

  test('is compressed in version 2', async () => {
    const repository = await makeRepository(place);
    const name = await repository.saveUnpacked('index', Buffer.from(`{"x":"${'y'.repeat(100_000)}"}`));
    expect(readFileSync(join(place.folder, 'index', name)).length).toBeLessThan(1000);
  });

  test('that is missing, or does not hold what was written to it, says so', async () => {
    const repository = await makeRepository(place);
    const name = await repository.saveUnpacked('index', Buffer.from('{}'));
    damage(`index/${name}`, flipped);
    await expect(repository.loadUnpacked('index', name)).rejects.toMatchObject({ code: 'STORED_FILE_DAMAGED' });
    rmSync(join(place.folder, 'index', name));
    await expect(repository.loadUnpacked('index', name)).rejects.toMatchObject({ code: 'STORED_FILE_MISSING' });
  });

  test('under the name of another is refused', async () => {
    const repository = await makeRepository(place);
    const name = await repository.saveUnpacked('index', Buffer.from('{}'));
    await place.backend.save(
      { type: 'index', name: '0'.repeat(64) },
      await place.backend.load({ type: 'index', name }),
    );
    await expect(repository.loadUnpacked('index', '0'.repeat(64))).rejects.toMatchObject({
      code: 'STORED_FILE_DAMAGED',
    });
  });

  test('that nobody with the key has sealed is refused', async () => {
    const repository = await makeRepository(place);
    const forged = randomBytes(100);
    await place.backend.save({ type: 'index', name: sha256(forged) }, forged);
    await expect(repository.loadUnpacked('index', sha256(forged))).rejects.toMatchObject({
      code: 'STORED_FILE_DAMAGED',
    });
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['an unknown encoding', Buffer.from('\x03{}')],
    ['compressed noise', Buffer.concat([Buffer.of(2), randomBytes(50)])],
    ['two GiB of zeros', Buffer.concat([Buffer.of(2), makeBomb(2 * 1024 ** 3)])],
  ])('that holds %s is refused', { timeout: 30_000 }, async (_what, plain) => {
    const made = createRepository(place.folder, { password, scrypt: cheap });
    const sealed = seal(made.master, plain);
    const name = made.putRaw('index', sealed);
    const repository = await openRepository(place.backend, password);
    await expect(repository.loadUnpacked('index', name)).rejects.toMatchObject({ code: 'STORED_FILE_DAMAGED' });
  });
});
