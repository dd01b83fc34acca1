/**
 * Copies native snapshots into another region or account: asked for where they are to be, with all tags, as many at a time
 * as that region takes; the others wait for the next round.
 */
import { CopySnapshotCommand, ModifySnapshotAttributeCommand } from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Ec2Copy } from '../../../shared/contract/aws-sources.ts';
import type { AwsClients } from './clients.ts';
import { asked, AwsFailure } from './failures.ts';
import { copyTarget, isOwn, lineageTags, tagKeys, type Lineage, type Owner } from './lineage.ts';
import { onceOnly, type AwsPace } from './once.ts';
import { listNative, type NativeSnapshot } from './snapshots.ts';

export type Copying = {
  readonly copy: Ec2Copy;
  /** Of the account that has the originals, in their region. */
  readonly from: AwsClients;
  /** Of the account that gets the copies, in the region they go to; `once` makes each call once. */
  readonly to: AwsClients;
  readonly once: AwsClients;
  readonly owner: Owner;
  readonly pace: AwsPace;
  readonly nowMs: number;
  readonly signal: AbortSignal;
};

export type Copied = {
  readonly begun: number;
  /** Wait for room. */
  readonly waiting: number;
  readonly problems: readonly string[];
};

/** A copy that failed is tried again after that time, and not at once: with a bad key all would fail. */
const failedAgainMs = 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** `wanted`: completed ones that say where they are to be copied to. `there`: what is in the place already. */
export async function copyNatives(
  wanted: readonly NativeSnapshot[],
  there: readonly NativeSnapshot[],
  copying: Copying,
): Promise<Copied> {
  const { copy, owner, nowMs, signal } = copying;
  const target = copyTarget(copy);
  const { done, problems } = copiesIn(there, owner, nowMs);
  const missing = wanted.filter(
    ({ id, lineage, archived }) =>
      !archived && lineage !== null && lineage.copyTo.includes(target) && !done.has(id) && !isOver(lineage, copying),
  );
  let begun = 0;
  for (const original of missing) {
    signal.throwIfAborted();
    try {
      await copyOne(original, copying);
      begun += 1;
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      if (error.awsCode === 'ResourceLimitExceeded') return { begun, waiting: missing.length - begun, problems };
      problems.push(`${original.id} could not be copied to ${target}. ${error.message}`);
      // What one is refused for, the others would be as well.
      if (error.code === 'AWS_FORBIDDEN' || error.code === 'AWS_CREDENTIAL') break;
    }
  }
  return { begun, waiting: 0, problems };
}

function isOver(lineage: Lineage, { copy: { keepDays }, nowMs }: Copying): boolean {
  return keepDays !== null && lineage.takenAtMs + keepDays * dayMs <= nowMs;
}

function copiesIn(there: readonly NativeSnapshot[], owner: Owner, nowMs: number) {
  const done = new Set<string>();
  const problems: string[] = [];
  for (const { id, region, state, stateMessage, lineage, startedAtMs } of there) {
    if (!isOwn(lineage, owner) || lineage.copyOf === null) continue;
    if (state === 'error') {
      const of = `${lineage.copyOf.snapshot} to ${region}`;
      problems.push(`The copy ${id} of ${of} has failed: ${stateMessage ?? 'AWS does not say why'}.`);
      if (nowMs - startedAtMs >= failedAgainMs) continue;
    }
    done.add(lineage.copyOf.snapshot);
  }
  return { done, problems };
}

async function copyOne(original: NativeSnapshot, copying: Copying): Promise<void> {
  const { copy, to, once, pace, signal, from } = copying;
  if (original.lineage === null) return;
  if (copy.account !== null) await share(original, from, to, signal);
  const { region } = to;
  const keepUntilMs = copy.keepDays === null ? null : original.lineage.takenAtMs + copy.keepDays * dayMs;
  const copyOf = { snapshot: original.id, region: original.region };
  const lineage = { ...original.lineage, volume: original.volume, copyTo: [], copyOf, keepUntilMs };
  const find = async (): Promise<string | null> => {
    const filters = [{ Name: `tag:${tagKeys.copyOf}`, Values: [original.id] }];
    const found = await listNative(to.ec2(), region, filters, signal);
    return found.find(({ state }) => state !== 'error')?.id ?? null;
  };
  const call = async (): Promise<string> => {
    const command = new CopySnapshotCommand({
      SourceRegion: original.region,
      SourceSnapshotId: original.id,
      Description: original.description,
      ...(copy.kmsKey === null ? {} : { KmsKeyId: copy.kmsKey, Encrypted: true }),
      TagSpecifications: [{ ResourceType: 'snapshot', Tags: [...lineageTags(lineage)] }],
    });
    const { SnapshotId = '' } = await asked(`CopySnapshot of ${original.id} to ${region}`, () =>
      once.ec2().send(command, { abortSignal: signal }),
    );
    return SnapshotId;
  };
  await onceOnly({ call, find, isUncertain: false, signal }, pace);
}

/** Whoever copies has to be let read it; that is taken back by nobody, and lets do nothing else. */
async function share({ id }: NativeSnapshot, from: AwsClients, to: AwsClients, signal: AbortSignal): Promise<void> {
  const { Account } = await asked('GetCallerIdentity', () =>
    to.sts().send(new GetCallerIdentityCommand(), { abortSignal: signal }),
  );
  const command = new ModifySnapshotAttributeCommand({
    SnapshotId: id,
    Attribute: 'createVolumePermission',
    OperationType: 'add',
    UserIds: [Account ?? ''],
  });
  await asked(`ModifySnapshotAttribute of ${id}`, () => from.ec2().send(command, { abortSignal: signal }));
}
