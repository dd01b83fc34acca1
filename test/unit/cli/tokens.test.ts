import { describe, expect, it } from 'vitest';
import type { Token } from '../../../shared/contract/tokens.ts';
import { makeScene } from './harness.ts';

const dayMs = 24 * 60 * 60 * 1000;
const token: Token = {
  id: '0123456789abcdef',
  name: 'ci',
  role: 'read',
  tenant: 'default',
  prefix: 'hf_abcdef',
  createdBy: 'cli:alice',
  createdAt: '2026-10-15T12:00:00.000Z',
  expiresAt: '2026-10-16T12:00:00.000Z',
  expired: false,
  lastUsedAt: null,
};

describe('token create', () => {
  it('prints the token alone, so that it can be put into a file', async () => {
    await using scene = await makeScene({ handlers: { 'tokens.create': () => ({ token, secret: 'hf_secret' }) } });
    expect(await scene.holdfast('token', 'create', 'ci', '--role', 'read', '--expires', '1d')).toBe(0);
    expect(scene.stdout.text).toBe('hf_secret\n');
    expect(scene.stderr.text).toBe('Token ci has the role viewer, until 2026-10-16 12:00:00. It is not shown again.\n');
    expect(scene.calls).toEqual([{ name: 'tokens.create', input: { name: 'ci', role: 'read', lifetimeMs: dayMs } }]);
  });

  it.each([
    [['--role', 'owner']],
    [[]],
    [['--role', 'read', '--expires', 'soon']],
    [['--role', 'read', '--expires', '0h']],
    [['--role', 'read', '--expires', '11y']],
  ])('refuses %j before it asks the engine', async (options) => {
    await using scene = await makeScene();
    expect(await scene.holdfast('token', 'create', 'ci', ...options)).toBe(2);
    expect(scene.opened).toBe(0);
  });
});

describe('token list', () => {
  it('shows what is known of each, and which are over', async () => {
    const tokens = [token, { ...token, name: 'old', expired: true, lastUsedAt: '2026-10-15T13:00:00.000Z' }];
    await using scene = await makeScene({ handlers: { 'tokens.list': () => ({ tokens }) } });
    expect(await scene.holdfast('token', 'list')).toBe(0);
    expect(scene.stdout.text.split('\n')).toEqual([
      'NAME  ROLE  BEGINS      MADE                 BY         EXPIRES                    LAST USED',
      'ci    read  hf_abcdef…  2026-10-15 12:00:00  cli:alice  2026-10-16 12:00:00        never',
      'old   read  hf_abcdef…  2026-10-15 12:00:00  cli:alice  2026-10-16 12:00:00, over  2026-10-15 13:00:00',
      '',
    ]);
  });
});

describe('console-link', () => {
  it('prints the link alone', async () => {
    const url = 'http://127.0.0.1:1/login#x';
    await using scene = await makeScene({ handlers: { 'console.link': () => ({ url, expiresAt: token.createdAt }) } });
    expect(await scene.holdfast('console-link')).toBe(0);
    expect(scene.stdout.text).toBe(`${url}\n`);
  });
});
