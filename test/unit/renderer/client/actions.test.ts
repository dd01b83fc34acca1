import { expect, test } from 'vitest';
import { matchItems, paletteRegistry, registerActions, type PaletteItem } from '../../../../renderer/client/actions.ts';

const item = (id: string, title: string, more: Partial<PaletteItem> = {}): PaletteItem => ({
  id,
  title,
  group: 'Sources',
  run: () => undefined,
  ...more,
});
const titles = (items: readonly PaletteItem[]) => items.map(({ title }) => title);

test('all words have to be found, anywhere, whatever their case', () => {
  const items = [
    item('a', 'NAS projects', { detail: 'folder on annexe' }),
    item('b', 'Finance', { keywords: ['ledger'] }),
  ];
  expect(titles(matchItems(items, 'annexe nas', 10))).toEqual(['NAS projects']);
  expect(titles(matchItems(items, 'LEDGER', 10))).toEqual(['Finance']);
  expect(titles(matchItems(items, 'nas ledger', 10))).toEqual([]);
});

test('what begins with the text stands first, and there are no more than asked for', () => {
  const items = [item('a', 'old finance'), item('b', 'finance'), item('c', 'finance 2025')];
  expect(titles(matchItems(items, 'fin', 2))).toEqual(['finance', 'finance 2025']);
});

test('a feature replaces its own actions and takes them with it', () => {
  registerActions('one', [item('a', 'A')]);
  const leave = registerActions('one', [item('b', 'B')]);
  expect(titles([...paletteRegistry.getState().items.values()].flat())).toEqual(['B']);
  leave();
  expect(paletteRegistry.getState().items.size).toBe(0);
});
