import { expect, test } from 'vitest';
import { layoutOf, planBox } from '../../../../../renderer/features/recovery/plans/plan-layout.ts';

const step = (id: string, ...after: string[]) => ({ id, title: id.toUpperCase(), after });

test('puts steps below each other, those that go at the same time into one wave', () => {
  const { steps, waves } = layoutOf([step('docs'), step('look', 'docs', 'ledger'), step('ledger'), step('code')]);
  expect(steps.map(({ id, wave }) => [id, wave])).toEqual([
    ['docs', 1],
    ['ledger', 1],
    ['code', 1],
    ['look', 2],
  ]);
  for (const [index, { y }] of steps.entries())
    if (index > 0) expect(y).toBeGreaterThanOrEqual((steps[index - 1]?.y ?? 0) + planBox.height);
  expect(waves.map(({ number }) => number)).toEqual([1, 2]);
});

test('leads from each step to each that waits for it, the farther apart the farther out', () => {
  const { steps, edges, width } = layoutOf([step('a'), step('b', 'a'), step('c', 'a', 'b'), step('d', 'gone')]);
  const middle = (id: string) => (steps.find((one) => one.id === id)?.y ?? Number.NaN) + planBox.height / 2;
  expect(edges.map(({ key, fromY, toY }) => [key, fromY, toY])).toEqual([
    ['a b', middle('a'), middle('b')],
    ['a c', middle('a'), middle('c')],
    ['b c', middle('b'), middle('c')],
  ]);
  const [near, far] = edges.map(({ reach }) => reach);
  expect(far).toBeGreaterThan(near ?? Infinity);
  expect(width).toBeGreaterThan(planBox.left + planBox.width);
});

test('leaves steps out that wait for each other, and has room for a plan without any', () => {
  expect(layoutOf([step('a', 'b'), step('b', 'a'), step('c')]).steps.map(({ id }) => id)).toEqual(['c']);
  expect(layoutOf([])).toMatchObject({ steps: [], edges: [], waves: [] });
  expect(layoutOf([]).height).toBeGreaterThan(0);
});
