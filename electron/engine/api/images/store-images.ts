/** Images of native snapshots into a repository: one run, whoever asks for it. */
import { join } from 'node:path';
import { DescribeVolumesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { RepositoryAccess } from '../../../../shared/contract/common.ts';
import type { AwsPlace } from '../../../../shared/contract/aws-sources.ts';
import type { ImageRead, StoreImagesResult } from '../../../../shared/contract/images.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { AwsClients } from '../../aws/clients.ts';
import { asked } from '../../aws/failures.ts';
import { findNative, type NativeSnapshot } from '../../aws/snapshots.ts';
import type { Voice } from '../../jobs/voice.ts';
import type { RunFacts } from '../../protection/run.ts';
import { protectSource } from '../../protection/protect-source.ts';
import { rawFromUtf8 } from '../../platform/raw-path.ts';
import { encodeFact } from '../../repository/format/snapshot.ts';
import type { Repository } from '../../repository/repository.ts';
import type { ImagedVolume } from '../../sources/ec2/images/description.ts';
import { forgetJournals, ImageSource, imagePath } from '../../sources/ec2/images/image-source.ts';
import { openAccess } from '../access.ts';
import { awsAccessOf } from '../aws-access.ts';
import { fenceOf } from '../fence.ts';
import type { CallContext } from '../context.ts';
import { saveTheConfiguration, takeIntoCatalog } from '../protection-run.ts';

export type ImagesWanted = {
  readonly repository: RepositoryAccess;
  readonly place: AwsPlace;
  /** Of AWS; completed ones of the place's region. */
  readonly snapshots: readonly string[];
  /** What the snapshots in the repository are called by. */
  readonly source: string;
  readonly isRegistered: boolean;
  readonly facts: RunFacts | null;
  /** Read all of it, whatever an earlier image could be built on. */
  readonly whole: boolean;
};

/** AWS_NOT_FOUND, NATIVE_SNAPSHOT_UNREADY, and what a run of protection throws. */
export async function storeImages(
  context: CallContext,
  wanted: ImagesWanted,
  voice: Voice,
): Promise<StoreImagesResult> {
  using clients = new AwsClients(await awsAccessOf(context, wanted.place));
  const volumes = await volumesOf(clients.ec2(), clients.region, wanted.snapshots, voice.signal);
  const { caller } = context;
  const { source, whole, facts } = wanted;
  const journals = join(context.home, 'images');
  const images: ImageRead[] = [];
  const onImage = (image: ImageRead): void => void images.push(image);
  const captured = new ImageSource({
    ebs: clients.ebs(),
    volumes,
    source,
    tenant: caller.tenant,
    whole,
    journals,
    onImage,
  });
  const opened: { repository: Repository | null } = { repository: null };
  const open = async (): Promise<Repository> => (opened.repository = await openAccess(context, wanted.repository));
  const paths = volumes.map((volume) => rawFromUtf8(imagePath(volume)));
  const fence = fenceOf(context);
  const tags = volumes.map(({ snapshot }) => encodeFact('image', snapshot));
  const run = { open, caller, fence, tags, facts, allowEmpty: false, force: whole, nowMs: context.takenAtMs };
  const result = await context.impact.within(caller.tenant, (throttle) =>
    protectSource({ ...voice, ...run, throttle, name: source, paths, captured }),
  );
  if (opened.repository !== null) {
    forgetJournals(journals, opened.repository.config.id, volumes);
    await saveTheConfiguration(context, opened.repository, voice, wanted.isRegistered);
    await takeIntoCatalog(context, opened.repository, voice, result, wanted.isRegistered);
  }
  return { ...result, images };
}

async function volumesOf(
  ec2: EC2Client,
  region: string,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<readonly ImagedVolume[]> {
  const found = await findNative(ec2, region, ids, signal);
  const natives = [...new Set(ids)].map((id) => {
    const native = found.get(id);
    if (native === undefined)
      throw new HoldfastError('AWS_NOT_FOUND', `The account has no snapshot ${id} in ${region}.`);
    refuseUnready(native);
    return native;
  });
  const attached = await attachments(ec2, natives, signal).catch(() => new Map<string, Attachment>());
  return natives.map((native) => imagedVolume(native, attached.get(native.volume ?? '') ?? null));
}

function refuseUnready({ id, state, archived, stateMessage }: NativeSnapshot): void {
  if (state === 'completed' && !archived) return;
  const how = archived ? 'archived' : `${state}${stateMessage === null ? '' : ` (${stateMessage})`}`;
  throw new HoldfastError('NATIVE_SNAPSHOT_UNREADY', `The snapshot ${id} is ${how}.`);
}

type Attachment = { readonly instance: string; readonly device: string };

/** Where the volumes are attached now: of snapshots that do not say it themselves, it is the best there is. */
async function attachments(
  ec2: EC2Client,
  natives: readonly NativeSnapshot[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, Attachment>> {
  const Values = natives.filter(({ lineage }) => lineage === null).flatMap(({ volume }) => volume ?? []);
  if (Values.length === 0) return new Map();
  const command = new DescribeVolumesCommand({ Filters: [{ Name: 'volume-id', Values }] });
  const { Volumes = [] } = await asked('DescribeVolumes', () => ec2.send(command, { abortSignal }));
  return new Map(
    Volumes.flatMap(({ VolumeId = '', Attachments = [] }) => {
      const [{ InstanceId = '', Device = '' } = {}] = Attachments;
      return InstanceId === '' ? [] : [[VolumeId, { instance: InstanceId, device: Device }]];
    }),
  );
}

function imagedVolume(native: NativeSnapshot, attached: Attachment | null): ImagedVolume {
  const { id, region, volume, sizeGiB, startedAtMs, account, description, encrypted, kmsKey, tags, lineage } = native;
  return {
    volume: volume ?? 'vol-ffffffff',
    snapshot: id,
    region,
    sizeGib: sizeGiB,
    startedAt: new Date(startedAtMs).toISOString(),
    owner: account,
    description,
    encrypted,
    kmsKey,
    tags: Object.fromEntries(tags),
    instance: lineage?.instance ?? attached?.instance ?? null,
    device: lineage?.device ?? attached?.device ?? null,
  };
}
