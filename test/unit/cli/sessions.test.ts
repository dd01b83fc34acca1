import { describe, expect, it } from 'vitest';
import type { Session } from '../../../shared/contract/sessions.ts';
import { makeScene } from './harness.ts';

const session: Session = {
  id: '0123456789abcdef',
  tenant: 'default',
  actor: 'browser:anna',
  role: 'recover',
  beganAt: '2026-10-15T12:00:00.000Z',
  lastSeenAt: '2026-10-15T13:00:00.000Z',
  endsAt: '2026-10-16T01:00:00.000Z',
  address: '127.0.0.1',
  browser: 'Firefox on Linux',
  own: false,
};

describe('session list', () => {
  it('says who is signed in, as what, since when and from where', async () => {
    const sessions = [session, { ...session, address: null, browser: null }];
    await using scene = await makeScene({ handlers: { 'sessions.list': () => ({ sessions }) } });
    expect(await scene.holdfast('session', 'list')).toBe(0);
    expect(scene.stdout.text.split('\n')).toEqual([
      'ID                WHO           ROLE               SINCE                LAST SEEN            FROM       BROWSER',
      '0123456789abcdef  browser:anna  recovery operator  2026-10-15 12:00:00  2026-10-15 13:00:00  127.0.0.1  Firefox on Linux',
      '0123456789abcdef  browser:anna  recovery operator  2026-10-15 12:00:00  2026-10-15 13:00:00  unknown    unknown',
      '',
    ]);
  });
});

describe('session revoke', () => {
  it('puts one out, or all', async () => {
    const handlers = { 'sessions.revoke': () => session, 'sessions.revokeAll': () => ({ revoked: 3 }) };
    await using scene = await makeScene({ handlers });
    expect(await scene.holdfast('session', 'revoke', session.id)).toBe(0);
    expect(await scene.holdfast('session', 'revoke', '--all')).toBe(0);
    expect(scene.calls).toEqual([
      { name: 'sessions.revoke', input: { session: session.id } },
      { name: 'sessions.revokeAll', input: { own: true } },
    ]);
  });

  it.each([[[]], [['x', '--all']]])('refuses %j before it asks the engine', async (given) => {
    await using scene = await makeScene();
    expect(await scene.holdfast('session', 'revoke', ...given)).toBe(2);
    expect(scene.opened).toBe(0);
  });
});

describe('console-link', () => {
  it('carries a role and a name', async () => {
    const made = { url: 'http://127.0.0.1:1/login#x', expiresAt: session.endsAt };
    await using scene = await makeScene({ handlers: { 'console.link': () => made } });
    expect(await scene.holdfast('console-link', '--role', 'recover', '--name', 'anna')).toBe(0);
    expect(scene.calls).toEqual([{ name: 'console.link', input: { role: 'recover', name: 'anna' } }]);
    expect(await scene.holdfast('console-link', '--role', 'owner')).toBe(2);
  });
});
