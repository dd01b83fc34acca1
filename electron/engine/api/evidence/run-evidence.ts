/** Leaves the record of a restore run where it has come to an end; whatever the record meets, the run is what it is. */
import { draftOfRun } from '../../recovery/evidence/run-draft.ts';
import { reportOf } from '../../recovery/runs/report.ts';
import type { CallContext } from '../context.ts';
import { keepEvidence } from './keep-evidence.ts';
import { targetRtoMs } from './target-rto.ts';

export async function recordRun(context: CallContext, id: string): Promise<void> {
  const { runs, caller, evidence } = context;
  const run = await runs.get(caller, id).catch(() => null);
  if (run === null) return;
  const targetMs = await targetRtoMs(
    context,
    run.selections.map(({ source }) => source),
  );
  const draft = draftOfRun(reportOf(run, runs.nowMs()), targetMs);
  if (draft === null) return;
  await evidence.record(draft);
  await keepEvidence(context);
}
