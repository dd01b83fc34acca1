/** Restore runs in AWS: worked on and taken back with the credential that comes with each call. */
import type { AwsRestorePlan, AwsWho } from '../../../shared/contract/aws-restores.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { RestoreRun, UndoResult } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import type { Voice } from '../jobs/voice.ts';
import { AwsClients } from '../aws/clients.ts';
import type { InstanceDescription } from '../aws/instance-description.ts';
import { workOnAwsRun } from '../recovery/aws/aws-run.ts';
import { undoAwsRun } from '../recovery/aws/undo-aws.ts';
import { readPoint } from './aws-points.ts';
import { restoreAccess } from './aws-restore-access.ts';
import { regionMap } from './aws-restores.ts';
import type { CallContext } from './context.ts';

type Given = { readonly aws: AwsWho | null; readonly repository: RepositoryAccess | null };

export async function workInAws(
  context: CallContext,
  {
    run,
    plan,
    given,
    onChange,
  }: {
    readonly run: RestoreRun;
    readonly plan: AwsRestorePlan;
    readonly given: Given;
    readonly onChange: (run: RestoreRun) => void;
  },
  voice: Pick<Voice, 'signal' | 'onProgress' | 'onNotice'>,
): Promise<RestoreRun> {
  const { runs: book, caller } = context;
  using clients = await clientsOf(context, plan, given.aws);
  const described = await describedBy(context, run, given.repository, voice.signal);
  const map = await regionMap(context, plan.from, plan.region);
  return workOnAwsRun({ ...voice, book, caller, run, plan, clients, map, described, onChange });
}

export async function undoInAws(
  context: CallContext,
  {
    run,
    plan,
    who,
    dryRun,
  }: {
    readonly run: RestoreRun;
    readonly plan: AwsRestorePlan;
    readonly who: AwsWho | null;
    readonly dryRun: boolean;
  },
  voice: Pick<Voice, 'signal' | 'onProgress'>,
): Promise<UndoResult> {
  using clients = await clientsOf(context, plan, who);
  return undoAwsRun({ ...voice, run, plan, clients, dryRun });
}

async function clientsOf(
  context: CallContext,
  { region, endpoint }: AwsRestorePlan,
  who: AwsWho | null,
): Promise<AwsClients> {
  if (who === null)
    throw new HoldfastError('BAD_USAGE', 'A run in AWS is given its credential each time: nothing of it was kept.');
  return new AwsClients(await restoreAccess(context, who, { region, endpoint }));
}

/** What the run's snapshot says is read anew each time, since it may hold secrets. */
async function describedBy(
  context: CallContext,
  { selections: [selection], aws }: RestoreRun,
  repository: RepositoryAccess | null,
  signal: AbortSignal,
): Promise<InstanceDescription | null> {
  if (selection === undefined) return null;
  if (repository === null)
    throw new HoldfastError(
      'BAD_USAGE',
      'The run restores what a Holdfast snapshot describes: its repository is needed.',
    );
  const want = aws?.want;
  const instance = want?.kind === 'launch' || want?.kind === 'clone' ? (aws?.describes ?? null) : null;
  const named = instance === null ? {} : { instance };
  return (await readPoint(context, { repository, snapshot: selection.snapshot, ...named }, signal)).described;
}
