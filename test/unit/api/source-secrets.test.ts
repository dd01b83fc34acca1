import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SourceSecrets } from '../../../electron/engine/api/source-secrets.ts';
import type { SecretStore } from '../../../electron/engine/platform/secret-store.ts';

const owner = { tenant: 'default', source: 'acme' };
const [github, elsewhere] = ['https://api.github.com', 'https://evil.example.org'];
const token = { key: 'token' as const, value: 'ghp_secret', variable: 'HOLDFAST_TEST_TOKEN' };

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-secrets-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

test('a secret is kept in the store, for the servers it was entered for', async () => {
  const secrets = new SourceSecrets(home, memoryStore());
  expect(await secrets.keep(owner, [github], [token])).toBe('store');
  expect(await secrets.read(owner, github, 'token')).toBe('ghp_secret');
  expect(await secrets.read(owner, elsewhere, 'token')).toBeNull();
  expect(await secrets.read({ ...owner, tenant: 'other' }, github, 'token')).toBeNull();
  await secrets.forget(owner);
  expect(await secrets.read(owner, github, 'token')).toBeNull();
});

test('without a store the variable is remembered, never what is in it', async () => {
  const secrets = new SourceSecrets(home, null);
  expect(await secrets.keep(owner, [github], [token])).toBe('environment');
  expect(await secrets.read(owner, github, 'token')).toBeNull();
  vi.stubEnv(token.variable, 'ghp_later');
  expect(await secrets.read(owner, github, 'token')).toBe('ghp_later');
  expect(await secrets.read(owner, elsewhere, 'token')).toBeNull();
  expect(readFileSync(join(home, 'secret-variables.json'), 'utf8')).not.toContain('ghp_');
  await expect(secrets.keep(owner, [github], [{ ...token, variable: null }])).rejects.toMatchObject({
    code: 'NO_SECRET_STORE',
  });
});

test('what is entered for a store later takes the place of the variable', async () => {
  await new SourceSecrets(home, null).keep(owner, [github], [token]);
  vi.stubEnv(token.variable, 'ghp_old');
  const secrets = new SourceSecrets(home, memoryStore());
  await secrets.keep(owner, [github], [{ ...token, value: 'ghp_new', variable: null }]);
  expect(await secrets.read(owner, github, 'token')).toBe('ghp_new');
});

function memoryStore(): SecretStore {
  const secrets = new Map<string, string>();
  return {
    kind: 'keychain',
    read: (name) => Promise.resolve(secrets.get(name) ?? null),
    write: (name, secret) => Promise.resolve(void secrets.set(name, secret)),
    remove: (name) => Promise.resolve(void secrets.delete(name)),
  };
}
