import { readPeriodAlone, type PeriodDraft } from './draft.ts';
import { keepSentence, ruleSentence } from './profile-words.ts';

/** A period that is written, in words as far as it can be read. */
export function periodSentence(period: PeriodDraft, zone: string): string {
  const read = readPeriodAlone(period, zone);
  return read === null ? '' : `${ruleSentence(read.rule, zone)}, ${keepSentence(read)}`;
}
