/** What an operator has a drill of a source checked by, beside what Holdfast looks at itself. */
import type { HealthCheck, PlanCommand } from './recovery-plans.ts';

export type DrillProbe = {
  readonly title: string;
  /** Not where only a part was brought back. */
  readonly needsWhole: boolean;
  /** One that takes longer has failed. */
  readonly timeLimitMs: number;
  readonly what:
    | { readonly kind: 'command'; readonly run: PlanCommand }
    /** Asked until it answers as it should. */
    | { readonly kind: 'health'; readonly check: HealthCheck };
};

export const mostProbes = 20;

/** Exactly what runs, or is asked, in a line. */
export function probeText({ what }: DrillProbe): string {
  if (what.kind === 'command') return what.run.kind === 'shell' ? what.run.script : what.run.words.join(' ');
  const { check } = what;
  if (check.kind === 'http') return `GET ${check.url}`;
  return check.kind === 'tcp'
    ? `connect to ${check.host}:${check.port}`
    : `on ${check.user}@${check.host}:${check.port}: ${check.command}`;
}
