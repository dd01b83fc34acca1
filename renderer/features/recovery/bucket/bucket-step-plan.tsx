/** The plan of a run into a bucket; then the button that starts it. */
import type { BucketRunPreview, BucketRunRequest } from '../../../../shared/contract/bucket-runs.ts';
import { startJob } from '../../../client/ask.ts';
import type { Client } from '../../../client/client.ts';
import { collect } from '../../../client/collect.ts';
import { GuidePlan } from '../aws/guide-plan.tsx';
import type { ChosenPlace } from '../points/places-field.tsx';
import { bucketRestoreCommand } from './bucket-draft.ts';
import { BucketPlanView } from './bucket-plan-view.tsx';

type Props = {
  readonly request: BucketRunRequest;
  /** From where the objects are read. */
  readonly place: ChosenPlace | null;
  readonly onBack: () => void;
};

export function BucketStepPlan({ request, place, onBack }: Props) {
  return (
    <GuidePlan
      request={request}
      who={request.who ?? null}
      looking="Looking at what is there. Nothing is written."
      look={lookAt}
      start={start}
      command={bucketRestoreCommand(request, place)}
      View={BucketPlanView}
      onBack={onBack}
    />
  );
}

async function lookAt(client: Client, asked: BucketRunRequest): Promise<BucketRunPreview | null> {
  const { result } = await collect(client.buckets.preview(asked), {
    itemsOf: () => [],
    resultOf: (event) => (event.type === 'done' ? event.result : null),
  });
  return result;
}

async function start(client: Client, asked: BucketRunRequest): Promise<{ readonly id: string }> {
  const run = await client.buckets.create(asked);
  const repository = asked.give?.repository ?? null;
  await startJob(client.restoreRuns.start({ run: run.id, repository, aws: asked.who ?? {}, detach: true }));
  return run;
}
