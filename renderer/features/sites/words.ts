/** Sites, rules and items of sync in words. */
import type { Profile } from '../../../shared/contract/profiles.ts';
import type { Site, SiteLag } from '../../../shared/contract/sites.ts';
import type { SyncItem, SyncRuleView } from '../../../shared/contract/sync.ts';
import { keepWords } from '../../../shared/model/keep-until.ts';
import { scopeWords } from '../../../shared/model/sync-rules.ts';
import { formatCount, formatDuration } from '../../../shared/model/units.ts';
import type { Said, Tone } from '../../components/tone.ts';

export function saySite({ enabled, state, paused, failed, primary }: Site): Said {
  if (!enabled) return { tone: 'none', words: 'disabled' };
  if (primary) return { tone: 'good', words: 'primary' };
  if (state === 'unconnected') return { tone: 'part', words: 'needs its password' };
  if (state === 'unreachable') return { tone: 'fail', words: 'cannot be reached' };
  if (state === 'locked') return { tone: 'part', words: 'locked' };
  if (paused !== null) return { tone: 'part', words: 'paused' };
  return failed > 0 ? { tone: 'part', words: 'with failures' } : { tone: 'good', words: 'answers' };
}

const itemTones: Readonly<Record<SyncItem['state'], Tone>> = {
  queued: 'none',
  running: 'run',
  paused: 'part',
  retrying: 'part',
  failed: 'fail',
  done: 'good',
  skipped: 'none',
};

export function sayItem({ state, attempts }: SyncItem): Said {
  const words = state === 'retrying' ? `tried ${formatCount(attempts)} times` : state === 'running' ? 'sending' : state;
  return { tone: itemTones[state], words };
}

export function lagWords({ lagMs, newestAt }: Pick<SiteLag, 'lagMs' | 'newestAt'>): string {
  if (newestAt === null) return 'nothing to compare';
  if (lagMs === null) return 'nothing sent yet';
  return lagMs === 0 ? 'up to date' : `${formatDuration(lagMs)} behind`;
}

export function ruleWords({ scope }: SyncRuleView, profiles: readonly Profile[]): string {
  return scopeWords(scope, (profile, period) => {
    const found = profiles.find(({ id }) => id === profile);
    return `${found?.periods.find(({ id }) => id === period)?.name ?? period} of ${found?.name ?? 'a profile that is gone'}`;
  });
}

export function keptWords({ keep, minimum, holdUntilSent }: SyncRuleView): string {
  const kept = keep === 'same' ? 'as its profile says' : keepWords(keep);
  const least = minimum === 0 ? '' : `, at least ${formatCount(minimum)}`;
  return `${kept}${least}${holdUntilSent ? '; held here until sent' : ''}`;
}
