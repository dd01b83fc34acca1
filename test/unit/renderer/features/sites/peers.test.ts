import { describe, expect, test } from 'vitest';
import type { Peer, PeerReading } from '../../../../../shared/contract/peers.ts';
import { worstPeersFirst } from '../../../../../renderer/features/sites/peers/peer-order.ts';
import {
  copiesWords,
  lossWords,
  sayPeer,
  sayPeerAlerts,
  saySources,
  storageWords,
} from '../../../../../renderer/features/sites/peers/peer-words.ts';

const sources = (more: Partial<PeerReading['sources']> = {}): PeerReading['sources'] => ({
  total: 4,
  never: 0,
  overdue: 0,
  paused: 0,
  worst: null,
  list: [],
  ...more,
});
const reading = (more: Partial<PeerReading>): PeerReading =>
  ({
    active: true,
    sources: sources(),
    alerts: { total: 0, errors: 0, warnings: 0, list: [] },
    ...more,
  }) as PeerReading;
const peer = (name: string, more: Partial<Peer>): Peer => ({ name, state: 'answering', ...more }) as Peer;

describe('another console', () => {
  test('is well where it answers and runs what is due', () => {
    expect(sayPeer(peer('a', { reading: reading({}) })).tone).toBe('good');
    expect(sayPeer(peer('a', { reading: reading({ active: false }) })).tone).toBe('part');
    expect(sayPeer(peer('a', { state: 'silent', reading: null })).tone).toBe('fail');
  });

  test('names what is not as it should be among its sources and alerts', () => {
    expect(saySources(sources())).toEqual({ tone: 'good', words: 'all 4 fresh' });
    expect(saySources(sources({ overdue: 1, never: 2 }))).toEqual({ tone: 'miss', words: '1 overdue, 2 never of 4' });
    expect(saySources(sources({ paused: 1 })).tone).toBe('part');
    expect(sayPeerAlerts({ total: 3, errors: 1, warnings: 2, list: [] })).toEqual({
      tone: 'fail',
      words: '1 error, 2 warnings',
    });
    expect(sayPeerAlerts({ total: 1, errors: 0, warnings: 0, list: [] }).words).toBe('1 to know');
  });

  test('says what would be lost there, what it stores, and how far its copies are behind', () => {
    const atMs = Date.parse('2026-01-02T03:00:00Z');
    expect(lossWords({ name: 'docs', newestGoodAt: '2026-01-02T00:00:00Z' }, atMs)).toBe('3 h, docs');
    expect(lossWords({ name: 'docs', newestGoodAt: null }, atMs)).toBe('all of docs');
    const one = { name: 'a', location: '/a', state: 'open', primary: true, snapshots: 7 } as const;
    expect(storageWords([one, { ...one, state: 'locked' }])).toBe('14 snapshots, 1 not open');
    const site = { name: 's', state: 'open', lagMs: 3_600_000, waiting: 0, failed: 0 };
    expect(copiesWords([site, { ...site, lagMs: null }])).toBe('2 sites, 1 h behind');
    expect(copiesWords([])).toBe('no site');
  });

  test('comes first where nobody hears from it, then where most would be lost', () => {
    const late = reading({ sources: sources({ overdue: 1 }) });
    const warned = reading({ alerts: { total: 1, errors: 0, warnings: 1, list: [] } });
    const names = worstPeersFirst([
      peer('well', { reading: reading({}) }),
      peer('warned', { reading: warned }),
      peer('late', { reading: late }),
      peer('gone', { state: 'silent', reading: late }),
    ]).map(({ name }) => name);
    expect(names).toEqual(['gone', 'late', 'warned', 'well']);
  });
});
