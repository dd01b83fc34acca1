import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecrets, prepareSecrets, secretsOverview } from '../../../electron/engine/platform/secrets.ts';

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'holdfast-secrets-'));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

const set = async (tenant: string, name: string, passphrase = 'right'): Promise<void> => {
  const values: [string, string][] = [['token', `of ${tenant}`]];
  const write = await prepareSecrets({
    home,
    passphrase,
    tenant,
    credentials: (before) => [...before.filter((one) => one.name !== name), { name, values }],
  });
  await write();
};

test('each tenant has its own credentials in the one file', async () => {
  await set('alice', 'constructor');
  await set('bob', 'github');
  expect(await openSecrets(home, 'right', 'alice')).toEqual([{ name: 'constructor', values: [['token', 'of alice']] }]);
  expect(await openSecrets(home, 'right', 'bob')).toEqual([{ name: 'github', values: [['token', 'of bob']] }]);
  expect(await openSecrets(home, 'right', 'carol')).toEqual([]);
  expect((await secretsOverview(home, 'bob')).credentials).toEqual([{ name: 'github', keys: ['token'] }]);
});

test('nothing is written before the change is carried out, nor with a wrong passphrase', async () => {
  await set('alice', 'github');
  const before = await readFile(join(home, 'secrets'));
  await prepareSecrets({ home, passphrase: 'right', tenant: 'alice', credentials: () => [] });
  await expect(set('alice', 'github', 'wrong')).rejects.toMatchObject({ code: 'WRONG_PASSPHRASE' });
  expect((await readFile(join(home, 'secrets'))).equals(before)).toBe(true);
});

test('a damaged file is named, never quoted, and left as it is', async () => {
  await writeFile(join(home, 'secrets'), '{"version":1,"hunter2');
  const refused = await set('alice', 'github').catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'SECRETS_DAMAGED' });
  expect(String((refused as Error).stack)).not.toContain('hunter2');
  expect(await readFile(join(home, 'secrets'), 'utf8')).toBe('{"version":1,"hunter2');
});
