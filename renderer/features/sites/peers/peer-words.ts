/** Other consoles in words. Pure. */
import type { Peer, PeerReading, PeerSource } from '../../../../shared/contract/peers.ts';
import { formatCount, formatDuration } from '../../../../shared/model/units.ts';
import type { Said } from '../../../components/tone.ts';

export function sayPeer({ state, reading }: Pick<Peer, 'state' | 'reading'>): Said {
  switch (state) {
    case 'unknown':
      return { tone: 'none', words: 'not asked yet' };
    case 'silent':
      return { tone: 'fail', words: 'silent' };
    case 'refused':
      return { tone: 'fail', words: 'refuses the token' };
    case 'answering':
      return reading?.active === false
        ? { tone: 'part', words: 'nothing runs there' }
        : { tone: 'good', words: 'answers' };
  }
}

export function saySources({ total, never, overdue, paused }: PeerReading['sources']): Said {
  if (total === 0) return { tone: 'part', words: 'none' };
  const parts = [
    overdue > 0 ? `${formatCount(overdue)} overdue` : null,
    never > 0 ? `${formatCount(never)} never` : null,
    paused > 0 ? `${formatCount(paused)} paused` : null,
  ].filter((part) => part !== null);
  if (parts.length === 0) return { tone: 'good', words: `all ${formatCount(total)} fresh` };
  return { tone: overdue + never > 0 ? 'miss' : 'part', words: `${parts.join(', ')} of ${formatCount(total)}` };
}

/** What would be lost there if it burned down now. */
export function lossWords(worst: Pick<PeerSource, 'name' | 'newestGoodAt'> | null, nowMs: number): string {
  if (worst === null) return '';
  if (worst.newestGoodAt === null) return `all of ${worst.name}`;
  return `${lossAge(worst.newestGoodAt, nowMs)}, ${worst.name}`;
}

export function lossAge(newestGoodAt: string | null, nowMs: number): string {
  return newestGoodAt === null ? 'all of it' : formatDuration(Math.max(0, nowMs - Date.parse(newestGoodAt)));
}

export function sayPeerAlerts({ errors, warnings, total }: PeerReading['alerts']): Said {
  if (total === 0) return { tone: 'good', words: 'none' };
  const parts = [
    errors > 0 ? `${formatCount(errors)} ${errors === 1 ? 'error' : 'errors'}` : null,
    warnings > 0 ? `${formatCount(warnings)} ${warnings === 1 ? 'warning' : 'warnings'}` : null,
  ].filter((part) => part !== null);
  return { tone: errors > 0 ? 'fail' : 'part', words: parts.join(', ') || `${formatCount(total)} to know` };
}

/** Its copies elsewhere: the site that is behind most. */
export function copiesWords(sites: PeerReading['sites']): string {
  if (sites.length === 0) return 'no site';
  const behind = Math.max(0, ...sites.map(({ lagMs }) => lagMs ?? 0));
  const count = `${formatCount(sites.length)} ${sites.length === 1 ? 'site' : 'sites'}`;
  return behind === 0 ? count : `${count}, ${formatDuration(behind)} behind`;
}

export function storageWords(repositories: PeerReading['repositories']): string {
  const snapshots = repositories.reduce((sum, one) => sum + one.snapshots, 0);
  const closed = repositories.filter(({ state }) => state !== 'open').length;
  return `${formatCount(snapshots)} snapshots${closed === 0 ? '' : `, ${formatCount(closed)} not open`}`;
}

const freshness: Readonly<Record<PeerSource['freshness'], Said>> = {
  never: { tone: 'miss', words: 'no good snapshot' },
  overdue: { tone: 'miss', words: 'overdue' },
  paused: { tone: 'none', words: 'paused' },
  unjudged: { tone: 'none', words: 'no RPO' },
  fresh: { tone: 'good', words: 'fresh' },
};

export function sayFreshness(state: PeerSource['freshness']): Said {
  return freshness[state];
}

/** What the token may do there, in what it means here. */
export function roleWords(role: PeerReading['role']): string {
  return { read: 'observed', recover: 'observed', operate: 'operated', admin: 'managed' }[role];
}
