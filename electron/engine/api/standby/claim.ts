/** Whether a place may become a standby's target, and taking it into possession. */
import { isAbsolute, resolve } from 'node:path';
import type { StandbyDefinition, StandbyTarget } from '../../../../shared/contract/standby.ts';
import { HoldfastError } from '../../../../shared/model/errors.ts';
import { StandbyFolder, type StandbyMark } from '../../recovery/standby/standby-folder.ts';
import { mustBeApart, placesInUse } from '../apart.ts';
import type { CallContext } from '../context.ts';
import { rememberEndpoint } from '../entered-endpoints.ts';
import type { KnownStandby } from './facts.ts';

/** The target as it is kept. TARGET_UNUSABLE, STANDBY_TARGET_TAKEN, BAD_USAGE. */
export async function claimTarget(
  context: CallContext,
  { id, name, source, target }: Pick<StandbyDefinition, 'id' | 'name' | 'source' | 'target'>,
  all: readonly KnownStandby[],
): Promise<StandbyTarget> {
  const kind = await kindOf(context, source);
  if (kind === 'git' && target.kind === 'folder')
    return claimTarget(context, { id, name, source, target: { ...target, kind } }, all);
  if (kind !== null && kind !== target.kind)
    throw new HoldfastError('BAD_USAGE', `What is kept of ${source} goes to ${placeWords[kind]}.`);
  if (target.kind === 'bucket') {
    await claimBucket(context, { id, name, source }, target);
    return target;
  }
  if (!isAbsolute(target.path)) throw new HoldfastError('BAD_USAGE', 'A target is named by its whole path.');
  const path = resolve(target.path);
  await context.bounds.folders([path]);
  await mustBeApart(
    path,
    await placesInUse(
      context,
      all.flatMap(({ row }) => (row.definition.id === id ? [] : [row.definition])),
    ),
  );
  await StandbyFolder.claim(path, { id, name, source });
  return { ...target, path };
}

type BucketTarget = Extract<StandbyTarget, { readonly kind: 'bucket' }>;

async function claimBucket(context: CallContext, mark: StandbyMark, target: BucketTarget): Promise<void> {
  const { catalog, caller, home } = context;
  // AWS's kit takes long to load.
  const { AwsClients } = await import('../../aws/clients.ts');
  const { awsAccessOf } = await import('../aws-access.ts');
  const { refuseOverlap } = await import('../../recovery/standby/follow-bucket.ts');
  const { StandbyBucket } = await import('../../recovery/standby/standby-bucket.ts');
  for (const source of await catalog.read('registeredSources.list', caller, null))
    if (source.kind === 's3-bucket') refuseOverlap(target, source, source.name);
  await rememberEndpoint(home, caller.tenant, target);
  const { bucket, prefix } = target;
  using clients = new AwsClients(await awsAccessOf(context, target));
  const { signal } = new AbortController();
  await StandbyBucket.claim({ s3: clients.s3(), bucket, prefix, signal }, mark);
}

const placeWords = { folder: 'a folder', git: 'a folder of bare repositories', bucket: 'a bucket' } as const;

/** Null of a source that is not registered here, as one of another console. */
async function kindOf({ catalog, caller }: CallContext, name: string): Promise<StandbyTarget['kind'] | null> {
  const sources = await catalog.read('registeredSources.list', caller, null);
  const source = sources.find((one) => one.name === name);
  switch (source?.kind) {
    case undefined:
      return null;
    case 'folder':
      return 'folder';
    case 'git':
    case 'github':
      return 'git';
    case 's3-bucket':
      return 'bucket';
    case 'ec2':
      throw new HoldfastError('BAD_USAGE', `${name} is kept in AWS itself: of it there is no standby.`);
  }
}
