import { describe, expect, test } from 'vitest';
import { copiesAtSites } from '../../../../renderer/components/site-copies.ts';
import type { Site, SiteLag, SourceCopies } from '../../../../shared/contract/sites.ts';

const day = '2026-01-02T00:00:00Z';
const lag = (more: Partial<SiteLag>): SiteLag => ({
  source: 'papers',
  newestAt: day,
  sentAt: day,
  lagMs: 0,
  behindSince: null,
  snapshots: 1,
  ...more,
});
const site = (name: string, lags: readonly SiteLag[], primary = false): Site =>
  ({ name, primary, lag: lags }) as unknown as Site;
const copies = (isEnough: boolean): SourceCopies[] => [
  { source: 'papers', copies: 3, domains: 2, offsite: 1, isEnough, at: [] },
];

describe('copies of a source at sites', () => {
  test('are as many as it goes to, and as far behind as the worst of them', () => {
    const said = copiesAtSites(
      'papers',
      [site('a', [lag({})]), site('b', [lag({ lagMs: 7_200_000 })]), site('c', [lag({ source: 'other' })])],
      copies(true),
    );
    expect(said).toMatchObject({ tone: 'part', words: '2 of 2, 2 h' });
    expect(said?.detail).toBe('a: up to date; b: 2 h behind; 3 copies, 2 places, 1 away');
  });

  test('are missed where nothing was sent yet', () => {
    const said = copiesAtSites('papers', [site('a', [lag({})]), site('b', [lag({ sentAt: null, lagMs: null })])], []);
    expect(said).toMatchObject({ tone: 'miss', words: '1 of 2' });
  });

  test('are not good where one disaster takes all of them', () => {
    expect(copiesAtSites('papers', [site('a', [lag({})])], copies(true))?.tone).toBe('good');
    expect(copiesAtSites('papers', [site('a', [lag({})])], copies(false))?.tone).toBe('part');
  });

  test('are nothing to speak of where it goes to none, or only where it is protected into', () => {
    expect(copiesAtSites('papers', [site('a', [])], [])).toBeNull();
    expect(copiesAtSites('papers', [site('a', [lag({})], true)], [])).toBeNull();
    expect(copiesAtSites('papers', [site('a', [lag({ newestAt: null, sentAt: null, lagMs: null })])], [])).toBeNull();
  });
});
