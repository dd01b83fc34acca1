import { expect, test } from 'vitest';
import { onceEach, primaryFirst } from '../../../../../renderer/features/snapshots/found.ts';

const row = (repository: string, path: string, takenAt: string) => ({
  repository,
  source: 'papers',
  hostname: 'office',
  path,
  last: { takenAt },
});

test('a file with copies at sites is one row, of the repository that is named first', () => {
  const rows = [
    row('vault', '/a', '2026-11-29T02:00:00Z'),
    row('vault', '/b', '2026-11-29T02:00:00Z'),
    row('annexe', '/a', '2026-11-29T02:00:00Z'),
  ];
  expect(onceEach(rows).map(({ repository, path }) => `${repository} ${path}`)).toEqual(['vault /a', 'vault /b']);
});

test('what only a site still has is found there, and the newer one counts', () => {
  const rows = [
    row('vault', '/a', '2026-11-02T02:00:00Z'),
    row('annexe', '/a', '2026-11-29T02:00:00Z'),
    row('annexe', '/gone', '2026-11-01T02:00:00Z'),
  ];
  expect(onceEach(rows).map(({ repository, path }) => `${repository} ${path}`)).toEqual(['annexe /a', 'annexe /gone']);
});

test('the primary repository comes before others, whose order stays', () => {
  const all = [
    { id: 'annexe', primary: false },
    { id: 'vault', primary: true },
    { id: 'cloud', primary: false },
  ];
  expect(primaryFirst(all).map(({ id }) => id)).toEqual(['vault', 'annexe', 'cloud']);
});
