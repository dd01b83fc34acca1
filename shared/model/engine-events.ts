/** What programs are told of as it happens. Progress is none of it. */

export const eventKinds = ['job', 'alert', 'restoreRun', 'planRun', 'snapshot', 'begin', 'gap'] as const;
export type EventKind = (typeof eventKinds)[number];

export type EventFacts = {
  readonly kind: EventKind;
  /** The state that a job or a run is in now; of alerts `raised`, `changed` or `ended`; of snapshots `taken`. */
  readonly what: string;
  /** Of the job, alert, run or snapshot; null of `begin` and `gap`. */
  readonly subject: string | null;
  readonly title: string;
  readonly source: string | null;
  readonly actor: string | null;
  /** In a sentence, where there is one. */
  readonly detail: string | null;
  /** Of a failure; of an alert its rule. */
  readonly code: string | null;
};
