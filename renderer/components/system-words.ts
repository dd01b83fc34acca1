/** System snapshots and their parts in words and tones. Pure. */
import type { SystemSnapshot } from '../../shared/contract/systems.ts';
import { skewWords, type MemberState, type SystemState } from '../../shared/model/system-snapshots.ts';
import { formatCount } from '../../shared/model/units.ts';
import type { Said } from './tone.ts';

const ofSystems: Readonly<Record<SystemState, Said>> = {
  running: { tone: 'run', words: 'running' },
  full: { tone: 'good', words: 'full' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
};

export function saySystemState(state: SystemState): Said {
  return ofSystems[state];
}

const ofMembers: Readonly<Record<MemberState, Said>> = {
  waiting: { tone: 'none', words: 'waiting' },
  running: { tone: 'run', words: 'being taken' },
  complete: { tone: 'good', words: 'complete' },
  completeWithExceptions: { tone: 'good', words: 'complete with exceptions' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  cancelled: { tone: 'none', words: 'cancelled' },
  interrupted: { tone: 'miss', words: 'interrupted' },
  missing: { tone: 'miss', words: 'missing' },
};

export function sayMemberState(state: MemberState): Said {
  return ofMembers[state];
}

/** `4 sources within 6 min`; of one that misses something, what it has and how many it has not. */
export function extentWords({ state, members, skewMs }: Pick<SystemSnapshot, 'state' | 'members' | 'skewMs'>): string {
  const taken = members.filter(({ snapshot }) => snapshot !== null).length;
  if (state === 'running') return `${formatCount(taken)} of ${formatCount(members.length)} sources so far`;
  if (taken === 0) return 'nothing was taken';
  const lost = members.length - taken;
  const words = skewWords(taken, skewMs);
  return lost === 0 ? words : `${words}, ${formatCount(lost)} missing`;
}

/** What it is called: what was said of it, or its id. */
export function systemTitle({ id, description }: Pick<SystemSnapshot, 'id' | 'description'>): string {
  return description.trim() === '' ? `System snapshot ${id.slice(0, 8)}` : description.trim();
}
