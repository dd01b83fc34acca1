/** What each kind of step of a recovery plan does. */
import type { PlanRun, PlanRunStep } from '../../../../shared/contract/plan-runs.ts';
import { runCommand } from '../../recovery/plans/command.ts';
import { waitForHealth } from '../../recovery/plans/health-checks.ts';
import type { StepOutcome, StepVoice } from '../../recovery/plans/work-on-plan.ts';
import type { CallContext } from '../context.ts';
import { restoreStep, type GivenToRun } from './restore-step.ts';

export async function doStep(
  context: CallContext,
  { run, step, given }: { readonly run: PlanRun; readonly step: PlanRunStep; readonly given: GivenToRun },
  voice: StepVoice,
): Promise<StepOutcome> {
  const { id, work } = step.step;
  switch (work.kind) {
    case 'folder':
    case 'git':
    case 'bucket':
    case 'volume':
    case 'instance':
      return restoreStep(context, { run, step, given }, voice);
    case 'command': {
      await context.bounds.commands('A command of a plan');
      const beside = { HOLDFAST_PLAN_RUN: run.id, HOLDFAST_STEP: id };
      const of = { run: work.run, values: run.values, beside, signal: voice.signal };
      await runCommand(of, (output) => voice.note({ output }));
      return { state: 'done', detail: 'Ended with exit code 0.' };
    }
    case 'health': {
      if (work.check.kind === 'ssh') await context.bounds.machineCredentials('A check over SSH');
      const onProblem = (detail: string): Promise<void> => voice.note({ detail });
      const detail = await waitForHealth(work.check, { everyMs: work.everyMs, signal: voice.signal, onProblem });
      return { state: 'done', detail };
    }
    case 'checkpoint':
      return { state: 'asking', detail: work.instruction };
    case 'message':
      context.live.notify(context.caller.tenant, 'info', `${run.plan.name}: ${work.text}`);
      return { state: 'done', detail: work.text };
  }
}
