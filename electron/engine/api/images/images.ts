import { DeleteSnapshotCommand } from '@aws-sdk/client-ec2';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import type { RestoreImageResult, StoreImagesResult, Upload } from '../../../../shared/contract/images.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import type { EvidenceVerification } from '../../../../shared/model/evidence.ts';
import { countOf, formatBytes, formatCount } from '../../../../shared/model/units.ts';
import { AwsClients } from '../../aws/clients.ts';
import { blockBytes } from '../../aws/ebs/blocks.ts';
import { asked } from '../../aws/failures.ts';
import { findNative } from '../../aws/snapshots.ts';
import type { Verdict } from '../../jobs/job.ts';
import { forgetUpload, listUploads, type UploadRecord } from '../../recovery/images/upload-journal.ts';
import { callerAccount } from '../../recovery/images/preflight.ts';
import { uploadImage, uploadTag } from '../../recovery/images/upload.ts';
import { openAccess, repositoryUse } from '../access.ts';
import { awsAccessOf } from '../aws-access.ts';
import { handlers, type CallContext } from '../context.ts';
import { rememberEndpoint } from '../entered-endpoints.ts';
import { jobEvidence } from '../evidence/job-evidence.ts';
import { pointsOf } from '../evidence/points.ts';
import { isConfigured } from '../is-configured.ts';
import { streamJob } from '../stream-job.ts';
import { refuseNameOfSource } from './images-of.ts';
import { storeImages } from './store-images.ts';

export const imagesHandlers = {
  store: handlers.images.store.handler(async function* ({ input, context, signal }) {
    const { detach, ...wanted } = input;
    const job = {
      kind: 'image',
      title: `${input.snapshots.join(', ')} as ${input.source}`,
      priority: 'normal' as const,
      repository: await repositoryUse(context, input.repository, 'write'),
      detach,
      judge: storedVerdict,
    };
    if (await isConfigured(context))
      refuseNameOfSource(input.source, await context.catalog.read('registeredSources.list', context.caller, null));
    await allowEndpoint(context, input.place);
    yield* streamJob<StoreImagesResult>({ context, signal }, job, (voice) =>
      storeImages(context, { ...wanted, isRegistered: false, facts: null }, voice),
    );
  }),

  restore: handlers.images.restore.handler(async function* ({ input, context, signal }) {
    const { repository: access, selection, to, detach, dryRun, source, ...wishes } = input;
    const job = {
      kind: dryRun ? 'image restore plan' : 'image restore',
      title: `${selection} to ${to.region}`,
      // Somebody waits for it, on a bad day.
      priority: 'urgent' as const,
      repository: await repositoryUse(context, access, 'read'),
      detach,
      judge: restoredVerdict,
    };
    await allowEndpoint(context, to);
    const evidence = jobEvidence(context, {
      kind: 'restore',
      title: `Image: ${job.title}`,
      step: 'Write blocks into a new EBS snapshot',
      notes: [],
    });
    const { onQueued } = evidence;
    yield* streamJob<RestoreImageResult>({ context, signal }, { ...job, onQueued }, async (voice) => {
      const repository = await openAccess(context, access);
      using clients = new AwsClients(await awsAccessOf(context, to));
      const { home } = context;
      const where = { region: to.region, account: to.account };
      const work = (): Promise<RestoreImageResult> =>
        uploadImage({ ...voice, ...wishes, ...where, repository, home, selection, source, clients, dryRun });
      if (dryRun) return work();
      const points = await pointsOf(repository, context.caller, [selection], source);
      return await evidence.of(work, (result) => ({
        points,
        ...restoredVerdict(result),
        verification: checked(result),
      }));
    });
  }),

  uploads: handlers.images.uploads.handler(async ({ context }) => (await listUploads(context.home)).map(presented)),

  abandon: handlers.images.abandon.handler(async ({ input, context }) => {
    const record = (await listUploads(context.home)).find(({ snapshot }) => snapshot === input.snapshot);
    if (record === undefined) throw new HoldfastError('UPLOAD_UNKNOWN', `${input.snapshot} was not begun from here.`);
    const account = input.account === undefined ? record.account : input.account;
    const removed = await removePending(context, input.snapshot, { ...record, account });
    await forgetUpload(context.home, record);
    return { snapshot: input.snapshot, removed };
  }),
};

/** Whoever may enter accounts may say where the AWS environment of this machine is good for. */
async function allowEndpoint({ home, caller, role }: CallContext, place: AwsPlace): Promise<void> {
  if (role === 'admin') await rememberEndpoint(home, caller.tenant, place);
}

const askedMs = 60_000;

/** Only one that was begun from here and is not complete: of a complete one volumes may have been made. */
async function removePending(context: CallContext, snapshot: string, record: UploadRecord): Promise<boolean> {
  const { account, region, endpoint } = record;
  using clients = new AwsClients(await awsAccessOf(context, { account, region, endpoint }));
  const ec2 = clients.ec2(region);
  const accountId = await callerAccount(clients, region, AbortSignal.timeout(askedMs));
  if (accountId !== record.accountId)
    throw new HoldfastError(
      'UPLOAD_UNKNOWN',
      `${snapshot} was begun in the account ${record.accountId}, not in ${accountId}.`,
    );
  const native = (await findNative(ec2, region, [snapshot])).get(snapshot);
  if (native === undefined) return false;
  if (native.state === 'completed' || native.tags.get(uploadTag) !== record.key)
    throw new HoldfastError('UPLOAD_UNKNOWN', `${snapshot} is complete, or does not carry the tags of an upload.`);
  await asked(`DeleteSnapshot of ${snapshot}`, () => ec2.send(new DeleteSnapshotCommand({ SnapshotId: snapshot })));
  return true;
}

function presented({ begunAtMs, snapshot, account, accountId, region, endpoint, what, sizeGib }: UploadRecord): Upload {
  const begunAt = new Date(begunAtMs).toISOString();
  return { snapshot, account, accountId, region, endpoint, what, sizeGib, begunAt };
}

export function storedVerdict({ status, snapshot, images, addedBytes }: StoreImagesResult): Verdict {
  const read = images.reduce((sum, { readBlocks }) => sum + readBlocks, 0);
  const summary = `Snapshot ${snapshot.slice(0, 8)}: ${countOf(images.length, 'image')}, ${formatBytes(read * blockBytes)} read, ${formatBytes(addedBytes)} added.`;
  return { state: status === 'partial' ? 'partial' : 'done', summary };
}

function checked({ verified, bytes }: RestoreImageResult): EvidenceVerification | null {
  if (verified === null) return null;
  const { listedBlocks, readBlocks } = verified;
  const check = `${formatCount(listedBlocks)} blocks were listed and compared, ${formatCount(readBlocks)} of them read back.`;
  return { ok: true, checks: [check], problems: [], files: null, bytes };
}

function restoredVerdict({ dryRun, snapshot, sizeGib, blocks, region }: RestoreImageResult): Verdict {
  if (dryRun) return { state: 'done', summary: `${sizeGib} GiB would be written to ${region}.` };
  return {
    state: 'done',
    summary: `${snapshot ?? ''} in ${region}: ${sizeGib} GiB, ${countOf(blocks.put, 'block')} put.`,
  };
}
