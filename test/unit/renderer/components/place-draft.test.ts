import { expect, test } from 'vitest';
import {
  beginningOf,
  emptyReach,
  givenReach,
  kindOf,
  placeKinds,
} from '../../../../renderer/components/place-draft.ts';

test('the kind of a place is what its location begins with', () => {
  for (const { value } of placeKinds) expect(kindOf(`${beginningOf(value)}somewhere`)).toBe(value);
  expect(kindOf('C:/repository')).toBe('local');
});

test('fields that are empty, or of another kind, are not given', () => {
  const reach = {
    settings: { user: 'ada', region: '', fingerprint: 'SHA256:x', agent: false },
    secrets: { password: 'pw', 'secret-access-key': 'other' },
  };
  expect(givenReach('rest:https://host/', reach)).toEqual({
    settings: { user: 'ada', fingerprint: 'SHA256:x' },
    secrets: { password: 'pw' },
  });
  expect(givenReach('/folder', reach)).toBeUndefined();
  expect(givenReach('s3:https://host/bucket', emptyReach)).toBeUndefined();
});
