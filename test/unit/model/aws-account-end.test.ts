import { expect, test } from 'vitest';
import { accountEnd } from '../../../shared/model/aws-account-end.ts';

const day = 24 * 3_600_000;
const secretAtMs = Date.parse('2026-01-01T00:00:00Z');
const keys = (expiresAt: string | null, renewAfterDays: number | null) => ({
  definition: { credentials: { kind: 'keys' as const, expiresAt, renewAfterDays } },
  secretAtMs,
  signedInUntilMs: null,
});

test('what comes first counts: the end of a session, or the age that somebody wants no secret to get beyond', () => {
  expect(accountEnd(keys(null, null))).toBeNull();
  expect(accountEnd(keys('2026-01-05T00:00:00Z', 90))).toEqual({ atMs: secretAtMs + 4 * day, ends: true });
  expect(accountEnd(keys('2026-12-05T00:00:00Z', 90))).toEqual({ atMs: secretAtMs + 90 * day, ends: false });
  expect(accountEnd({ ...keys(null, 90), secretAtMs: null })).toBeNull();
});

test('of a profile it is what somebody has signed in to', () => {
  const profile = { definition: { credentials: { kind: 'profile' as const } }, secretAtMs: null };
  expect(accountEnd({ ...profile, signedInUntilMs: 5 })).toEqual({ atMs: 5, ends: true });
  expect(accountEnd({ ...profile, signedInUntilMs: null })).toBeNull();
});
