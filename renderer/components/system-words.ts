/** System snapshots and their parts in words and tones. Pure. */
import type { SystemMember, SystemSnapshot } from '../../shared/contract/systems.ts';
import type { MemberState, SystemState } from '../../shared/model/system-snapshots.ts';
import { isApart, momentWords } from '../../shared/model/together.ts';
import type { Said } from './tone.ts';

const ofSystems: Readonly<Record<SystemState, Said>> = {
  running: { tone: 'run', words: 'running' },
  full: { tone: 'good', words: 'full' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
};

/** Whole is not enough to be good: what is not of one moment says so. */
export function saySystemState(system: Pick<SystemSnapshot, 'state' | 'moment' | 'members'>): Said {
  const said = ofSystems[system.state];
  return said.tone === 'good' && isApart(system) ? { tone: 'part', words: `${said.words}, not together` } : said;
}

/** Null: nothing is known of it. */
export function sayMoment({ moment, withinMs }: Pick<SystemMember, 'moment' | 'withinMs'>): Said | null {
  if (moment === null) return null;
  return {
    tone: moment === 'apart' ? 'part' : moment === 'same' ? 'good' : 'none',
    words: momentWords({ moment, withinMs }),
  };
}

const ofMembers: Readonly<Record<MemberState, Said>> = {
  waiting: { tone: 'none', words: 'waiting' },
  running: { tone: 'run', words: 'being taken' },
  complete: { tone: 'good', words: 'complete' },
  completeWithExceptions: { tone: 'good', words: 'complete with exceptions' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  cancelled: { tone: 'none', words: 'cancelled' },
  pending: { tone: 'none', words: 'waits for AWS' },
  interrupted: { tone: 'miss', words: 'interrupted' },
  missing: { tone: 'miss', words: 'missing' },
};

export function sayMemberState(state: MemberState): Said {
  return ofMembers[state];
}
