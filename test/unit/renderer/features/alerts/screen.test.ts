import { describe, expect, test } from 'vitest';
import { places } from '../../../../../renderer/app/shortcuts.ts';
import { alertKeys, doingOf } from '../../../../../renderer/features/alerts/keys.ts';
import { rowAt, shownOf } from '../../../../../renderer/features/alerts/shown.ts';
import { toldWords } from '../../../../../renderer/features/alerts/told-words.ts';
import type { Alert } from '../../../../../shared/contract/alerts.ts';
import type { RouteTarget } from '../../../../../shared/contract/routes.ts';

const one = (id: string) => ({ id }) as Alert;
const standings = { needs: [one('a'), one('b')], acknowledged: [one('c')], snoozed: [] };

test('the list is the one of the address, or the one that has the alert of the address', () => {
  expect(shownOf('snoozed', undefined, standings)).toBe('snoozed');
  expect(shownOf('resolved', 'a', standings)).toBe('resolved');
  expect(shownOf('anything', undefined, standings)).toBe('needs');
  expect(shownOf(undefined, 'c', standings)).toBe('acknowledged');
  expect(shownOf(undefined, 'over', standings)).toBe('resolved');
});

test('when the alert that is looked at goes, the one that takes its place is looked at', () => {
  expect(rowAt(standings.needs, 'b', 0)?.id).toBe('b');
  expect(rowAt(standings.needs, 'gone', 1)?.id).toBe('b');
  expect(rowAt(standings.needs, 'gone', 7)?.id).toBe('b');
  expect(rowAt([], 'gone', 7)).toBeUndefined();
});

test('no key that acts on an alert leads to another area after g', () => {
  const letters: readonly string[] = places.map(({ key }) => key);
  expect(alertKeys.filter(({ key }) => letters.includes(key))).toEqual([]);
  expect(doingOf('K')).toBe('acknowledge');
  expect(doingOf('q')).toBeNull();
});

describe('nobody is told', () => {
  const words = (...routes: readonly (readonly [RouteTarget['kind'], boolean])[]) =>
    toldWords(routes.map(([kind, enabled]) => ({ enabled, target: { kind } as RouteTarget })))?.title ?? null;

  test.each([
    [[], 'Nobody is told of alerts'],
    [[['mail', false]], 'Nobody is told of alerts'],
    [[['healthCheck', true]], 'Nobody is told of alerts'],
    [[['desktop', true]], 'Alerts are told on this desktop alone'],
    [
      [
        ['desktop', true],
        ['webhook', true],
      ],
      null,
    ],
    [[['mail', true]], null],
  ] as const)('%j: %s', (routes, title) => {
    expect(words(...routes)).toBe(title);
  });
});
