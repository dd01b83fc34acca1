import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../../shared/model/errors.ts';
import {
  expectCalm,
  expectGoodFiles,
  makeScene,
  meet,
  restoreSafely,
  writeHostileSnapshot,
} from '../../support/hostile.ts';
import { makeKeyFile, randomMasterKey } from '../../support/restic-crypto.ts';

const scrypt = { N: 16_384, r: 8, p: 1 };

/** What a key file may claim: it lies unsealed in the repository, so anyone who can write there can change it. */
const claims: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'a terabyte of memory': { N: 2 ** 30, r: 1024 },
  'a year of work': { p: 2 ** 29 },
  'N of zero': { N: 0 },
  'N of three': { N: 3 },
  'a negative N': { N: -16_384 },
  'N in words': { N: 'many' },
  'r of zero': { r: 0 },
  'another derivation': { kdf: 'rot13' },
  'no salt': { salt: undefined },
  'a salt that is not base64': { salt: '%%%' },
  'no data': { data: undefined },
  'data of a few bytes': { data: 'AAAA' },
  'a megabyte of data': { data: Buffer.alloc(1024 * 1024).toString('base64') },
};

const codes: readonly ErrorCode[] = ['REPOSITORY_DAMAGED', 'WRONG_PASSWORD'];

describe('a key file that lies', () => {
  for (const [what, claimedKey] of Object.entries(claims)) {
    test(`claims ${what}: said in one sentence, at once and within memory`, async () => {
      await using scene = await makeScene({ claimedKey });
      writeHostileSnapshot(scene.repository, []);
      const result = await meet(scene.workspace, ['snapshots', '--json']);
      expectCalm(result);
      expect(result.code).toBe(1);
      expect(codes).toContain(result.error().code);
    });
  }

  test('does not keep an honest key from opening the repository, however many there are', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    for (const claimed of Object.values(claims)) repository.addKey(workspace.password, scrypt, claimed);
    writeHostileSnapshot(repository, []);
    const result = await restoreSafely(scene);
    expect(result.code).toBe(0);
    expectGoodFiles(scene);
    expectCalm(await meet(workspace, ['key', 'list', '--json']));
  });

  test('garbage and leftovers among the keys are no hindrance', async () => {
    await using scene = await makeScene();
    const { repository } = scene;
    repository.putRaw('keys', randomBytes(400));
    repository.putRaw('keys', Buffer.alloc(0));
    repository.putRaw('keys', Buffer.from('{"kdf":'));
    repository.putRaw('keys', Buffer.from('null'));
    repository.putRaw('keys', Buffer.from('left by somebody'), 'README.txt');
    writeHostileSnapshot(repository, []);
    const result = await restoreSafely(scene);
    expect(result.code).toBe(0);
    expectGoodFiles(scene);
  });

  test('a key with the right password for another repository is no key of this one', async () => {
    await using scene = await makeScene();
    const { repository, workspace } = scene;
    repository.putRaw('keys', makeKeyFile(randomMasterKey(), 'foreign', scrypt));
    writeHostileSnapshot(repository, []);
    const result = await workspace.holdfast(['snapshots', '--json'], { env: { HOLDFAST_PASSWORD: 'foreign' } });
    expectCalm(result);
    expect(result.code).toBe(1);
    expect(codes).toContain(result.error().code);
  });
});
