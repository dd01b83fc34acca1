import { describe, expect, it } from 'vitest';
import type { AwsAccount } from '../../../../shared/contract/aws-accounts.ts';
import {
  accountStanding,
  asksForCode,
  isRenewal,
  sayArn,
  sayRights,
  worstFirst,
} from '../../../../renderer/components/aws-words.ts';

const nowMs = Date.parse('2026-11-29T12:00:00Z');
const inDays = (days: number) => new Date(nowMs + days * 24 * 3_600_000).toISOString();

const account: AwsAccount = {
  name: 'production',
  credentials: { kind: 'keys', accessKeyId: 'AKIAEXAMPLE', expiresAt: null, renewAfterDays: null },
  role: null,
  regions: [],
  endpoint: null,
  addedAt: inDays(-30),
  addedBy: 'ann',
  changedAt: inDays(-30),
  changedBy: 'ann',
  secretAt: inDays(-30),
  identity: { account: '111122223333', arn: 'arn:aws:iam::111122223333:user/backup', at: inDays(-1) },
  approved: true,
  endsAt: null,
  usedBy: [],
};
const ends = (days: number): AwsAccount => ({
  ...account,
  credentials: { kind: 'keys', accessKeyId: 'ASIAEXAMPLE', expiresAt: inDays(days), renewAfterDays: null },
  endsAt: inDays(days),
});
const grows = (days: number): AwsAccount => ({
  ...account,
  credentials: { kind: 'keys', accessKeyId: 'AKIAEXAMPLE', expiresAt: null, renewAfterDays: 90 },
  endsAt: inDays(days),
});

describe('An AWS account', () => {
  it('is told by what its ARN says, and by the ARN where that is of another kind', () => {
    expect(sayArn('arn:aws:iam::111122223333:user/team/backup')).toBe('the user backup');
    expect(sayArn('arn:aws:sts::111122223333:assumed-role/protector/holdfast')).toBe(
      'the role protector, in the session holdfast',
    );
    expect(sayArn('arn:aws:iam::111122223333:root')).toBe('the root user');
    expect(sayArn('arn:aws:sts::111122223333:something/new')).toBe('arn:aws:sts::111122223333:something/new');
    expect(sayArn('nonsense')).toBe('nonsense');
  });

  it('stands as the worst that is known of it', () => {
    expect(accountStanding(account, nowMs)).toEqual({ tone: 'good', words: 'tested' });
    expect(accountStanding({ ...account, identity: null }, nowMs).words).toBe('not tested');
    expect(accountStanding(ends(3), nowMs)).toEqual({ tone: 'part', words: 'ends soon' });
    expect(accountStanding(ends(60), nowMs).words).toBe('tested');
    expect(accountStanding(ends(-1), nowMs)).toEqual({ tone: 'fail', words: 'has ended' });
    expect(accountStanding({ ...ends(-1), approved: false }, nowMs).words).toBe('not approved here');
  });

  it('that only got old goes on, and is not told as one that has ended', () => {
    expect(accountStanding(grows(-1), nowMs)).toEqual({ tone: 'part', words: 'to be renewed' });
    expect([isRenewal(grows(5)), isRenewal(ends(5)), isRenewal(account)]).toEqual([true, false, false]);
  });

  it('asks for a code where its role has a device', () => {
    const role = {
      arn: 'arn:aws:iam::111122223333:role/protector',
      externalId: null,
      mfaSerial: null,
      sessionName: 'holdfast',
      durationSeconds: 3_600,
    };
    expect(asksForCode({ role })).toBe(false);
    expect(asksForCode({ role: { ...role, mfaSerial: 'arn:aws:iam::111122223333:mfa/phone' } })).toBe(true);
  });
});

describe('What an identity may', () => {
  const right = (action: string, verdict: 'allowed' | 'refused' | 'unknown' | 'untested') => ({
    action,
    verdict,
    why: '',
    detail: '',
  });
  const some = [right('a', 'allowed'), right('b', 'untested'), right('c', 'refused'), right('d', 'unknown')];

  it('shows what is refused first, and what is in order last', () => {
    expect(worstFirst(some).map(({ action }) => action)).toEqual(['c', 'd', 'b', 'a']);
  });

  it('never tells what was not tried as allowed', () => {
    expect(sayRights(some)).toEqual({ tone: 'fail', words: '1 of 4 refused, 1 not known, 1 not tested' });
    expect(sayRights([right('a', 'allowed'), right('b', 'untested')])).toEqual({
      tone: 'good',
      words: 'nothing refused, 1 not tested',
    });
    expect(sayRights([right('a', 'allowed'), right('b', 'unknown')]).tone).toBe('part');
  });
});
