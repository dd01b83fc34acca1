import { describe, expect, test } from 'vitest';
import type { Connection } from '../../../shared/contract/repositories.ts';
import { withItems, type BasketItem } from '../../../renderer/client/basket.ts';
import { collect } from '../../../renderer/client/collect.ts';
import { shownChanges } from '../../../renderer/features/snapshots/changes.ts';
import { chosenPoint, timelinePoints } from '../../../renderer/features/snapshots/timeline-points.ts';
import { stretchesOf } from '../../../renderer/features/snapshots/use-folder-window.ts';
import { commonFolder, parentOf, pathsInName, viewOf, waysTo } from '../../../renderer/features/snapshots/view.ts';

const repository = (id: string, primary: boolean) => ({ id, primary }) as Connection;
const known = [repository('a', false), repository('b', true)];

describe('the address of the screen', () => {
  test('leads to the sources where it names none, or no repository is connected', () => {
    expect(viewOf({}, known)).toEqual({ kind: 'sources' });
    expect(viewOf({ source: 'papers' }, [])).toEqual({ kind: 'sources' });
    expect(viewOf('nonsense', known)).toEqual({ kind: 'sources' });
  });

  test('means the primary repository where it names none that is connected', () => {
    expect(viewOf({ source: 'papers', repository: 'gone' }, known)).toMatchObject({
      kind: 'source',
      repository: { id: 'b' },
      snapshot: null,
    });
  });

  test('searches before all else, and compares only two snapshots', () => {
    expect(viewOf({ source: 'papers', find: 'letter' }, known)).toEqual({ kind: 'find', text: 'letter' });
    expect(viewOf({ source: 'papers', against: 'x' }, known)).toMatchObject({ kind: 'source' });
    expect(viewOf({ source: 'papers', against: 'x', snapshot: 'y' }, known)).toMatchObject({ kind: 'compare' });
  });
});

describe('folders', () => {
  test('have a parent but for the root, and a way from the root', () => {
    expect(parentOf('/')).toBeNull();
    expect(parentOf('/a')).toBe('/');
    expect(parentOf('/a/b')).toBe('/a');
    expect(waysTo('/a/b').map(({ path }) => path)).toEqual(['/', '/a', '/a/b']);
  });

  test('are first shown where the paths of the source meet', () => {
    expect(commonFolder([])).toBe('/');
    expect(commonFolder(['/srv/data'])).toBe('/srv/data');
    expect(commonFolder(['/srv/data', '/srv/docs/x'])).toBe('/srv');
    expect(commonFolder(['/a', '/b'])).toBe('/');
    expect(pathsInName('/srv/a + /srv/b')).toEqual(['/srv/a', '/srv/b']);
    expect(pathsInName('papers')).toEqual([]);
  });

  test('are fetched a stretch at a time, the first one always', () => {
    expect(stretchesOf(0, 30)).toEqual([0]);
    expect(stretchesOf(390, 410)).toEqual([0, 1, 2]);
    expect(stretchesOf(90_000, 90_050)).toEqual([0, 450]);
  });
});

describe('the timeline', () => {
  const answer = {
    ids: ['aa', 'ab', 'b'],
    takenAt: [1, 2, 3],
    statuses: ['complete', 'partial', 'complete'],
    bytes: [10, null, 30],
    held: [false, false, true],
  };

  test('marks what is partial and what is held', () => {
    expect(timelinePoints(answer).map(({ tone }) => tone)).toEqual(['plain', 'partial', 'held']);
  });

  test('chooses the newest, or the one that is named', () => {
    const points = timelinePoints(answer);
    expect(chosenPoint(points, null)?.key).toBe('b');
    expect(chosenPoint(points, 'ab')?.key).toBe('ab');
    expect(chosenPoint(points, 'zz')).toBeNull();
  });
});

describe('the restore basket', () => {
  const item = (path: string, snapshot = 's'): BasketItem => ({
    repository: 'r',
    snapshot,
    takenAt: '2026-11-20T00:00:00Z',
    source: 'papers',
    path,
    type: 'file',
    bytes: 1,
  });

  test('holds each path of a snapshot once, and nothing that comes with a folder in it', () => {
    const items = withItems([item('/a/b'), item('/c')], [item('/a'), item('/c')]);
    expect(items.map(({ path }) => path)).toEqual(['/c', '/a']);
  });

  test('keeps the same path of two snapshots apart, and names that only begin alike', () => {
    const items = withItems([item('/a', 's1')], [item('/a/b', 's2'), item('/ab', 's1')]);
    expect(items).toHaveLength(3);
  });

  test('is all of a snapshot once its root is in', () => {
    expect(withItems([item('/a'), item('/b')], [item('/')]).map(({ path }) => path)).toEqual(['/']);
  });
});

describe('changes', () => {
  test('are narrowed to a kind; metadata and type count as changed', () => {
    const entry = (change: 'added' | 'removed' | 'changed' | 'metadata') => ({
      path: `/${change}`,
      change,
      before: null,
      after: null,
    });
    const all = [entry('added'), entry('removed'), entry('changed'), entry('metadata')];
    expect(shownChanges(all, 'all')).toHaveLength(4);
    expect(shownChanges(all, 'changed').map(({ change }) => change)).toEqual(['changed', 'metadata']);
    expect(shownChanges(all, 'removed')).toHaveLength(1);
  });
});

describe('an answer in pieces', () => {
  type Event = { type: 'items'; items: number[] } | { type: 'done'; result: string };
  const parts = {
    itemsOf: (event: Event) => (event.type === 'items' ? event.items : []),
    resultOf: (event: Event) => (event.type === 'done' ? event.result : null),
  };
  async function* events(): AsyncGenerator<Event> {
    yield await Promise.resolve({ type: 'items' as const, items: [1, 2] });
    yield { type: 'items', items: [3] };
    yield { type: 'done', result: 'all' };
  }

  test('is put together in order, with its result', async () => {
    expect(await collect(Promise.resolve(events()), parts)).toEqual({ items: [1, 2, 3], result: 'all' });
  });

  test('is left early when there is enough, and has no result then', async () => {
    const some = await collect(Promise.resolve(events()), { ...parts, atMost: 2 });
    expect(some).toEqual({ items: [1, 2], result: null });
  });

  test('is told of with each batch, as it was then', async () => {
    const told: (readonly number[])[] = [];
    await collect(Promise.resolve(events()), { ...parts, onItems: (items) => told.push(items) });
    expect(told).toEqual([
      [1, 2],
      [1, 2, 3],
    ]);
  });
});
