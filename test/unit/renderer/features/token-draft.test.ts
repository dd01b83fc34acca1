import { describe, expect, it } from 'vitest';
import { newDraft, tokenCommand, tokenOf } from '../../../../renderer/features/settings/token-draft.ts';

describe('A new token', () => {
  it('may only look, and ends, unless somebody says otherwise', () => {
    expect(tokenOf({ ...newDraft, name: ' monitoring ' })).toEqual({
      name: 'monitoring',
      role: 'read',
      lifetimeMs: 90 * 24 * 3_600_000,
    });
  });

  it('lives until it is revoked where that was chosen', () => {
    expect(tokenOf({ name: 'ci', role: 'operate', lifetime: 'none' }).lifetimeMs).toBeNull();
  });

  it('is made by the command that is shown', () => {
    expect(tokenCommand({ name: 'ci', role: 'operate', lifetime: '1y' })).toEqual(
      'holdfast token create ci --role operate --expires 1y'.split(' '),
    );
    expect(tokenCommand({ name: '', role: 'read', lifetime: 'none' })).toEqual(
      'holdfast token create NAME --role read'.split(' '),
    );
  });
});
