/** Evidence in words and tones. Pure. */
import type { EvidenceShown, EvidenceVerdict } from '../../../../shared/contract/evidence.ts';
import type { EvidenceKind, EvidenceResult } from '../../../../shared/model/evidence.ts';
import { formatCount } from '../../../../shared/model/units.ts';
import type { Said } from '../../../components/tone.ts';

export const kindWords: Readonly<Record<EvidenceKind, string>> = {
  restore: 'Restore',
  drill: 'Drill',
  plan: 'Plan',
  failover: 'Failover',
  repair: 'Repair',
  immutability: 'Immutability',
};

const results: Readonly<Record<EvidenceResult, Said>> = {
  succeeded: { tone: 'good', words: 'succeeded' },
  partial: { tone: 'part', words: 'partial' },
  failed: { tone: 'fail', words: 'failed' },
  cancelled: { tone: 'none', words: 'stopped' },
};

export function sayResult(result: EvidenceResult): Said {
  return results[result];
}

const signatures: Readonly<Record<EvidenceShown['signed'], Said>> = {
  yes: { tone: 'good', words: 'Signed by this key, and unchanged since.' },
  later: {
    tone: 'part',
    words: 'Written while the key could not be reached: the signature of a later entry covers it.',
  },
  no: { tone: 'fail', words: 'The signature does not fit. Do not rely on this record.' },
};

export function saySignature(signed: EvidenceShown['signed']): Said {
  return signatures[signed];
}

const outcomes: ReadonlyMap<string, Said['tone']> = new Map([
  ['done', 'good'],
  ['begun', 'run'],
  ['left', 'none'],
]);

/** Of a call: what is no outcome of these is the code of an error. */
export function sayOutcome(outcome: string): Said {
  const tone = outcomes.get(outcome);
  return tone === undefined ? { tone: 'fail', words: 'failed' } : { tone, words: outcome };
}

/** The code of the error a call ended with, if it did. */
export function codeOf(outcome: string): readonly string[] {
  return outcomes.has(outcome) ? [] : [outcome];
}

/** Of a step of a record, whatever it is of. */
export function sayStep(outcome: string): Said['tone'] {
  if (outcome === 'done' || outcome === 'confirmed' || outcome === 'passed') return 'good';
  if (outcome === 'failed') return 'fail';
  return outcome === 'partial' || outcome === 'stopped' ? 'part' : 'none';
}

/** What a check has found, in a sentence. */
export function sayVerdict({ ok, chains, anchors, trouble }: EvidenceVerdict): Said {
  if (trouble !== null) return { tone: 'fail', words: `The newest entries could not be written: ${trouble}` };
  const diverged = anchors.filter((one) => one.diverged.length > 0);
  if (diverged.length > 0)
    return {
      tone: 'fail',
      words: `It was written anew since ${diverged.map(({ name }) => name).join(', ')} noted it.`,
    };
  if (!ok) return { tone: 'fail', words: 'Entries were changed, taken out or put in.' };
  const entries = chains.reduce((sum, { from, to }) => sum + (from === null || to === null ? 0 : to - from + 1), 0);
  const asked = anchors.filter(({ problem }) => problem === null);
  const fitting = asked.filter(({ newest }) => newest !== null);
  const sound = `${formatCount(entries)} entries are as they were signed`;
  if (fitting.length === 0)
    return {
      tone: 'part',
      words: `${sound}. No other place could confirm that: whoever holds this machine could have written all of it.`,
    };
  return { tone: 'good', words: `${sound}, and fit what ${fitting.map(({ name }) => name).join(', ')} noted.` };
}
