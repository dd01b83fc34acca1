/** The plan of a restore in AWS, with what was tried; then the button that starts it. */
import type { AwsRestorePreview, AwsRestoreRequest } from '../../../../shared/contract/aws-restores.ts';
import { startJob } from '../../../client/ask.ts';
import type { Client } from '../../../client/client.ts';
import { collect } from '../../../client/collect.ts';
import { awsRestoreCommand } from './aws-commands.ts';
import { GuidePlan } from './guide-plan.tsx';
import { PlanView } from './plan-view.tsx';

type StepPlanProps = { readonly request: AwsRestoreRequest; readonly onBack: () => void };

export function StepPlan({ request, onBack }: StepPlanProps) {
  return (
    <GuidePlan
      request={request}
      who={request.who}
      looking="Looking at what is there, and trying each call out. Nothing is made."
      look={lookAt}
      start={start}
      command={awsRestoreCommand(request)}
      View={PlanView}
      onBack={onBack}
    />
  );
}

async function lookAt(client: Client, asked: AwsRestoreRequest): Promise<AwsRestorePreview | null> {
  const { result } = await collect(client.awsRestores.preview(asked), {
    itemsOf: () => [],
    resultOf: (event) => (event.type === 'done' ? event.result : null),
  });
  return result;
}

async function start(client: Client, asked: AwsRestoreRequest): Promise<{ readonly id: string }> {
  const run = await client.awsRestores.create(asked);
  const repository = asked.point?.repository ?? null;
  await startJob(client.restoreRuns.start({ run: run.id, aws: asked.who, repository, detach: true }));
  return run;
}
