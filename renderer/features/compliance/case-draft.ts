/** What is typed about a case, and what of it is told to the engine. */
import type { HoldCase } from '../../../shared/contract/cases.ts';

export type CaseDraft = {
  readonly reference: string;
  readonly requestedBy: string;
  readonly reason: string;
  /** As a date field has it: `2027-01-31`, or empty. */
  readonly review: string;
  /** By name; of a case that is changed, those that are added. */
  readonly sources: readonly string[];
};

export const emptyCase: CaseDraft = { reference: '', requestedBy: '', reason: '', review: '', sources: [] };

export function draftOfCase({ reference, requestedBy, reason, reviewAt }: HoldCase): CaseDraft {
  return { reference, requestedBy, reason, review: reviewAt?.slice(0, 10) ?? '', sources: [] };
}

/** Null where nothing is missing, else what is, for beside the button. */
export function missingInCase({ reference, requestedBy, reason }: CaseDraft): string | null {
  if (reference.trim() === '') return 'It needs a reference.';
  if (requestedBy.trim() === '') return 'It needs to say who asked for it.';
  return reason.trim() === '' ? 'It needs a reason.' : null;
}

/** ISO-8601 UTC, as `holdfast case open --review` makes it; null: nobody has said. */
export function reviewTime(review: string): string | null {
  return review === '' ? null : new Date(review).toISOString();
}

export function openCommand({ reference, requestedBy, reason, review, sources }: CaseDraft): string[] {
  return [
    'holdfast',
    'case',
    'open',
    reference.trim() === '' ? 'REFERENCE' : reference.trim(),
    '--requested-by',
    requestedBy.trim() === '' ? 'NAME' : requestedBy.trim(),
    '--reason',
    reason.trim() === '' ? 'TEXT' : reason.trim(),
    ...(review === '' ? [] : ['--review', review]),
    ...(sources.length === 0 ? [] : ['--source', ...sources]),
  ];
}

/** Only what differs from what is known of it. */
export function changeCommand(draft: CaseDraft, known: CaseDraft): string[] {
  return [
    'holdfast',
    'case',
    'set',
    known.reference,
    ...(draft.requestedBy.trim() === known.requestedBy ? [] : ['--requested-by', draft.requestedBy.trim()]),
    ...(draft.reason.trim() === known.reason ? [] : ['--reason', draft.reason.trim()]),
    ...(draft.review === known.review || draft.review === '' ? [] : ['--review', draft.review]),
    ...(draft.sources.length === 0 ? [] : ['--source', ...draft.sources]),
  ];
}
