import { expect, test } from 'vitest';
import { cloneStep, isWithin, stagingOf, tryAgainMs, type CloneLife } from '../../../shared/model/clones.ts';
import { clonesLeft } from '../../../shared/model/clone-alerts.ts';

const now = 1_000_000_000_000;
const life: CloneLife = { state: 'ready', expiresAtMs: now, trouble: null };
const changed = (atMs: number): CloneLife['trouble'] => ({ kind: 'changed', atMs });

test('a clone goes when its time is over, and not a moment before', () => {
  expect(cloneStep({ ...life, expiresAtMs: now + 1 }, now)).toBe('none');
  expect(cloneStep(life, now)).toBe('remove');
});

test('one that could not be removed is tried again after a while, also where the clock was ahead', () => {
  expect(cloneStep({ ...life, trouble: changed(now) }, now + tryAgainMs - 1)).toBe('none');
  expect(cloneStep({ ...life, trouble: changed(now) }, now + tryAgainMs)).toBe('remove');
  expect(cloneStep({ ...life, trouble: changed(now + 1) }, now)).toBe('remove');
});

test('what was cut off is cleared or goes on; what nobody can tell apart is left to people', () => {
  expect(cloneStep({ ...life, state: 'making', expiresAtMs: now + 1 }, now)).toBe('clear');
  expect(cloneStep({ ...life, state: 'removing', expiresAtMs: now + 1 }, now)).toBe('remove');
  expect(cloneStep({ ...life, state: 'unfinished' }, now)).toBe('none');
});

test('it is made beside its place', () => {
  expect(stagingOf('/srv/dev/shop', 'ab')).toBe('/srv/dev/.holdfast-clone-ab');
  expect(stagingOf('/shop', 'ab')).toBe('/.holdfast-clone-ab');
});

test.each([
  ['/a/b', '/a', true],
  ['/a', '/a', true],
  ['/ab', '/a', false],
  ['/a', '/', true],
  ['/', '/a', false],
])('%s lies in %s: %s', (path, folder, isIn) => expect(isWithin(path, folder)).toBe(isIn));

test('the alert names the oldest and counts the others', () => {
  const one = { id: 'a'.repeat(16), title: '/srv/shop', isUnfinished: false, detail: 'It was changed.' };
  expect(clonesLeft([])).toEqual([]);
  const [told] = clonesLeft([one, { ...one, id: 'b'.repeat(16) }]);
  expect(told).toMatchObject({ rule: 'clone-left', occasion: `${one.id} ${'b'.repeat(16)}` });
  expect(told?.detail).toBe('/srv/shop: It was changed. So it is with 1 more: holdfast clone list.');
  expect(told?.todo).toContain('holdfast clone keep aaaaaaaa');
  expect(clonesLeft([{ ...one, isUnfinished: true }])[0]?.todo).not.toContain('clone keep');
});
