/** Restore runs into a bucket: planned, created and worked on, with the credential that comes with each call. */
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { z } from 'zod';
import type { BucketRunPlan, BucketRunPreview, bucketRunRequestSchema } from '../../../shared/contract/bucket-runs.ts';
import type { AwsWho } from '../../../shared/contract/aws-restores.ts';
import type { RepositoryAccess } from '../../../shared/contract/common.ts';
import type { RestoreRun } from '../../../shared/contract/restore-runs.ts';
import { HoldfastError } from '../../../shared/model/errors.ts';
import { thawSentences } from '../../../shared/model/s3-archive.ts';
import type { AwsAccess } from '../aws/access.ts';
import { AwsClients } from '../aws/clients.ts';
import type { Voice } from '../jobs/voice.ts';
import { amountsToThaw, bucketChecks, tierChecks } from '../recovery/s3/bucket-checks.ts';
import { bucketSteps, workOnBucketRun } from '../recovery/s3/bucket-run.ts';
import { giveToBucket } from '../recovery/s3/give-to-bucket.ts';
import { blockersOf } from '../recovery/runs/preflight.ts';
import type { SnapshotReference } from '../repository/snapshots.ts';
import type { Repository } from '../repository/repository.ts';
import { openAccess } from './access.ts';
import { restoreAccess } from './aws-restore-access.ts';
import type { CallContext } from './context.ts';
import { rememberEndpoint } from './entered-endpoints.ts';
import { findSnapshot } from './find-snapshot.ts';

type Request = z.infer<typeof bucketRunRequestSchema>;
type Given = { readonly repository: Repository; readonly found: SnapshotReference };
type Planned = { readonly plan: BucketRunPlan; readonly access: AwsAccess; readonly given: Given | null };

export async function previewBucketRun(
  context: CallContext,
  request: Request,
  voice: Pick<Voice, 'signal' | 'onProgress' | 'onIssue'>,
): Promise<BucketRunPreview> {
  const { plan, access, given } = await planOf(context, request, voice.signal);
  using clients = new AwsClients(access);
  const look = { s3: clients.s3(), plan, signal: voice.signal };
  const checks = await bucketChecks(look);
  const isBlocked = blockersOf(checks).length > 0;
  const archived = plan.thaw === null || isBlocked ? [] : await amountsToThaw(look);
  if (plan.thaw !== null) checks.push(...tierChecks(plan.thaw.tier, archived));
  const { give } = plan;
  const dry =
    give === null || given === null || isBlocked
      ? null
      : await giveToBucket({
          ...voice,
          repository: given.repository,
          access,
          options: {
            ...give,
            tree: given.found.snapshot.file.tree,
            bucket: plan.bucket,
            prefix: plan.prefix,
            dryRun: true,
            journal: '',
          },
        });
  if (dry !== null && dry.objects + dry.unchanged + dry.conflicts.kept === 0)
    checks.push({
      level: 'blocker',
      id: 'nothing',
      title: 'There is nothing to give back',
      detail: 'No key begins so.',
    });
  return {
    plan,
    steps: bucketSteps(plan).map(({ step: id, title, detail, noUndo }) => ({
      id,
      title,
      detail,
      noUndo: noUndo ?? '',
    })),
    checks,
    objects: dry === null ? null : figuresOf(dry),
    conflicts: dry?.conflicts.named ?? [],
    archived: [...archived],
    thawSentences: plan.thaw === null ? [] : [...thawSentences(plan.thaw.tier, plan.thaw.days, archived)],
    notGivenBack: dry?.notGivenBack ?? [],
  };
}

function figuresOf({ objects, bytes, unchanged, conflicts }: Awaited<ReturnType<typeof giveToBucket>>) {
  const { kept, replaced, newer } = conflicts;
  return { written: objects, bytes, unchanged, kept, replaced, newer };
}

export async function createBucketRun(
  context: CallContext,
  request: Request & { readonly title?: string | undefined },
  signal: AbortSignal | undefined,
): Promise<RestoreRun> {
  const { plan, given } = await planOf(context, request, signal);
  const snapshot = given?.found.snapshot;
  const selections =
    snapshot === undefined
      ? []
      : [
          {
            snapshot: snapshot.id,
            takenAt: new Date(snapshot.takenAtMs).toISOString(),
            source: snapshot.source,
            path: plan.give?.from === '' ? '/' : `/${plan.give?.from ?? ''}`,
          },
        ];
  return context.runs.create(context.caller, {
    kind: 'bucket',
    title: request.title ?? titleOf(plan, snapshot?.source ?? null),
    repository: given === null ? null : { id: given.repository.config.id, location: given.repository.backend.location },
    task: { selections, bucket: plan },
    steps: bucketSteps(plan),
  });
}

export async function workInBucket(
  context: CallContext,
  {
    run,
    plan,
    given: { aws: who, repository, wait: waits },
    onChange,
  }: {
    readonly run: RestoreRun;
    readonly plan: BucketRunPlan;
    readonly given: {
      readonly aws: AwsWho | null;
      readonly repository: RepositoryAccess | null;
      readonly wait: boolean;
    };
    readonly onChange: (run: RestoreRun) => void;
  },
  voice: Pick<Voice, 'signal' | 'onProgress' | 'onNotice' | 'onIssue'>,
): Promise<RestoreRun> {
  if (who === null)
    throw new HoldfastError(
      'BAD_USAGE',
      'A run into a bucket is given its credential each time: nothing of it was kept.',
    );
  const { region, endpoint, account } = plan;
  const access = await restoreAccess(context, who, { region, endpoint });
  using clients = new AwsClients(access);
  const found = await accountOf(access, voice.signal);
  if (account !== null && found !== null && account !== found)
    throw new HoldfastError('BAD_USAGE', `These keys are of the account ${found}; the run is of ${account}.`);
  const given = plan.give === null ? null : await givenOf(context, run, repository);
  const { runs: book, caller, home } = context;
  return workOnBucketRun({ ...voice, book, caller, run, plan, access, clients, given, home, waits, onChange });
}

async function givenOf(context: CallContext, run: RestoreRun, access: RepositoryAccess | null) {
  const [selection] = run.selections;
  if (access === null || selection === undefined)
    throw new HoldfastError('BAD_USAGE', 'The run gives objects of a snapshot back: its repository is needed.');
  const repository = await openAccess(context, access);
  if (repository.config.id !== run.repository?.id)
    throw new HoldfastError('BAD_USAGE', `${repository.backend.location} is not the repository of this restore run.`);
  const { snapshot } = await findSnapshot(context, repository, { repository: access, snapshot: selection.snapshot });
  return { repository, tree: snapshot.file.tree };
}

/** AWS_…; nothing is written anywhere. */
async function planOf(context: CallContext, request: Request, signal: AbortSignal | undefined): Promise<Planned> {
  const { give, bucket, prefix, thaw, who, region, endpoint } = request;
  if (give === null && thaw === null)
    throw new HoldfastError(
      'BAD_USAGE',
      'Say what is to be given back, or that what is archived is to be brought back.',
    );
  if (who.keys === null)
    await rememberEndpoint(context.home, context.caller.tenant, { account: who.account, endpoint });
  const access = await restoreAccess(context, who, { region, endpoint });
  const given = give === null ? null : await openGiven(context, give);
  const plan: BucketRunPlan = {
    version: 1,
    give:
      give === null || given === null
        ? null
        : { from: given.found.path ?? '', overwrite: give.overwrite, verify: give.verify, versions: give.versions },
    bucket,
    prefix,
    thaw,
    region: access.region,
    endpoint: access.endpoint,
    account: await accountOf(access, signal ?? new AbortController().signal),
    plannedAt: new Date(context.runs.nowMs()).toISOString(),
  };
  return { plan, access, given };
}

async function openGiven(context: CallContext, give: NonNullable<Request['give']>): Promise<Given> {
  const repository = await openAccess(context, give.repository);
  const found = await findSnapshot(context, repository, { ...give, snapshot: give.selection });
  return { repository, found };
}

/** Null where what speaks there as S3 does knows no accounts, or does not say. */
async function accountOf(access: AwsAccess, signal: AbortSignal): Promise<string | null> {
  using clients = new AwsClients(access, { attempts: 2 });
  try {
    const { Account = null } = await clients.sts().send(new GetCallerIdentityCommand({}), { abortSignal: signal });
    return Account;
  } catch {
    return null;
  }
}

function titleOf({ bucket, prefix, give }: BucketRunPlan, source: string | null): string {
  const where = `s3://${bucket}/${prefix}`.slice(0, 150);
  return give === null ? `What is archived in ${where}` : `${source ?? 'Objects'} to ${where}`;
}
