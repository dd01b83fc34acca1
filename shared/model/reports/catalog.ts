/** Which reports there are, and what each is for. */
import type { ReportName } from './document.ts';

export type ReportKind = {
  readonly name: ReportName;
  readonly title: string;
  readonly about: string;
  /** About a period, and not about a moment. */
  readonly hasPeriod: boolean;
  /** For whoever runs the home, and not for a tenant in it. */
  readonly operatorOnly: boolean;
};

const kind = (name: ReportName, title: string, about: string, more: Partial<ReportKind> = {}): ReportKind => ({
  name,
  title,
  about,
  hasPeriod: true,
  operatorOnly: false,
  ...more,
});

export const reportKinds: readonly ReportKind[] = [
  kind('freshness', 'Freshness and coverage', 'How old the newest good snapshot of each source is, against its RPO.', {
    hasPeriod: false,
  }),
  kind('gaps', 'Protection gaps', 'What nobody protects, and what lacks a profile, a copy or a drill.', {
    hasPeriod: false,
  }),
  kind('backups', 'Backup summary', 'Runs, failures, bytes and durations.'),
  kind('sync', 'Sync', 'How far each site is behind, what waits and what was sent.'),
  kind('storage', 'Storage and growth', 'What repositories hold, what came in, and when they are full.'),
  kind('drills', 'Drills and RTO', 'What came back in rehearsals, and how long it took.'),
  kind('retention', 'Retention proof', 'What existed, what is kept, what was deleted, and by which rule.'),
  kind('audit', 'Audit', 'What was asked of this console, by whom, and whether the log was changed.'),
  kind('tenants', 'Tenants’ usage', 'What each tenant protects, stores and lacks.', { operatorOnly: true }),
];

export function reportKind(name: ReportName): ReportKind {
  const found = reportKinds.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no report ${name}`);
  return found;
}
