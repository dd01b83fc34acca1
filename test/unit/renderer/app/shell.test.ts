import { expect, test } from 'vitest';
import { dismissedFrom, freshNotices } from '../../../../renderer/app/notice-model.ts';
import { textSearch } from '../../../../renderer/app/search.ts';
import { shortcutFor } from '../../../../renderer/app/shortcuts.ts';

const press = (key: string, more: { ctrlOrMeta?: boolean; alt?: boolean; typing?: boolean } = {}, afterG = false) =>
  shortcutFor({ key, ctrlOrMeta: false, alt: false, typing: false, ...more }, afterG);

test('g and a letter go somewhere; the letter alone does nothing', () => {
  expect(press('g')).toEqual({ does: 'wait' });
  expect(press('s', {}, true)).toEqual({ does: 'go', path: '/sources' });
  expect(press('i', {}, true)).toEqual({ does: 'go', path: '/sites' });
  expect(press('s')).toBeNull();
  expect(press('x', {}, true)).toBeNull();
});

test('keys belong to whoever types, but for the palette', () => {
  expect(press('?', { typing: true })).toBeNull();
  expect(press('g', { typing: true })).toBeNull();
  expect(press('k', { typing: true, ctrlOrMeta: true })).toEqual({ does: 'palette' });
});

test('keys of the browser stay its own', () => {
  expect(press('/', { ctrlOrMeta: true })).toBeNull();
  expect(press('g', { alt: true })).toBeNull();
  expect(press('k', { ctrlOrMeta: true, alt: true })).toBeNull();
});

test('an address carries texts of known names and nothing else', () => {
  const parse = textSearch('path', 'source');
  expect(parse({ path: 2024, source: '', other: 'x' })).toEqual({ path: '2024' });
  expect(parse({ path: { evil: true } })).toEqual({});
});

test('only notices that came since are announced, the oldest first', () => {
  const notice = (id: string, at: string) => ({ id, at, level: 'info' as const, text: '' });
  const all = [notice('b', '2026-01-02'), notice('a', '2026-01-01'), notice('c', '2026-01-03')];
  expect(freshNotices(all, null)).toEqual([]);
  expect(freshNotices(all, new Set(['b'])).map(({ id }) => id)).toEqual(['a', 'c']);
});

test('what was dismissed is read back, and nothing else', () => {
  expect([...dismissedFrom('["a",5]')]).toEqual(['a']);
  expect([...dismissedFrom('{"a":1}'), ...dismissedFrom('no JSON'), ...dismissedFrom(null)]).toEqual([]);
});
