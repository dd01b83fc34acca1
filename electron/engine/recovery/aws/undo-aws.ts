/** Takes back what a restore run in AWS has done, newest first. What may hold something since is kept, and named. */
import type { AwsRestorePlan } from '../../../../shared/contract/aws-restores.ts';
import type { Progress } from '../../../../shared/contract/common.ts';
import type { RestoreRun, UndoResult } from '../../../../shared/contract/restore-runs.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { takeBack } from './deed-kinds.ts';
import type { UndoItem } from './deeds.ts';
import { Hands } from './hands.ts';
import { deedsOf, knownOf, notesOf, refuseOthers } from './run-notes.ts';

export type UndoAwsRequest = {
  readonly run: RestoreRun;
  readonly plan: AwsRestorePlan;
  readonly clients: AwsClients;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
};

export async function undoAwsRun(request: UndoAwsRequest): Promise<UndoResult> {
  const { run, plan, clients, dryRun, signal, onProgress } = request;
  const hands = new Hands({ clients, run: run.id, signal });
  await refuseOthers(hands, plan);
  const known = knownOf(run, null);
  const items: UndoItem[] = [];
  const deeds = deedsOf(plan).toReversed();
  for (const [at, deed] of deeds.entries()) {
    const amounts = { doneBytes: 0, totalBytes: null, issues: 0 };
    onProgress({ phase: 'Undoing', doneItems: at, totalItems: deeds.length, currentItem: deed.id, ...amounts });
    const notes = notesOf(run, deed.id);
    const begun = (step: string): boolean => Object.keys(notesOf(run, step)).length > 0;
    const item = await takeBack(deed, known, hands, { notes, dryRun, begun });
    if (item !== null) items.push(item);
  }
  const count = (action: UndoItem['action']): number => items.filter((one) => one.action === action).length;
  return {
    removed: count('remove'),
    putBack: count('put back'),
    folders: 0,
    left: count('leave'),
    items: items.toSorted((a, b) => Number(b.action === 'leave') - Number(a.action === 'leave')),
  };
}
