/** How automatic failover stands, in a few words and a tone. Pure. */
import type { AutomaticState } from '../../../../shared/contract/automatic-failover.ts';
import type { Said } from '../../../components/tone.ts';

export function sayAutomatic({ promotion, obstacles, problem, power, role, heard }: AutomaticState): Said {
  if (promotion !== null && !promotion.acknowledged)
    return promotion.done ? { tone: 'part', words: 'has taken over' } : { tone: 'fail', words: 'could not take over' };
  if (obstacles.length > 0) return { tone: 'fail', words: 'does not take over' };
  if (problem !== null) return { tone: 'part', words: 'witness is silent' };
  if (heard?.paused) return { tone: 'part', words: 'paused' };
  if (role === 'standby') return { tone: 'good', words: 'stands by' };
  if (power === 'owner') return { tone: 'good', words: 'has the lease' };
  return { tone: 'part', words: power === 'snapshots' ? 'takes snapshots only' : 'stands aside' };
}

export function mayWords(power: AutomaticState['power']): string {
  switch (power) {
    case 'owner':
      return 'protect, and remove what has expired';
    case 'snapshots':
      return 'take snapshots, and remove nothing';
    case 'nothing':
      return 'neither protect nor remove anything';
  }
}
