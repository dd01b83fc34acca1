/** What a check of a source comes to, in words. Pure. */
import type { SourceCheck } from '../../../shared/contract/source-check.ts';
import type { LeftOutBy } from '../../../shared/model/github-filters.ts';
import type { Said } from '../../components/tone.ts';

const states: Readonly<Record<SourceCheck['state'], Said>> = {
  good: { tone: 'good', words: 'can be protected' },
  limited: { tone: 'part', words: 'can be protected in part' },
  failed: { tone: 'fail', words: 'cannot be protected now' },
};

export function sayCheck(state: SourceCheck['state']): Said {
  return states[state];
}

const filters: Readonly<Record<LeftOutBy, string>> = {
  name: 'Left out by name',
  topics: 'Left out by topic',
  visibility: 'Left out by visibility',
  fork: 'Left out as forks',
  archived: 'Left out as archived',
  activity: 'Left out as not pushed to lately',
};

export function sayLeftOut(by: LeftOutBy): string {
  return filters[by];
}
