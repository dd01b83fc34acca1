import { refuseWhenTakenOver } from '../configuration/ownership.ts';
import type { RunRequest } from '../protection/run.ts';
import type { CallContext } from './context.ts';

/** Keeps a console that was taken over from writing; the schedule learns of it at once. */
export function fenceOf(context: CallContext): NonNullable<RunRequest['fence']> {
  return (snapshots) => refuseWhenTakenOver(context, snapshots, context.rePlan);
}
