import { describe, expect, test } from 'vitest';
import {
  emptyInvite,
  inviteCommand,
  isReady,
  nameFault,
  quotaOf,
} from '../../../../../renderer/features/sites/server/invite-draft.ts';
import { grouped, nameFrom, pairingStep } from '../../../../../renderer/features/sites/server/pairing-steps.ts';
import { usedWords } from '../../../../../renderer/features/sites/server/user-words.ts';

describe('pairing', () => {
  const place = { location: 'rest:https://host:8000/branch/', user: 'branch', fingerprint: 'aa' };

  test('goes from the code over the repository and its rule to the copy', () => {
    expect(pairingStep({}, false)).toBe('Code');
    expect(pairingStep({ location: place.location }, false)).toBe('Code');
    expect(pairingStep(place, false)).toBe('Repository');
    expect(pairingStep({ site: 'Hamburg' }, false)).toBe('Rule');
    expect(pairingStep({ site: 'Hamburg' }, true)).toBe('Copy');
  });

  test('shows a fingerprint so that it can be read aloud, and names the site for its machine', () => {
    expect(grouped('0123456789ab')).toBe('0123 4567 89ab');
    expect(nameFrom(place.location)).toBe('host');
    expect(nameFrom('rest:https://[::1]:8000/branch/')).toBe('::1');
    expect(nameFrom('/somewhere')).toBe('');
  });
});

describe('an invitation', () => {
  test('needs a name that can stand in an address, and a quota that is a size', () => {
    expect(isReady(emptyInvite)).toBe(false);
    expect(isReady({ ...emptyInvite, name: 'branch' })).toBe(true);
    expect(isReady({ ...emptyInvite, name: 'branch', quota: 'much' })).toBe(false);
    expect(nameFault('Branch Office')).not.toBeNull();
    expect(quotaOf('1.5G')).toBe(1.5 * 1024 ** 3);
    expect(quotaOf(' ')).toBeNull();
    expect(quotaOf('much')).toBeUndefined();
  });

  test('is the same on the command line', () => {
    const draft = { ...emptyInvite, name: 'branch', quota: '500G', address: 'backup.example:8000' };
    expect(inviteCommand(draft).join(' ')).toBe(
      'holdfast site invite branch --append-only --quota 500G --expires 24h --address backup.example:8000',
    );
  });
});

test('what a user has is said with the quota, never over all of it', () => {
  expect(usedWords({ usedBytes: 512, quotaBytes: 1024 })).toBe('512 B of 1.0 KiB, 50 %');
  expect(usedWords({ usedBytes: 4096, quotaBytes: 1024 })).toMatch(/100 %$/);
  expect(usedWords({ usedBytes: 512, quotaBytes: null })).toBe('512 B');
  expect(usedWords({ usedBytes: null, quotaBytes: 1024 })).toBe('not known');
});
