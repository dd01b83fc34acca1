/** Alerts about what this console can prove, and about the page for the day when it is gone. Pure. */
import type { Condition } from './alerts.ts';

export type EvidenceFacts = {
  /** What the last check of the chains has found; null: nothing. */
  readonly evidenceProblem?: string | null;
  /** Why the newest entries could not be written; null: they were. */
  readonly evidenceTrouble?: string | null;
  /** What has changed since the recovery kit was saved; empty: nothing, or it never was. */
  readonly kitChanges?: readonly string[];
};

export function conditionsOfEvidence({
  evidenceProblem = null,
  evidenceTrouble = null,
  kitChanges = [],
}: EvidenceFacts): Condition[] {
  const key = { kind: 'console' as const, subject: '', occasion: '' };
  const broken: Condition[] =
    evidenceProblem === null
      ? []
      : [
          {
            ...key,
            rule: 'evidence-broken',
            level: 'error',
            title: 'Evidence or the audit log was tampered with',
            detail: evidenceProblem,
            todo: 'Look at what holdfast evidence verify and holdfast audit verify say, and find out who could write to this machine.',
          },
        ];
  const unwritten: Condition[] =
    evidenceTrouble === null
      ? []
      : [
          {
            ...key,
            rule: 'evidence-unwritten',
            level: 'error',
            title: 'Evidence and the audit log cannot be written',
            detail: `${evidenceTrouble} What is restored, rehearsed and changed meanwhile leaves no record.`,
            todo: 'See that there is room on the disk of HOLDFAST_HOME, and that its folder evidence belongs to this account and can be written to.',
          },
        ];
  const kit: Condition[] =
    kitChanges.length === 0
      ? []
      : [
          {
            ...key,
            rule: 'kit-outdated',
            level: 'warning',
            title: 'The recovery kit is out of date',
            detail: kitChanges.join(' '),
            todo: 'Save it again, print it, and put it in the place of the old one.',
          },
        ];
  return [...broken, ...unwritten, ...kit];
}
