import { describe, expect, test } from 'vitest';
import { newPasswordFault, provenIsOld } from '../../../renderer/features/settings/proven.ts';

const day = 24 * 3_600_000;
const now = Date.UTC(2026, 10, 25);

describe('a password', () => {
  test('is to be proven again when nobody has typed it for 90 days', () => {
    expect(provenIsOld(new Date(now - 90 * day).toISOString(), now)).toBe(false);
    expect(provenIsOld(new Date(now - 91 * day).toISOString(), now)).toBe(true);
  });

  test('is taken only when it was typed twice alike', () => {
    expect(newPasswordFault('', '')).not.toBeNull();
    expect(newPasswordFault('a', 'b')).not.toBeNull();
    expect(newPasswordFault('a', 'a')).toBeNull();
  });
});
